/** Finds the captures that taps of one client wrote at the same time: those of the other servers that the client used. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../core/base/json.ts';
import { openRegular } from '../files/regularFile.ts';

/** The beginning of a capture: who was connected to what, and when. */
export interface CaptureHead {
  readonly file: string;
  readonly server: string;
  /** Name that the client gave itself in `initialize`; null when its first lines do not have it. */
  readonly client: string | null;
  /** Milliseconds since 1970 of its first and its last change. */
  readonly from: number;
  readonly to: number;
}

/** The header and `initialize` are among the first lines, the last time is in the last line; longer ones are not looked at. */
const endBytes = 64 * 1024;

/** Most captures of a folder that are looked at, the newest first. */
const mostCaptures = 200;

/** Taps of one client start one after another. */
const slackMs = 2_000;

/** Reads the head of a capture; null when the file is none. */
export async function readCaptureHead(file: string): Promise<CaptureHead | null> {
  try {
    const { head, tail, changed } = await readEnds(file);
    const lines = head.split('\n').slice(0, -1);
    const header = parsed(lines[0] ?? '');
    const [server, start] = [header['server'], header['start']];
    if (typeof server !== 'string' || typeof start !== 'string' || Number.isNaN(Date.parse(start))) return null;
    const from = Date.parse(start);
    const last = parsed(tail.trimEnd().split('\n').at(-1) ?? '')['t'];
    // A copy has another time of change than the capture had.
    const to = typeof last === 'number' ? from + last : changed;
    return { file, server, client: clientOf(lines), from, to };
  } catch {
    return null;
  }
}

/**
 * The captures in the folder of one that the same client wrote at the same time, without the one itself, in order of their start. Empty
 * when its client is not known.
 */
export async function capturesOfSameClient(file: string): Promise<readonly CaptureHead[]> {
  const own = await readCaptureHead(file);
  if (own === null || own.client === null) return [];
  const heads = await captureHeads(dirname(file));
  return heads.filter((head) => head.file !== file && isSameSession(own, head)).toSorted((a, b) => a.from - b.from);
}

/** The captures of the latest session in a folder, in order of their start; empty when the folder has no capture. */
export async function latestCaptures(folder: string): Promise<readonly CaptureHead[]> {
  const heads = await captureHeads(folder);
  const [latest] = heads.toSorted((a, b) => b.from - a.from);
  if (latest === undefined) return [];
  return heads.filter((head) => head === latest || isSameSession(latest, head)).toSorted((a, b) => a.from - b.from);
}

function isSameSession(a: CaptureHead, b: CaptureHead): boolean {
  if (a.client === null || a.client !== b.client || a.server === b.server) return false;
  return a.from <= b.to + slackMs && b.from <= a.to + slackMs;
}

async function captureHeads(folder: string): Promise<readonly CaptureHead[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.guardtrace.jsonl'));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return {
        path,
        mtimeMs: await stat(path).then(
          (found) => found.mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const newest = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(0, mostCaptures);
  const heads = await Promise.all(newest.map(({ path }) => readCaptureHead(path)));
  return heads.filter((head) => head !== null);
}

function clientOf(lines: readonly string[]): string | null {
  for (const line of lines) {
    const message = parsed(line)['msg'];
    const params = isJsonObject(message) && message['method'] === 'initialize' ? message['params'] : undefined;
    const info = isJsonObject(params) ? params['clientInfo'] : undefined;
    const name = isJsonObject(info) ? info['name'] : undefined;
    if (typeof name === 'string') return name;
  }
  return null;
}

/** The first and the last bytes of a file, and the time of its last change. */
async function readEnds(
  file: string,
): Promise<{ readonly head: string; readonly tail: string; readonly changed: number }> {
  const handle = await openRegular(file);
  try {
    const { size, mtimeMs } = await handle.stat();
    const read = async (from: number): Promise<string> => {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(endBytes), 0, endBytes, from);
      return buffer.toString('utf8', 0, bytesRead);
    };
    return { head: await read(0), tail: await read(Math.max(0, size - endBytes)), changed: mtimeMs };
  } finally {
    await handle.close();
  }
}

/** The object in a line; empty when it has none. */
function parsed(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** How a session of several captures is named to users: the servers with their files. */
export function captureList(heads: readonly CaptureHead[]): string {
  return heads.map(({ server, file }) => `"${server}" (${basename(file)})`).join(', ');
}
