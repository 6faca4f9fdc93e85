/** Reads the traces of one session: a file, several captures of one client, or a folder. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { formatFacts } from '../../core/trace/formats.ts';
import { mergeTraces, type TraceOfFile } from '../../core/trace/mergeTraces.ts';
import { requireTrace } from '../../core/trace/model/requireTrace.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { captureList, capturesOfSameClient, latestCaptures } from './clientCaptures.ts';
import { gatewayLog, readTraceFile, type TraceFileOptions } from './traceFile.ts';

/** A session that was read, with its files. */
export interface ReadSession {
  readonly trace: Trace;
  readonly files: readonly string[];
  /** The note that the client of a single capture used other servers, too; null otherwise. */
  readonly sameClient: Problem | null;
}

/**
 * Reads one trace, or several captures as one session. A folder without a gateway log stands for the captures of its latest session. Throws
 * what `readTraceFile` throws, `trace/unknown-format`, and `trace/mixed-formats` for traces that are not all captures.
 */
export async function readTraces(paths: readonly string[], options: TraceFileOptions = {}): Promise<ReadSession> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  const traces = [];
  for (const file of files) traces.push({ file, trace: requireTrace(await readTraceFile(file, options), file) });
  const [first, ...others] = traces;
  if (first === undefined)
    throw new Failure('trace/unreadable', 'No trace is named', 'Name a trace file or a log folder');
  if (others.length === 0)
    return { trace: first.trace, files, sameClient: await noteSameClient(first.file, first.trace) };
  requireCaptures(traces);
  return { trace: mergeTraces(traces), files, sameClient: null };
}

/** Throws `trace/mixed-formats` for traces that are not all captures, which alone can be replayed together. A file without content is none yet. */
export function requireCaptures(traces: readonly TraceOfFile[]): void {
  const odd = traces.find(({ trace: { format, growing } }) => {
    return !formatFacts(format).endsWithTap && !(format === 'unknown' && growing === true);
  });
  if (odd === undefined) return;
  throw new Failure(
    'trace/mixed-formats',
    `Only captures can be replayed together, and "${odd.file}" is ${odd.trace.format === 'unknown' ? 'no trace' : 'a log of the gateway'}`,
    'Replay the log alone: it has the calls of all servers',
  );
}

async function filesOf(path: string): Promise<readonly string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const hasLog = await stat(join(path, gatewayLog)).then(
    () => true,
    () => false,
  );
  if (hasLog) return [path];
  const captures = await latestCaptures(path);
  return captures.length === 0 ? [path] : captures.map(({ file }) => file);
}

/** The note that the client of a capture used other servers, whose calls change the agent's labels in the gateway. */
async function noteSameClient(file: string, { format }: Trace): Promise<Problem | null> {
  const others = formatFacts(format).endsWithTap ? await capturesOfSameClient(file) : [];
  if (others.length === 0) return null;
  return {
    severity: 'info',
    code: 'trace/same-client',
    message: `The client of this capture used ${others.length === 1 ? 'another server' : 'other servers'} at the same time: ${captureList(others)}. In the gateway, the labels of the agent go from server to server`,
    hint: 'Replay the captures together: name all of them, with --config for their guards and policies',
  };
}
