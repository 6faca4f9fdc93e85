/** Default guard and policy of a trace: guard.wasm and policy.json in its folder or the one above. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The paths that were found; null where there is no such file. */
export interface Neighbours {
  readonly guard: string | null;
  readonly policy: string | null;
}

/** Searches the folder of the trace first, then the one above, because a gateway's log has its own folder. */
export function findNeighbours(tracePath: string): Neighbours {
  const beside = dirname(tracePath);
  const folders = [beside, dirname(beside)];
  const first = (name: string): string | null => folders.map((folder) => join(folder, name)).find(existsSync) ?? null;
  return { guard: first('guard.wasm'), policy: first('policy.json') };
}
