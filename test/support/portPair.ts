/** Two connected ports in memory, for tests of the two ends of an RPC link. */
import type { Port } from '../../src/core/base/rpc.ts';

/** A message posted to one port arrives at the other in a microtask, because real ports never deliver synchronously either. */
export function portPair(): readonly [Port, Port] {
  const listeners: (((message: unknown) => void) | undefined)[] = [undefined, undefined];
  const port = (index: 0 | 1): Port => ({
    post: (message) => queueMicrotask(() => listeners[1 - index]?.(message)),
    listen: (onMessage) => {
      listeners[index] = onMessage;
    },
  });
  return [port(0), port(1)];
}
