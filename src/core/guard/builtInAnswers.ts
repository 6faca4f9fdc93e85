/** The guards that are built into the gateway: they answer at once, without a guard call. */
import type { JsonValue } from '../base/json.ts';
import type { LabeledCollection } from '../difc/monitor/resource.ts';
import type { Guard, GuardAnswer, LabelAgentResult, LabelResourceResult } from './guard.ts';

/** The answers of a built-in guard. */
export interface BuiltInAnswers {
  readonly kind: 'noop' | 'write-sink';
  readonly labelAgent: () => GuardAnswer<LabelAgentResult>;
  readonly labelResource: (tool: string, args: JsonValue) => GuardAnswer<LabelResourceResult>;
  readonly labelResponse: () => GuardAnswer<LabeledCollection | null>;
}

/** A built-in guard as every other guard is called. */
export function builtInGuard({ kind, labelAgent, labelResource, labelResponse }: BuiltInAnswers): Guard {
  return {
    name: kind,
    kind,
    healthy: true,
    useCassette: () => undefined,
    restart: () => undefined,
    labelAgent: () => Promise.resolve(labelAgent()),
    labelResource: (tool, args) => Promise.resolve(labelResource(tool, args)),
    labelResponse: () => Promise.resolve(labelResponse()),
    close: () => Promise.resolve(),
  };
}

/** An answer without a guard call. */
export function answer<T>(value: T): GuardAnswer<T> {
  return { value, error: null, calls: [] };
}
