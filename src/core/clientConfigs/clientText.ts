/** Reads the text of a client's configuration: its servers, and whether a tap runs in front of them. */
import { parse, TomlError } from 'smol-toml';
import { isJsonRecord } from './jsonRecord.ts';
import { linePositions } from '../base/textPlaces.ts';
import type { Position, Problem } from '../base/parsed.ts';
import { outlineToml } from '../toml/tomlOutline.ts';
import type { TomlNode } from '../toml/tomlNode.ts';
import type { ClientConfig, ClientFile, ConfigFormat, ConfiguredServer, EntryFault } from './clientModel.ts';
import { rowOf } from './clientTable.ts';
import { duplicateFaults, valueFaults } from './entryFaults.ts';
import { jsonEntries, jsonEntryValues, readJsonTree } from './jsonEntries.ts';
import { isTapUrl, tapLength } from './tapMarks.ts';

/** Never throws: a text with syntax errors has a problem and no servers. */
export function readClientText(file: ClientFile, text: string): ClientConfig {
  return rowOf(file).format === 'toml' ? readToml(file, text) : readJson(file, text);
}

/** The configuration of a file that cannot be used; `reason` continues the sentence "The configuration of … ". */
export function unusableConfig(
  file: ClientFile,
  text: string,
  reason: string,
  position: Position = { file: file.path },
): ClientConfig {
  const problem: Problem = {
    severity: 'error',
    code: 'clients/unreadable',
    message: `The configuration of ${file.name} ${reason}`,
    hint: 'The file was not changed. Fix it and try again',
    position,
  };
  return { file, format: rowOf(file).format, text, servers: [], faults: [], problems: [problem] };
}

function readJson(file: ClientFile, text: string): ClientConfig {
  if (text.trim() === '' || text === '\uFEFF')
    return { file, format: 'json', text, servers: [], faults: [], problems: [] };
  const place = linePositions(text);
  const reading = readJsonTree(text);
  if ('reason' in reading) {
    const position = { file: file.path, ...place(reading.offset) };
    return unusableConfig(file, text, `is not JSON: ${words(reading.reason)}`, position);
  }
  const entries = jsonEntries(reading.root, rowOf(file).servers).map(({ path, node }) => {
    const values = jsonEntryValues(node);
    return {
      server: serverOf(path, values, { file: file.path, ...place(node.offset) }),
      faults: [...duplicateFaults(reading.root, path), ...valueFaults(values)].map((fault) => ({ path, ...fault })),
    };
  });
  return configOf(file, 'json', text, entries);
}

function readToml(file: ClientFile, text: string): ClientConfig {
  let root: Readonly<Record<string, unknown>>;
  try {
    root = parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    // A RangeError: nested too deeply for the parser's recursion.
    if (!(thrown instanceof TomlError)) return unusableConfig(file, text, `is not TOML: ${String(thrown)}`);
    const [reason = ''] = thrown.message.replace(/^Invalid TOML document: /, '').split('\n', 1);
    const position = { file: file.path, line: thrown.line, column: thrown.column };
    return unusableConfig(file, text, `is not TOML: ${reason}`, position);
  }
  const place = linePositions(text);
  const outline = outlineToml(text);
  const headers = new Map<TomlNode, number>();
  for (const key of outline.keys) {
    if (key.kind === 'header' && !headers.has(key.node)) headers.set(key.node, key.line.start);
  }
  const entries = rowOf(file).servers.flatMap((keys) => {
    const table = keys.reduce<unknown>((value, key) => (isJsonRecord(value) ? value[key] : undefined), root);
    return Object.entries(isJsonRecord(table) ? table : {}).flatMap(([name, entry]) => {
      const path = [...keys, name];
      const node = outline.root.find(path);
      const start = node === undefined ? 0 : (headers.get(node) ?? node.start);
      if (!isJsonRecord(entry)) return [];
      const faults = valueFaults(entry).map((fault) => ({ path, ...fault }));
      return [{ server: serverOf(path, entry, { file: file.path, ...place(start) }), faults }];
    });
  });
  return configOf(file, 'toml', text, entries);
}

interface ReadEntry {
  readonly server: ConfiguredServer | null;
  readonly faults: readonly EntryFault[];
}

function configOf(file: ClientFile, format: ConfigFormat, text: string, entries: readonly ReadEntry[]): ClientConfig {
  const servers = entries.map(({ server }) => server).filter((server) => server !== null);
  return { file, format, text, servers, faults: entries.flatMap(({ faults }) => faults), problems: [] };
}

/** null for an entry that has neither a command nor an address. */
function serverOf(
  path: readonly string[],
  entry: Readonly<Record<string, unknown>>,
  position: Position,
): ConfiguredServer | null {
  const stringAt = (name: string): string | undefined => (typeof entry[name] === 'string' ? entry[name] : undefined);
  const name = path.at(-1) ?? '';
  const project = path[0] === 'projects' && path.length > 2 ? { project: path[1] ?? '' } : {};
  const command = stringAt('command');
  const httpUrl = stringAt('httpUrl') ?? stringAt('serverUrl');
  const url = httpUrl ?? stringAt('url');
  if (command !== undefined) {
    const args = scalarList(entry['args'] ?? []);
    const env = isJsonRecord(entry['env']) ? stringValues(entry['env']) : undefined;
    const cwd = stringAt('cwd');
    return {
      name,
      path,
      ...project,
      transport: 'stdio',
      command,
      ...(args === null ? {} : { args }),
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
      wrapped: tapLength(command, args ?? []) !== null,
      position,
    };
  }
  if (url === undefined) return null;
  const type = stringAt('type') ?? stringAt('transport');
  const isSse = type === 'sse' || (type === undefined && httpUrl === undefined && /\/sse\/?$/.test(url));
  return { name, path, ...project, transport: isSse ? 'sse' : 'http', url, wrapped: isTapUrl(url), position };
}

/** `CommaExpected` → `comma expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/** The items as strings, because some clients accept numbers; null for a value that is not a list of scalars. */
function scalarList(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.some((item) => typeof item === 'object')) return null;
  return value.map(String);
}

function stringValues(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isJsonRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value),
    ]),
  );
}
