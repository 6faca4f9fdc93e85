/** The guard without rules, which the gateway gives to every server that has no other (gateway `internal/guard/noop.go`, spec 3.9). */
import { makeResource } from '../difc/monitor/resource.ts';
import type { Guard, GuardAnswer } from './guard.ts';

/** No labels, strict mode, and every call reads and writes: agents with labels from elsewhere are denied here. */
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

/** An answer without an entry into any module. */
export function answer<T>(value: T): Promise<GuardAnswer<T>> {
  return Promise.resolve({ value, error: null, calls: [] });
}
