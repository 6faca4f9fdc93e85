/** Default guard, policy and configuration of a trace: files in its folder or the one above. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRegularSync } from '../files/regularFile.ts';

/** The paths that were found; null where there is no such file. */
export interface Neighbours {
  readonly guard: string | null;
  readonly policy: string | null;
  /** A configuration of the gateway. */
  readonly config: string | null;
}

/** Searches the folder of the trace first, then the one above, because a gateway's log has its own folder. */
export function findNeighbours(tracePath: string): Neighbours {
  const beside = dirname(tracePath);
  const folders = [beside, dirname(beside)];
  const first = (name: string): string | null => folders.map((folder) => join(folder, name)).find(existsSync) ?? null;
  const config = folders.map(configIn).find((path) => path !== null) ?? null;
  return { guard: first('guard.wasm'), policy: first('policy.json'), config };
}

/** Names that a configuration of the gateway usually has. */
const configName = /^(?:config|(?:.*[-_.])?(?:gateway|mcpg)(?:[-_.].*)?)\.(?:toml|json)$/i;

/** Configurations have some kilobytes; a longer file is not read to look what it is. */
const maxConfigBytes = 256 * 1024;

/** The first configuration of the gateway in a folder, by name. Many tools call theirs config.toml, so its text must look like the gateway's. */
function configIn(folder: string): string | null {
  const paths = namesIn(folder)
    .filter((name) => configName.test(name))
    .toSorted()
    .map((name) => join(folder, name));
  return paths.find(looksLikeConfig) ?? null;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function looksLikeConfig(path: string): boolean {
  try {
    const text = readRegularSync(path, maxConfigBytes).toString();
    if (path.toLowerCase().endsWith('.toml')) return /^\s*\[servers[.\]]/m.test(text);
    return text.includes('"mcpServers"') && /"(?:gateway|guards?|guard-policies)"/.test(text);
  } catch {
    return false;
  }
}
