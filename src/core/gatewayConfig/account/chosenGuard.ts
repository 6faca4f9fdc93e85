/** The guard that the gateway gives a server. */
import type { SinkDecision } from './visibility.ts';

/** A module, the gateway's write-sink guard, or its noop guard, which has no rules. */
export type ChosenGuard =
  | {
      readonly kind: 'wasm';
      /** The gateway's name for the guard: the server's id for a discovered file, the configured name otherwise. */
      readonly name: string;
      readonly path: string;
      readonly origin: 'container' | 'folder' | 'configured';
    }
  | { readonly kind: 'write-sink'; readonly accept: readonly string[]; readonly sink: SinkDecision }
  | { readonly kind: 'noop' };
