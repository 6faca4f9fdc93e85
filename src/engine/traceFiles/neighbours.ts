/** Finds the guard and the policy that lie beside a trace, for the trace that nobody configured. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What was found; null where nothing lies. */
export interface Neighbours {
  readonly guard: string | null;
  readonly policy: string | null;
}

/** `guard.wasm` and `policy.json` in the folder of the trace or the one above it (a gateway's log has a folder of its own). */
export function findNeighbours(tracePath: string): Neighbours {
  const beside = dirname(tracePath);
  const folders = [beside, dirname(beside)];
  const first = (name: string): string | null => folders.map((folder) => join(folder, name)).find(existsSync) ?? null;
  return { guard: first('guard.wasm'), policy: first('policy.json') };
}
