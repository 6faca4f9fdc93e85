/** Imports foreign files as native captures: HAR, cassettes of mcp-recorder, bundles, and plain lists of JSON-RPC messages. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { Parsed, Problem } from '../../core/base/parsed.ts';
import { isBundle, readBundle } from '../../core/interchange/bundle.ts';
import { isCassette, readRecorderCassette } from '../../core/interchange/recorderCassette.ts';
import { readHar } from '../../core/interchange/har.ts';
import { isAnswer, nativeText, type ForeignSession } from '../../core/interchange/foreignSession.ts';
import { isJsonObject } from '../../core/base/json.ts';
import { FileTooLarge, readRegular } from '../files/regularFile.ts';
import { fileNameOf, makeFolder } from '../recording/format/captureName.ts';

/** The result of an import. */
export interface Imported {
  /** The captures, one for each server. */
  readonly captures: readonly string[];
  /** The policy of a bundle; null otherwise. */
  readonly policy: string | null;
  readonly problems: readonly Problem[];
}

export interface ImportOptions {
  /** Folder for the captures; default that of the imported file. */
  readonly folder?: string;
  readonly version: string;
}

/** A JSON text beyond this size does not fit into a string of V8. */
const largestBytes = 500 * 1024 * 1024;

/** Reads a file and writes its captures beside it. Throws `import/unreadable`, `import/unknown-format`, `import/empty`, `import/unwritable`. */
export async function importTrace(path: string, options: ImportOptions): Promise<Imported> {
  const text = await readText(path);
  const folder = options.folder ?? dirname(path);
  const stem = basename(path).replace(/(?:\.guardbundle)?\.[^.]*$/, '');
  const root = parse(text);
  if (root !== undefined && isBundle(root)) return importBundle(root, folder, stem);
  const { value: sessions, problems } = readSessions(root, text, path);
  const filled = sessions.filter(({ messages }) => messages.length > 0);
  const first = problems.find(({ severity }) => severity === 'error');
  if (filled.length === 0) {
    throw new Failure(
      first?.code ?? 'import/empty',
      `"${path}" contains no session: ${first?.message ?? 'it is empty'}`,
      first?.hint,
    );
  }
  const captures: string[] = [];
  for (const session of filled) {
    const name = filled.length === 1 ? stem : `${stem}-${fileNameOf(session.server)}`;
    captures.push(
      await writeCapture(folder, name, nativeText(session, { name: 'guardscope-import', version: options.version })),
    );
  }
  return { captures, policy: null, problems };
}

function readSessions(root: JsonValue | undefined, text: string, path: string): Parsed<readonly ForeignSession[]> {
  if (root !== undefined && isCassette(root)) {
    const { value, problems } = readRecorderCassette(root);
    return { value: [value], problems };
  }
  if (isJsonObject(root) && isJsonObject(root['log'])) {
    const { value, problems } = readHar(root);
    const note: Problem = {
      severity: 'info',
      code: 'import/skipped',
      message: `${value.skipped} HAR entries are not MCP and were skipped`,
    };
    return {
      value: value.sessions,
      problems: value.skipped > 0 && value.sessions.length > 0 ? [...problems, note] : problems,
    };
  }
  const list = Array.isArray(root) ? (root as readonly JsonValue[]) : linesOf(text);
  if (
    list !== null &&
    list.length > 0 &&
    list.every((each) => isJsonObject(each) && ('method' in each || 'result' in each || 'error' in each))
  ) {
    return { value: [plainSession(list, path)], problems: [] };
  }
  const hint =
    'HAR files, cassettes of mcp-recorder, bundles of Guardscope and lists of JSON-RPC messages can be imported; captures and gateway logs can be opened directly';
  throw new Failure('import/unknown-format', `"${path}" is not in a format that can be imported`, hint);
}

/** The kind of a message shows its sender: requests come from the client, answers from the server. */
function plainSession(list: readonly JsonValue[], path: string): ForeignSession {
  const messages = list.map((msg, at) => ({
    t: at,
    from: isAnswer(msg) ? ('server' as const) : ('client' as const),
    msg,
    session: '',
  }));
  return {
    server: fileNameOf(basename(path).replace(/\.[^.]*$/, '')),
    transport: 'stdio',
    start: new Date(0).toISOString(),
    messages,
  };
}

async function importBundle(root: Parameters<typeof readBundle>[0], folder: string, stem: string): Promise<Imported> {
  const { value, problems } = readBundle(root);
  const [problem] = problems;
  if (value === null) throw new Failure(problem?.code ?? 'import/bad-bundle', problem?.message ?? '', problem?.hint);
  const capture = await writeCapture(folder, stem, value.capture);
  if (value.guard?.base64 !== null && value.guard !== null) {
    await writeNew(join(folder, `${stem}.wasm`), Buffer.from(value.guard.base64, 'base64'));
  }
  if (value.policy === null) return { captures: [capture], policy: null, problems };
  const policy = await writeNew(join(folder, `${stem}.policy.json`), value.policy);
  return { captures: [capture], policy, problems };
}

function writeCapture(folder: string, name: string, text: string): Promise<string> {
  return writeNew(join(folder, `${name}.guardtrace.jsonl`), text, 0o600);
}

/** Writes a file, and creates its folder when it is missing. Returns its path, which may have a number. */
async function writeNew(wanted: string, content: string | Uint8Array, mode?: number): Promise<string> {
  const path = free(wanted);
  try {
    makeFolder(path);
    await writeFile(path, content, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
    return path;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('import/unwritable', `Cannot write "${path}": ${reason}`, 'Choose another folder');
  }
}

/** The path, or the path with the first free number: nothing is ever overwritten. */
function free(path: string): string {
  if (!existsSync(path)) return path;
  const [, stem = path, suffix = ''] = /^(.*?)((?:\.guardtrace|\.policy)?\.[^./\\]*)$/s.exec(path) ?? [];
  let number = 2;
  while (existsSync(`${stem}-${number}${suffix}`)) number++;
  return `${stem}-${number}${suffix}`;
}

async function readText(path: string): Promise<string> {
  try {
    return (await readRegular(path, largestBytes)).toString().replace(/^\uFEFF/, '');
  } catch (thrown) {
    if (thrown instanceof FileTooLarge) {
      const message = `"${path}" has ${thrown.amount}; at most ${largestBytes} can be imported`;
      throw new Failure('import/too-large', message, 'Split the recording');
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('import/unreadable', `Cannot read "${path}": ${reason}`, 'Check the path');
  }
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function linesOf(text: string): readonly JsonValue[] | null {
  const values = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => parse(line));
  return values.every((value) => value !== undefined) ? values : null;
}
