/** Plans what changes in a configuration when a tap is put before a server or taken away: the fewest characters, everything else as it was. */
import { findNodeAtLocation } from 'jsonc-parser';
import { Failure } from '../../core/base/failure.ts';
import { jsonEntrySpans, jsonWriter, readJsonTree } from './jsonEntries.ts';
import type {
  ClientConfig,
  ConfiguredServer,
  EntrySpans,
  EntryWriter,
  Span,
  TapCommand,
  TextEdit,
} from './clientModel.ts';
import { findRecord, type WrapRecord } from './changeRecords.ts';
import { isTapUrl, tapLength } from './tapMarks.ts';
import { tomlEntrySpans, tomlWriter } from './tomlEntries.ts';

/** A change of one file; nothing is written before `applyPlan`. */
export interface Plan {
  readonly kind: 'wrap' | 'unwrap';
  readonly config: ClientConfig;
  readonly server: ConfiguredServer;
  readonly before: string;
  readonly after: string;
  readonly edits: readonly TextEdit[];
}

/** Puts a tap before a server. Throws `clients/wrapped`, `clients/unsupported` or `clients/wrong-tap`. */
export function planWrap(config: ClientConfig, server: ConfiguredServer, tap: TapCommand): Plan {
  if (server.wrapped) {
    throw new Failure('clients/wrapped', `A tap stands before "${server.name}" already`, 'Take it away first: unwrap');
  }
  if (server.command !== undefined && server.args === undefined) {
    throw unsupported(config, server, 'Write its "args" as a list of texts');
  }
  const { spans, writer } = locate(config, server);
  const edits =
    tap.url === undefined
      ? wrapCommand(config.text, server, spans, writer, tap)
      : wrapUrl(server, spans, writer, tap.url);
  return planOf('wrap', config, server, edits);
}

/**
 * Takes the tap away. With a record of the wrapping the entry gets the very text that it had; without one, or when the entry was changed
 * since, what the tap added is cut out. Throws `clients/not-wrapped`, or `clients/unknown-original` for an address that nobody remembers.
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
    throw new Failure('clients/not-wrapped', `No tap stands before "${server.name}"`, 'There is nothing to take away');
  }
  if (server.transport !== 'stdio') {
    if (record?.url === undefined || spans.url === null) {
      const hint =
        'Write the address of the server in its place; a backup of the file is in the folder ~/.guardscope/backups';
      throw new Failure('clients/unknown-original', `Nobody remembers what the address of "${server.name}" was`, hint);
    }
    return planOf('unwrap', config, server, [{ ...spans.url, text: writer.text(record.url) }]);
  }
  return planOf('unwrap', config, server, unwrapCommand(text, server, spans, writer, record?.env ?? ownVariables));
}

/** Variables that the tap itself may need, and no server does. */
const ownVariables: readonly string[] = ['ELECTRON_RUN_AS_NODE'];

/** The text with edits, which must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((one, other) => other.start - one.start || other.end - one.end);
  return sorted.reduce(
    (current, { start, end, text: own }) => current.slice(0, start) + own + current.slice(end),
    text,
  );
}

/** The text of a server's entry as it stands. */
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
    if (spans === null) throw unsupported(config, server, `Write it as a table of its own: [${server.path.join('.')}]`);
    return { spans, writer: tomlWriter };
  }
  const reading = readJsonTree(config.text);
  const node = 'root' in reading ? findNodeAtLocation(reading.root, [...server.path]) : undefined;
  if (node === undefined) throw unsupported(config, server, 'Read the file again');
  return { spans: jsonEntrySpans(node), writer: jsonWriter };
}

function wrapCommand(
  source: string,
  server: ConfiguredServer,
  spans: EntrySpans,
  writer: EntryWriter,
  tap: Exclude<TapCommand, { readonly url: string }>,
): readonly TextEdit[] {
  const { command, args, env } = spans;
  if (command === null || server.command === undefined) {
    throw new Failure(
      'clients/wrong-tap',
      `"${server.name}" is reached by its address, not started by a command`,
      'Use a tap with a URL',
    );
  }
  const added = [...tap.args, server.command].map((arg) => writer.text(arg)).join(', ');
  const edits: TextEdit[] = [{ ...command, text: writer.text(tap.command) }];
  if (args === null) edits.push(writer.newArgs(added, spans, source));
  else {
    const first = args.items[0]?.start ?? args.inside.start;
    edits.push({ start: first, end: first, text: args.items.length === 0 ? added : `${added}, ` });
  }
  const members = Object.entries(tap.env ?? {}).filter(([name]) => env?.keys.has(name) !== true);
  if (members.length === 0) return edits;
  const own = env === null ? writer.newEnv(members, spans, source) : writer.addEnv(members, spans);
  // Both may begin behind the command: then they are one edit.
  const twin = edits.findIndex(({ start, end }) => start === own.start && end === own.end);
  const other = edits[twin];
  if (other === undefined) return [...edits, own];
  edits[twin] = { ...other, text: `${other.text}${own.text}` };
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
      `"${server.name}" is started by a command, it has no address`,
      'Use a tap with a command',
    );
  }
  if (!isTapUrl(address)) {
    const hint = 'Give the address that "tap --http" prints';
    throw new Failure('clients/wrong-tap', `"${address}" is not the address of a tap`, hint);
  }
  return [{ ...url, text: writer.text(address) }];
}

function unwrapCommand(
  source: string,
  server: ConfiguredServer,
  spans: EntrySpans,
  writer: EntryWriter,
  variables: readonly string[],
): readonly TextEdit[] {
  const { command, args, env } = spans;
  const own = tapLength(server.command ?? '', server.args ?? []) ?? 0;
  const original = server.args?.[own] ?? '';
  const [first, next] = [args?.items[0], args?.items[own + 1]];
  const last = args?.items[own];
  if (command === null || first === undefined || last === undefined) return [];
  const cut: Span = { start: first.start, end: next?.start ?? last.end };
  const edits: TextEdit[] = [
    { ...command, text: writer.text(original) },
    { ...cut, text: '' },
  ];
  for (const name of variables) {
    const span = env?.keys.get(name);
    if (span !== undefined) edits.push({ ...withComma(source, span), text: '' });
  }
  return edits;
}

/** A member with the comma that separates it from the next, or else from the one before. */
function withComma(source: string, { start, end }: Span): Span {
  const [next] = /^[ \t]*,[ \t]*/.exec(source.slice(end, end + 200)) ?? [];
  if (next !== undefined) return { start, end: end + next.length };
  const [before = ''] = /,\s*$/.exec(source.slice(Math.max(0, start - 200), start)) ?? [];
  return { start: start - before.length, end };
}

function unsupported({ file }: ClientConfig, { name }: ConfiguredServer, hint: string): Failure {
  return new Failure(
    'clients/unsupported',
    `"${name}" in "${file.path}" is written in a way that Guardscope does not change`,
    hint,
  );
}
