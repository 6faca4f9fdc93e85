/** Reads a trace from a file in chunks. The results of a long trace stay in the file until they are needed. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { LineSplitter } from '../../core/base/lines.ts';
import { type SiblingDebugLog, SiblingDebugLogReader } from '../../core/trace/debugLog/debugLogSibling.ts';
import type { ClientCalls } from '../../core/trace/gatewayLog/clientCall.ts';
import { GatewayTextLogReader } from '../../core/trace/gatewayLog/gatewayTextLog.ts';
import { decodeLine } from '../../core/trace/model/storedAnswer.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { MemoryLineStore } from '../../core/trace/model/payloads.ts';
import { TraceReader } from '../../core/trace/reader.ts';
import { isWritten } from '../recording/format/liveFile.ts';
import { streamRegular } from '../files/regularFile.ts';
import { FileLineStore } from './fileLineStore.ts';

/** How a trace file is read. */
export interface TraceFileOptions {
  readonly signal?: AbortSignal;
  /** Size of the file, in bytes, from which on results stay in the file; default 256 MiB. */
  readonly keepInFileFrom?: number;
  /** See `FileLineStoreOptions.keepsOpen`. */
  readonly keepsOpen?: boolean;
}

/** Names that the gateway gives its logs (gateway spec 4.1). */
export const gatewayLog = 'rpc-messages.jsonl';
export const gatewayTextLog = 'mcp-gateway.log';

export const inFileBytes = 256 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/** Names for the gateway's stderr when it is saved beside its logs. */
export const stderrLog = /(?:\.stderr\.log|^gateway\.log)$/;

/**
 * Reads a trace. A folder stands for the gateway's log in it. `mcp-gateway.log` beside the trace says which calls are the agent's; a debug
 * log of the gateway beside it (`*.stderr.log`, `gateway.log`, or else `mcp-gateway.log`) has the exact values of redacted calls.
 * A file of another format gives an empty trace with a problem. Throws `trace/unreadable` when the file cannot be read at all, and the
 * reason of the signal when it aborts.
 */
export async function readTraceFile(path: string, options: TraceFileOptions = {}): Promise<Trace> {
  const { file, size } = await findFile(path);
  const { clientCalls, debugLogs } = await readSiblings(file, options.signal);
  const store =
    size >= (options.keepInFileFrom ?? inFileBytes) ? new FileLineStore(file, options) : new MemoryLineStore();
  const reader = new TraceReader({ file, store, debugLogs, ...(clientCalls === null ? {} : { clientCalls }) });
  // Asked before: a tap that ends meanwhile may have written its end behind what was read.
  const isGrowing = isWritten(file);
  await readChunks(file, options.signal, (chunk) => reader.push(chunk));
  const trace = reader.end();
  return isGrowing ? { ...trace, problems: withoutEnd(trace.problems) } : trace;
}

/** The problems of a capture that is still written: in place of its missing end, how to read it to the end. */
function withoutEnd(problems: readonly Problem[]): readonly Problem[] {
  if (problems.every(({ code }) => code !== 'trace/no-end')) return problems;
  const growing: Problem = {
    severity: 'warning',
    code: 'trace/being-written',
    message: 'The capture is being written, so its session goes on behind what was read',
    hint: 'Replay it with --follow, or again when the session has ended',
  };
  return [growing, ...problems.filter(({ code }) => code !== 'trace/no-end')];
}

async function findFile(path: string): Promise<{ readonly file: string; readonly size: number }> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return { file: path, size: found.size };
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
  const file = join(path, gatewayLog);
  try {
    return { file, size: (await stat(file)).size };
  } catch {
    const message = `The folder "${path}" contains no ${gatewayLog}`;
    throw new Failure('trace/unreadable', message, 'Choose the log folder of the gateway, or a trace file');
  }
}

/** Whether a trace of this name may have logs of the gateway beside it that belong to it. */
export function hasSiblings(trace: string): boolean {
  const own = basename(trace);
  return own !== gatewayTextLog && !own.endsWith('.guardtrace.jsonl') && !stderrLog.test(own);
}

/** Content of the files beside a trace. */
interface Siblings {
  readonly clientCalls: ClientCalls | null;
  readonly debugLogs: readonly SiblingDebugLog[];
}

const noSiblings: Siblings = { clientCalls: null, debugLogs: [] };

async function readSiblings(trace: string, signal: AbortSignal | undefined): Promise<Siblings> {
  if (!hasSiblings(trace)) return noSiblings;
  const folder = dirname(trace);
  const debugLogs: SiblingDebugLog[] = [];
  for (const name of (await namesIn(folder)).filter((each) => stderrLog.test(each)).sort()) {
    const found = await readSibling(join(folder, name), signal, null);
    if (found !== null) debugLogs.push(found);
  }
  const file = join(folder, gatewayTextLog);
  if (!(await isFile(file))) return { clientCalls: null, debugLogs };
  const reader = new GatewayTextLogReader(new FileLineStore(file));
  const copy = await readSibling(file, signal, reader);
  // The text log repeats what stderr has, redacted: with both, each call would count twice.
  return { clientCalls: reader.end(file), debugLogs: debugLogs.length > 0 || copy === null ? debugLogs : [copy] };
}

/** Null when the log has no guard inputs. Results stay in the file, because few are needed. */
async function readSibling(
  file: string,
  signal: AbortSignal | undefined,
  text: GatewayTextLogReader | null,
): Promise<SiblingDebugLog | null> {
  if (!(await isFile(file))) return null;
  const debug = new SiblingDebugLogReader(file, new FileLineStore(file));
  const splitter = new LineSplitter((line) => {
    if (line.bytes !== null) text?.line(line, decodeLine(line.bytes));
    debug.line(line);
  });
  await readChunks(file, signal, (chunk) => splitter.push(chunk));
  splitter.end();
  return debug.end();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function readChunks(
  file: string,
  signal: AbortSignal | undefined,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  signal?.throwIfAborted();
  try {
    const chunks = streamRegular(file, { chunkBytes, ...(signal === undefined ? {} : { signal }) });
    for await (const chunk of chunks) onChunk(chunk);
  } catch (thrown) {
    signal?.throwIfAborted();
    throw unreadable(file, thrown);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function unreadable(path: string, thrown: unknown): Failure {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('trace/unreadable', `Cannot read the trace "${path}": ${reason}`, 'Check the path');
}
