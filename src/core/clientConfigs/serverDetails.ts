/** Members of a server entry in `mcp.json` that VS Code reads when it starts the server. */
import { rowOf } from './clientTable.ts';
import { isJsonRecord } from './jsonRecord.ts';
import { jsonEntries, jsonEntryValues, readJsonTree } from './jsonEntries.ts';
import type { ClientConfig, ConfiguredServer } from './clientModel.ts';

/** Parts of an entry. Values may contain variables such as `${input:token}`. */
export interface ServerDetails {
  readonly headers: Readonly<Record<string, string>>;
  /** null removes the variable. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly envFile: string | null;
  readonly cwd: string | null;
}

/** An item of `inputs`: a value that VS Code asks the user for when a server starts. */
export interface InputDefinition {
  readonly id: string;
  readonly type: string;
  readonly description: string;
  readonly default: string | null;
  readonly password: boolean;
  readonly options: readonly string[];
  readonly command: string | null;
  readonly args: unknown;
}

const noDetails: ServerDetails = { headers: {}, env: {}, envFile: null, cwd: null };

/** The details of a server; empty for TOML, and when the entry no longer exists. */
export function serverDetails(config: ClientConfig, { path }: Pick<ConfiguredServer, 'path'>): ServerDetails {
  const reading = config.format === 'json' ? readJsonTree(config.text) : null;
  if (reading === null || !('root' in reading)) return noDetails;
  const key = path.join('\0');
  const entry = jsonEntries(reading.root, rowOf(config.file).servers).find((each) => each.path.join('\0') === key);
  if (entry === undefined) return noDetails;
  const { headers, env, envFile, cwd } = jsonEntryValues(entry.node);
  return {
    headers: mapValues(headers, (value) => scalarText(value) ?? ''),
    env: mapValues(env, scalarText),
    envFile: stringOrNull(envFile),
    cwd: stringOrNull(cwd),
  };
}

/** The inputs of a configuration, to which its entries may refer. */
export function inputDefinitions(config: ClientConfig): readonly InputDefinition[] {
  const reading = config.format === 'json' ? readJsonTree(config.text) : null;
  if (reading === null || !('root' in reading)) return [];
  const { inputs } = jsonEntryValues(reading.root);
  return (Array.isArray(inputs) ? inputs : []).filter(isJsonRecord).flatMap((input) => {
    const id = stringOrNull(input['id']);
    if (id === null) return [];
    const options = Array.isArray(input['options']) ? input['options'] : [];
    return [
      {
        id,
        type: stringOrNull(input['type']) ?? 'promptString',
        description: stringOrNull(input['description']) ?? id,
        default: stringOrNull(input['default']),
        password: input['password'] === true,
        options: options
          .map((option: unknown) => scalarText(isJsonRecord(option) ? option['value'] : option))
          .filter((option) => option !== null),
        command: stringOrNull(input['command']),
        args: input['args'],
      },
    ];
  });
}

function mapValues<T>(value: unknown, map: (each: unknown) => T): Readonly<Record<string, T>> {
  if (!isJsonRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, map(each)]));
}

function scalarText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
