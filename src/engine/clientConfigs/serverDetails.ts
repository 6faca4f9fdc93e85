/** What an `mcp.json` says of a server beyond how it is reached: what VS Code itself reads when it starts one. */
import { rowOf } from './clientTable.ts';
import { jsonEntries, jsonEntryValues, readJsonTree } from './jsonEntries.ts';
import type { ClientConfig, ConfiguredServer } from './clientModel.ts';

/** Parts of an entry. Values may hold variables such as `${input:token}`. */
export interface ServerDetails {
  readonly headers: Readonly<Record<string, string>>;
  /** null takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly envFile: string | null;
  readonly cwd: string | null;
}

/** Something that VS Code asks the user for when a server starts: a row of `inputs`. */
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

const nothing: ServerDetails = { headers: {}, env: {}, envFile: null, cwd: null };

/** Nothing for a format other than JSON, and for an entry that is gone. */
export function serverDetails(config: ClientConfig, { path }: Pick<ConfiguredServer, 'path'>): ServerDetails {
  const reading = config.format === 'json' ? readJsonTree(config.text) : null;
  if (reading === null || !('root' in reading)) return nothing;
  const key = path.join('\0');
  const entry = jsonEntries(reading.root, rowOf(config.file).servers).find((each) => each.path.join('\0') === key);
  if (entry === undefined) return nothing;
  const { headers, env, envFile, cwd } = jsonEntryValues(entry.node);
  return {
    headers: mapValues(headers, (value) => scalarText(value) ?? ''),
    env: mapValues(env, scalarText),
    envFile: textOf(envFile),
    cwd: textOf(cwd),
  };
}

/** The inputs that entries of a configuration may refer to. */
export function inputDefinitions(config: ClientConfig): readonly InputDefinition[] {
  const reading = config.format === 'json' ? readJsonTree(config.text) : null;
  if (reading === null || !('root' in reading)) return [];
  const { inputs } = jsonEntryValues(reading.root);
  return (Array.isArray(inputs) ? inputs : []).filter(isRecord).flatMap((input) => {
    const id = textOf(input['id']);
    if (id === null) return [];
    const options = Array.isArray(input['options']) ? input['options'] : [];
    return [
      {
        id,
        type: textOf(input['type']) ?? 'promptString',
        description: textOf(input['description']) ?? id,
        default: textOf(input['default']),
        password: input['password'] === true,
        options: options
          .map((option: unknown) => scalarText(isRecord(option) ? option['value'] : option))
          .filter((option) => option !== null),
        command: textOf(input['command']),
        args: input['args'],
      },
    ];
  });
}

function mapValues<T>(value: unknown, map: (each: unknown) => T): Readonly<Record<string, T>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, map(each)]));
}

function scalarText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
