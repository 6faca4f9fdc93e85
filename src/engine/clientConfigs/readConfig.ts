/** Reads the configuration file of a client: its servers, and whether a tap stands before them. */
import { readFile } from 'node:fs/promises';
import { parse, TomlError } from 'smol-toml';
import type { Position, Problem } from '../../core/base/parsed.ts';
import { rowOf } from './clientTable.ts';
import { jsonEntries, jsonEntryValues, readJsonTree } from './jsonEntries.ts';
import type { ClientConfig, ClientFile, ConfiguredServer } from './clientModel.ts';
import { tomlEntrySpans } from './tomlEntries.ts';
import { isTapUrl, tapLength } from './tapMarks.ts';

const largestBytes = 64 * 1024 * 1024;

/** Never rejects: a file that cannot be read or has mistakes has a problem and no servers. */
export async function readClientFile(file: ClientFile): Promise<ClientConfig> {
  const { format } = rowOf(file);
  let text: string;
  try {
    const bytes = await readFile(file.path);
    if (bytes.length > largestBytes) return broken(file, '', `has ${bytes.length} bytes, which is no configuration`);
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    const reason =
      thrown instanceof TypeError
        ? 'is not UTF-8'
        : `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return broken(file, '', reason);
  }
  return format === 'toml' ? readToml(file, text) : readJson(file, text);
}

/** Reads a text that is at hand. */
export function readClientText(file: ClientFile, text: string): ClientConfig {
  return rowOf(file).format === 'toml' ? readToml(file, text) : readJson(file, text);
}

function readJson(file: ClientFile, text: string): ClientConfig {
  if (text.trim() === '' || text === '\uFEFF') return { file, format: 'json', text, servers: [], problems: [] };
  const reading = readJsonTree(text);
  if ('reason' in reading)
    return broken(file, text, `is not JSON: ${words(reading.reason)}`, positionAt(text, reading.offset, file.path));
  const servers = jsonEntries(reading.root, rowOf(file).servers).map(({ path, node }) => {
    return serverOf(path, jsonEntryValues(node), positionAt(text, node.offset, file.path));
  });
  return { file, format: 'json', text, servers: servers.filter((server) => server !== null), problems: [] };
}

function readToml(file: ClientFile, text: string): ClientConfig {
  let root: Readonly<Record<string, unknown>>;
  try {
    root = parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const [reason = ''] = thrown.message.replace(/^Invalid TOML document: /, '').split('\n', 1);
    return broken(file, text, `is not TOML: ${reason}`, { file: file.path, line: thrown.line, column: thrown.column });
  }
  const found = rowOf(file).servers.flatMap((place) => {
    const table = place.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), root);
    return Object.entries(isRecord(table) ? table : {}).map(([name, entry]) => ({ path: [...place, name], entry }));
  });
  const servers = found.map(({ path, entry }) => {
    const at = tomlEntrySpans(text, path)?.entry.start ?? 0;
    return isRecord(entry) ? serverOf(path, entry, positionAt(text, at, file.path)) : null;
  });
  return { file, format: 'toml', text, servers: servers.filter((server) => server !== null), problems: [] };
}

/** null for an entry that starts nothing and reaches nothing. */
function serverOf(
  path: readonly string[],
  entry: Readonly<Record<string, unknown>>,
  position: Position,
): ConfiguredServer | null {
  const text = (name: string): string | undefined => (typeof entry[name] === 'string' ? entry[name] : undefined);
  const name = path.at(-1) ?? '';
  const command = text('command');
  const httpUrl = text('httpUrl') ?? text('serverUrl');
  const url = httpUrl ?? text('url');
  if (command !== undefined) {
    const args = textList(entry['args'] ?? []);
    const env = isRecord(entry['env']) ? textsOf(entry['env']) : undefined;
    const cwd = text('cwd');
    const rest = { ...(env === undefined ? {} : { env }), ...(cwd === undefined ? {} : { cwd }) };
    return {
      name,
      path,
      transport: 'stdio',
      command,
      ...(args === null ? {} : { args }),
      ...rest,
      wrapped: tapLength(command, args ?? []) !== null,
      position,
    };
  }
  if (url === undefined) return null;
  const type = text('type') ?? text('transport');
  const isSse = type === 'sse' || (type === undefined && httpUrl === undefined && /\/sse\/?$/.test(url));
  return { name, path, transport: isSse ? 'sse' : 'http', url, wrapped: isTapUrl(url), position };
}

function broken(file: ClientFile, text: string, what: string, position: Position = { file: file.path }): ClientConfig {
  const problem: Problem = {
    severity: 'error',
    code: 'clients/unreadable',
    message: `The configuration of ${file.name} ${what}`,
    hint: 'It is left as it is; mend it, then try again',
    position,
  };
  return { file, format: rowOf(file).format, text, servers: [], problems: [problem] };
}

function positionAt(text: string, offset: number, file: string): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { file, line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** `CommaExpected` → `comma expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/** null for what is no list of texts; numbers and the like are written as texts by some. */
function textList(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.some((each) => typeof each === 'object')) return null;
  return value.map(String);
}

function textsOf(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      isRecord(each) || Array.isArray(each) ? JSON.stringify(each) : String(each),
    ]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
