/** Plans the edits that put a tap in front of a server or remove it: only the affected characters change. */
import { Failure } from '../base/failure.ts';
import type { TextSpan } from '../base/textPlaces.ts';
import { jsonEntrySpans, jsonNodeAt, jsonWriter, readJsonTree } from './jsonEntries.ts';
import type { ClientConfig, ConfiguredServer, EntrySpans, EntryWriter, TapCommand, TextEdit } from './clientModel.ts';
import { readClientText } from './clientText.ts';
import { findRecord, type WrapRecord } from './wrapRecords.ts';
import { isTapUrl, tapLength } from './tapMarks.ts';
import { tomlEntrySpans, tomlWriter } from './tomlEntries.ts';

/** A planned change of one file. `applyPlan` writes it. */
export interface Plan {
  readonly kind: 'wrap' | 'unwrap';
  readonly config: ClientConfig;
  readonly server: ConfiguredServer;
  readonly before: string;
  readonly after: string;
  readonly edits: readonly TextEdit[];
}

/** Puts a tap in front of a server. Throws `clients/wrapped`, `clients/unsupported` or `clients/wrong-tap`. */
export function planWrap(config: ClientConfig, server: ConfiguredServer, tap: TapCommand): Plan {
  if (server.wrapped) {
    throw new Failure('clients/wrapped', `"${server.name}" is already wrapped in a tap`, 'Unwrap it first');
  }
  requireClear(config, server.path);
  const { spans, writer } = locate(config, server);
  const edits =
    tap.url === undefined ? wrapCommand(config, server, spans, writer, tap) : wrapUrl(server, spans, writer, tap.url);
  const plan = planOf('wrap', config, server, edits);
  if (!startsTap(plan, tap)) throw unsupported(config, server.path, 'Write the entry as the client documents it');
  return plan;
}

/** Whether the changed file is read as the tap in front of the server, and as nothing else. */
function startsTap({ config, server, after }: Plan, tap: TapCommand): boolean {
  const { servers, faults } = readClientText(config.file, after);
  const now = servers.find(({ path }) => path.join('\0') === server.path.join('\0'));
  if (now === undefined || faults.length > config.faults.length) return false;
  if (tap.url !== undefined) return now.url === tap.url;
  const args = [...tap.args, server.command ?? '', ...(server.args ?? [])];
  const env = { ...tap.env, ...server.env };
  const hasEnv = Object.entries(env).every(([name, value]) => now.env?.[name] === value);
  return now.command === tap.command && JSON.stringify(now.args) === JSON.stringify(args) && hasEnv;
}

/**
 * Removes the tap. If there is a record and the entry has not changed since, the entry gets its recorded text back; otherwise the parts that
 * wrapping added are cut out. Throws `clients/not-wrapped`, or `clients/unknown-original` when the address of the server was not recorded.
 */
export function planUnwrap(config: ClientConfig, server: ConfiguredServer, records: readonly WrapRecord[]): Plan {
  const { text } = config;
  const { spans, writer } = locate(config, server);
  const record = findRecord(records, config.file.path, server.path);
  const entry = text.slice(spans.entry.start, spans.entry.end);
  if (record !== null && entry === record.wrapped) {
    return planOf('unwrap', config, server, [{ ...spans.entry, text: record.original }]);
  }
  if (!server.wrapped) {
    throw new Failure('clients/not-wrapped', `"${server.name}" is not wrapped in a tap`, 'There is nothing to unwrap');
  }
  if (server.transport !== 'stdio') {
    if (record?.url === undefined || spans.url === null) {
      const hint = 'Write the address of the server yourself; ~/.guardscope/backups has a copy of the file';
      const message = `The original address of "${server.name}" was not recorded`;
      throw new Failure('clients/unknown-original', message, hint);
    }
    return planOf('unwrap', config, server, [{ ...spans.url, text: writer.string(record.url) }]);
  }
  return planOf('unwrap', config, server, unwrapCommand(text, server, spans, writer, record?.env ?? ownVariables));
}

/** Variables that only the tap itself needs. */
const ownVariables: readonly string[] = ['ELECTRON_RUN_AS_NODE'];

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((one, other) => other.start - one.start || other.end - one.end);
  return sorted.reduce(
    (current, { start, end, text: replacement }) => current.slice(0, start) + replacement + current.slice(end),
    text,
  );
}

/** The current text of a server's entry. */
export function entryText(config: ClientConfig, server: ConfiguredServer): string {
  const { spans } = locate(config, server);
  return config.text.slice(spans.entry.start, spans.entry.end);
}

function planOf(kind: Plan['kind'], config: ClientConfig, server: ConfiguredServer, edits: readonly TextEdit[]): Plan {
  return { kind, config, server, before: config.text, after: applyEdits(config.text, edits), edits };
}

function locate(
  config: ClientConfig,
  server: ConfiguredServer,
): { readonly spans: EntrySpans; readonly writer: EntryWriter } {
  if (config.format === 'toml') {
    const spans = tomlEntrySpans(config.text, server.path);
    if ('hint' in spans) throw unsupported(config, server.path, spans.hint);
    return { spans, writer: tomlWriter };
  }
  const reading = readJsonTree(config.text);
  const node = 'root' in reading ? jsonNodeAt(reading.root, server.path) : undefined;
  if (node === undefined) throw unsupported(config, server.path, 'Read the file again');
  return { spans: jsonEntrySpans(node), writer: jsonWriter };
}

function wrapCommand(
  config: ClientConfig,
  server: ConfiguredServer,
  spans: EntrySpans,
  writer: EntryWriter,
  tap: Exclude<TapCommand, { readonly url: string }>,
): readonly TextEdit[] {
  const { command, args, env } = spans;
  const { text: source } = config;
  if (command === null || server.command === undefined) {
    throw new Failure('clients/wrong-tap', `"${server.name}" has an address, not a command`, 'Use a tap with a URL');
  }
  const added = [...tap.args, server.command].map((arg) => writer.string(arg)).join(', ');
  const edits: TextEdit[] = [{ ...command, text: writer.string(tap.command) }];
  if (args === null) edits.push(writer.newArgs(added, spans, source));
  else {
    const first = args.items[0]?.start ?? args.inside.start;
    edits.push({ start: first, end: first, text: args.items.length === 0 ? added : `${added}, ` });
  }
  const members = Object.entries(tap.env ?? {}).filter(([name]) => env?.keys.has(name) !== true);
  if (members.length === 0) return edits;
  // Dotted keys: a second "env" would make the file invalid.
  if (env === null && server.env !== undefined) throw unsupported(config, server.path, 'Write its "env" as one table');
  const envEdit = env === null ? writer.newEnv(members, spans, source) : writer.addEnv(members, spans);
  // New args and a new env both follow the command: they become one edit.
  const at = edits.findIndex(({ start, end }) => start === envEdit.start && end === envEdit.end);
  const sameSpan = edits[at];
  if (sameSpan === undefined) return [...edits, envEdit];
  edits[at] = { ...sameSpan, text: `${sameSpan.text}${envEdit.text}` };
  return edits;
}

function wrapUrl(
  server: ConfiguredServer,
  { url }: EntrySpans,
  writer: EntryWriter,
  address: string,
): readonly TextEdit[] {
  if (url === null) {
    throw new Failure(
      'clients/wrong-tap',
      `"${server.name}" has a command, not an address`,
      'Use a tap with a command',
    );
  }
  if (!isTapUrl(address)) {
    const hint = 'Use the address that "tap --http" prints';
    throw new Failure('clients/wrong-tap', `"${address}" is not the address of a tap`, hint);
  }
  return [{ ...url, text: writer.string(address) }];
}

function unwrapCommand(
  source: string,
  server: ConfiguredServer,
  spans: EntrySpans,
  writer: EntryWriter,
  variables: readonly string[],
): readonly TextEdit[] {
  const { command, args, env } = spans;
  const tapArgs = tapLength(server.command ?? '', server.args ?? []) ?? 0;
  const original = server.args?.[tapArgs] ?? '';
  const [first, next] = [args?.items[0], args?.items[tapArgs + 1]];
  const last = args?.items[tapArgs];
  if (command === null || first === undefined || last === undefined) return [];
  const cut: TextSpan = { start: first.start, end: next?.start ?? last.end };
  const edits: TextEdit[] = [
    { ...command, text: writer.string(original) },
    { ...cut, text: '' },
  ];
  for (const name of variables) {
    const span = env?.keys.get(name);
    if (span !== undefined) edits.push({ ...withComma(source, span), text: '' });
  }
  return edits;
}

/** A member with the comma after it, or the comma before it when it is the last one. */
function withComma(source: string, { start, end }: TextSpan): TextSpan {
  const [next] = /^[ \t]*,[ \t]*/.exec(source.slice(end, end + 200)) ?? [];
  if (next !== undefined) return { start, end: end + next.length };
  const [before = ''] = /,\s*$/.exec(source.slice(Math.max(0, start - 200), start)) ?? [];
  return { start: start - before.length, end };
}

/** Throws `clients/unsupported` for an entry that clients may read in different ways. */
export function requireClear(config: ClientConfig, path: readonly string[]): void {
  const fault = config.faults.find((each) => each.path.join('\0') === path.join('\0'));
  if (fault !== undefined) throw unsupported(config, path, fault.hint, `: ${fault.what}`);
}

function unsupported(
  { file }: ClientConfig,
  path: readonly string[],
  hint: string,
  reason = ' as it is written',
): Failure {
  const message = `Guardscope cannot change "${path.at(-1) ?? ''}" in "${file.path}"${reason}`;
  return new Failure('clients/unsupported', message, hint);
}
