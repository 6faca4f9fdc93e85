/** The ledger: everything that Guardscope promises, what is out of scope, and what is not kept yet. */
import { builtIn } from './requirements/builtIn.ts';
import { calling } from './requirements/calling.ts';
import { engine } from './requirements/engine.ts';
import { exceptions } from './requirements/exceptions.ts';
import { flow } from './requirements/flow.ts';
import { guardInput } from './requirements/guardInput.ts';
import { guardOutput } from './requirements/guardOutput.ts';
import { hostFunctions } from './requirements/hostFunctions.ts';
import { loading } from './requirements/loading.ts';
import { logs } from './requirements/logs.ts';
import { own } from './requirements/own.ts';
import { pathLabels } from './requirements/pathLabels.ts';
import { pipeline } from './requirements/pipeline.ts';
import { policies } from './requirements/policies.ts';
import { policyPayload } from './requirements/policyPayload.ts';
import type { Requirement } from './requirements/requirement.ts';
import { server } from './requirements/server.ts';

/** In the order of the gateway's behaviours, then the engine's facts, then our own promises. */
export const requirements: readonly Requirement[] = [
  ...loading,
  ...calling,
  ...hostFunctions,
  ...guardInput,
  ...policyPayload,
  ...guardOutput,
  ...pathLabels,
  ...flow,
  ...builtIn,
  ...pipeline,
  ...policies,
  ...server,
  ...logs,
  ...engine,
  ...own,
];

/** The status of a requirement: proven by a test, out of scope, or known not to be kept. */
export type Status = 'proven' | 'out-of-scope' | 'todo';

/** A requirement without an exception is proven. */
export function statusOf(id: string): Status {
  return exceptions[id]?.status ?? 'proven';
}

/** Whether the ledger has this id. */
export function isRequirement(id: string): boolean {
  return ids.has(id);
}

const ids: ReadonlySet<string> = new Set(requirements.map(({ id }) => id));
