/** The guard without rules, which the gateway uses for servers without a guard of their own (gateway `internal/guard/noop.go`, spec 3.9). */
import { makeResource } from '../difc/monitor/resource.ts';
import { answer, type BuiltInAnswers, builtInGuard } from './builtInAnswers.ts';
import type { Guard } from './guard.ts';

/** It gives no labels, sets strict mode, and makes every call a read-write, so agents with labels from other servers are denied. */
export function noopAnswers(): BuiltInAnswers {
  const resource = makeResource('noop resource (no restrictions)', [], []);
  return {
    kind: 'noop',
    labelAgent: () =>
      answer({ agent: { secrecy: [], integrity: [] }, mode: 'strict', modeText: 'strict', normalizedPolicy: null }),
    labelResource: () => answer({ resource, operation: 'read-write' }),
    labelResponse: () => answer(null),
  };
}

export function createNoopGuard(): Guard {
  return builtInGuard(noopAnswers());
}
