/** Decision records for tests: one call through the pipeline with literal answers. */
import type { JsonValue } from '../../../../src/core/base/json.ts';
import type {
  DecisionRecord,
  EnforcementMode,
  LabelPair,
  Operation,
} from '../../../../src/core/difc/record/decision.ts';
import type { GuardCallRecord, GuardFunction } from '../../../../src/core/difc/record/guardCall.ts';
import { resolvePathLabels } from '../../../../src/core/difc/monitor/pathLabels.ts';
import type { Answered, QuestionKind } from '../../../../src/core/difc/monitor/pipeline.ts';
import { type LabeledCollection, makeResource, type Resource } from '../../../../src/core/difc/monitor/resource.ts';
import { drivePipeline } from '../../../support/records/drivePipeline.ts';

/** What differs from an allowed read by an agent without labels. */
export interface Call {
  readonly mode?: EnforcementMode;
  readonly tool?: string;
  readonly args?: JsonValue;
  readonly agent?: LabelPair;
  readonly operation?: Operation;
  readonly resource?: Resource;
  readonly resourceError?: string;
  readonly backend?: JsonValue;
  readonly backendError?: string;
  /** Labels by path; null: the guard gave none. */
  readonly labels?: {
    readonly paths?: Readonly<Record<string, Resource>>;
    readonly defaults?: Resource;
    readonly itemsPath?: string;
  } | null;
  readonly collection?: LabeledCollection;
  readonly responseError?: string;
  readonly guardCalls?: readonly GuardCallRecord[];
}

export interface Decided {
  readonly record: DecisionRecord;
  /** The questions that were asked, in order. */
  readonly asked: readonly QuestionKind[];
}

export function decide(call: Call): Decided {
  const asked: QuestionKind[] = [];
  const { mode = 'filter', tool = 'list_issues', args, agent = { secrecy: [], integrity: [] } } = call;
  const pipelineCall = { server: 'github', tool, args, agentId: 'default', mode };
  const result = drivePipeline(pipelineCall, agent, {
    labelResource: ({ ask }) => {
      asked.push(ask);
      if (call.resourceError !== undefined) return { ok: false, error: call.resourceError };
      const { resource = makeResource('issues', [], []), operation = 'read' } = call;
      return { ok: true, value: { resource, operation } };
    },
    callBackend: ({ ask }) => {
      asked.push(ask);
      if (call.backendError !== undefined) return { ok: false, error: call.backendError };
      return { ok: true, value: call.backend ?? textResultOf([]) };
    },
    labelResponse: ({ ask, result: data }) => {
      asked.push(ask);
      return answerLabels(call, data);
    },
  });
  const record = { index: 0, time: null, guardCalls: call.guardCalls ?? [], problems: [], ...result };
  return { record, asked };
}

/** A backend result whose text is the JSON of a value. */
export function textResultOf(value: JsonValue): JsonValue {
  return { content: [{ type: 'text', text: JSON.stringify(value) }] };
}

/** A call of the guard that wrote this output. */
export function guardCall(name: GuardFunction, output: string, lookups: readonly string[] = []): GuardCallRecord {
  return {
    function: name,
    input: '{}',
    output,
    attempts: [],
    backendCalls: lookups.map((tool) => ({
      tool,
      args: {},
      reached: true,
      code: 2,
      end: 'answered',
      resultText: '{}',
      error: null,
      capacity: 64,
      attempt: 0,
      atMs: 0,
      durationMs: 0,
    })),
    log: [],
    logDropped: 0,
    stdout: '',
    stderr: '',
    memory: null,
    grows: [],
    durationMs: 0,
    error: null,
    trace: null,
    poisoned: false,
  };
}

/** The levels none, unapproved and approved of one scope. */
export function approved(scope: string): readonly string[] {
  return ['none', 'unapproved', 'approved'].map((level) => `${level}:${scope}`);
}

function answerLabels(call: Call, data: JsonValue): Answered<LabeledCollection | null> {
  if (call.responseError !== undefined) return { ok: false, error: call.responseError };
  if (call.collection !== undefined) return { ok: true, value: call.collection };
  if (call.labels === undefined || call.labels === null) return { ok: true, value: null };
  const { paths = {}, defaults = null, itemsPath = '' } = call.labels;
  const labeledPaths = Object.entries(paths).map(([path, labels]) => ({ path, labels }));
  const resolved = resolvePathLabels(data, { labeledPaths, defaultLabels: defaults, itemsPath });
  if (resolved.ok) return { ok: true, value: resolved.collection };
  return { ok: false, error: `failed to apply path labels: failed to resolve path labels: ${resolved.error}` };
}
