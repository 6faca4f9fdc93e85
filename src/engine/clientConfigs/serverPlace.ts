/** Where a configured server starts: its folder, and the variables of its file, found as VS Code finds them. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure } from '../../core/base/failure.ts';
import type { Twin } from '../../core/clientConfigs/twins.ts';
import { fillIn, type VariableLookup } from '../../core/clientConfigs/variables.ts';
import { readRegular } from '../files/regularFile.ts';

/** The start of a server as far as files decide it. */
export interface ServerPlace {
  readonly cwd: string;
  /** The variables of `envFile`; those of `env` override them. */
  readonly env: Readonly<Record<string, string>>;
}

const maxEnvFileBytes = 1024 * 1024;

/** `base` is the folder of a server without `cwd`; a relative `cwd` or `envFile` is below it. Throws `clients/env-file`. */
export async function serverPlace(
  { server, details }: Pick<Twin, 'server' | 'details'>,
  base: string,
  lookup: VariableLookup,
): Promise<ServerPlace> {
  const place = async (text: string): Promise<string> => {
    const path = (await fillIn(text, lookup)).replace(/^~(?=[\\/]|$)/, () => homedir());
    return isAbsolute(path) ? path : join(base, path);
  };
  const cwd = await place(details.cwd ?? server.cwd ?? '.');
  if (details.envFile === null) return { cwd, env: {} };
  const path = await place(details.envFile);
  try {
    const pairs = Object.entries(parseEnv((await readRegular(path, maxEnvFileBytes)).toString()));
    return { cwd, env: Object.fromEntries(pairs.map(([name, value]) => [name, value ?? ''])) };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `The variables of "${server.name}" cannot be read from "${path}": ${reason}`;
    throw new Failure('clients/env-file', message, 'Correct the "envFile" of the server');
  }
}
