/** The guard without rules, which the gateway uses for servers without a guard of their own (gateway `internal/guard/noop.go`, spec 3.9). */
import { makeResource } from '../difc/monitor/resource.ts';
import type { Guard, GuardAnswer } from './guard.ts';

/** It gives no labels, sets strict mode, and makes every call a read-write, so agents with labels from other servers are denied. */
export function createNoopGuard(): Guard {
  const resource = makeResource('noop resource (no restrictions)', [], []);
  return {
    name: 'noop',
    kind: 'noop',
    healthy: true,
    useCassette: () => undefined,
    labelAgent: () =>
      answer({ agent: { secrecy: [], integrity: [] }, mode: 'strict', modeText: 'strict', normalizedPolicy: null }),
    labelResource: () => answer({ resource, operation: 'read-write' }),
    labelResponse: () => answer(null),
    close: () => Promise.resolve(),
  };
}

/** An answer without a guard call. */
export function answer<T>(value: T): Promise<GuardAnswer<T>> {
  return Promise.resolve({ value, error: null, calls: [] });
}
