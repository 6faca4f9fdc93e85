/** Reads a trace from a stream of bytes, whatever its format: finds the format out, reads line by line, assembles when it is asked. */
import { type Line, LineSplitter, withoutMark } from '../base/lines.ts';
import { assembleTrace } from './assemble.ts';
import { detectLine, formatFacts } from './formats.ts';
import { describeLookalike } from './lookalike.ts';
import type { FormatReader } from './formatReader.ts';
import { isGatewayOutput } from './debugLog/debugLogLine.ts';
import type { SiblingDebugLog } from './debugLog/debugLogSibling.ts';
import type { ClientCalls } from './gatewayLog/gatewayTextLog.ts';
import type { Growing } from './gatewayLog/growing.ts';
import { decodeLine } from './model/keptAnswer.ts';
import type { Trace, TraceFormat } from './model/traceModel.ts';
import { type LineStore, MemoryLineStore } from './model/payloads.ts';
import { TraceProblems } from './model/traceProblems.ts';

/** With what a trace is read. */
export interface ReadOptions {
  /** Name of the file in the positions of problems. */
  readonly file?: string;
  /** Where lines stay until their results are needed; default in memory. */
  readonly store?: LineStore;
  /** What the gateway's text log of the same session says. */
  readonly clientCalls?: ClientCalls;
  /** Debug logs of the same sessions, for a log of the gateway. */
  readonly debugLogs?: readonly SiblingDebugLog[];
  /** Longest line that is read, in bytes; default 64 MiB. */
  readonly lineLimit?: number;
  /** Whether more comes after the first snapshot. */
  readonly growing?: boolean;
}

/** Reads a whole trace that is at hand. Never throws: a file of another format gives an empty trace and a problem that names it. */
export function readTrace(input: Uint8Array | string, options: ReadOptions = {}): Trace {
  const reader = new TraceReader(options);
  reader.push(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  return reader.end();
}

/** What is known of a trace that grows, beside its bytes. */
export interface GrowingOptions extends Growing {
  /** What the text log says by now; absent: what it said before. */
  readonly clientCalls?: ClientCalls;
  /** The debug logs as they are by now; absent: as they were. */
  readonly debugLogs?: readonly SiblingDebugLog[];
}

/** Takes chunks of any size; `snapshot` gives the trace so far, `end` the whole one. */
export class TraceReader {
  readonly #options: ReadOptions;
  #clientCalls: ClientCalls | null;
  readonly #problems: TraceProblems;
  readonly #splitter: LineSplitter;
  #format: TraceFormat | null = null;
  #reader: FormatReader | null = null;
  /** Lines before the format was known. */
  #early: { readonly line: Line; readonly bytes: Uint8Array }[] = [];
  #isOutput = false;
  #head = new Uint8Array(0);
  #lines = 0;
  #bytes = 0;

  constructor(options: ReadOptions = {}) {
    this.#options = options;
    this.#clientCalls = options.clientCalls ?? null;
    this.#problems = new TraceProblems(options.file);
    this.#splitter = new LineSplitter((line) => this.#line(line), options.lineLimit);
  }

  push(chunk: Uint8Array): void {
    if (this.#head.length < headBytes)
      this.#head = joined(this.#head, chunk.subarray(0, headBytes - this.#head.length));
    this.#bytes += chunk.length;
    this.#splitter.push(chunk);
  }

  /** The format, as soon as a line tells it. */
  get format(): TraceFormat {
    return this.#format ?? 'unknown';
  }

  /** Whether bytes wait for the rest of their line. */
  get isInLine(): boolean {
    return this.#splitter.isInLine;
  }

  /**
   * The trace as far as whole lines came, without an end to anything: calls without an answer wait for one. Reading goes on as if it had
   * not been asked for. Calls about which nothing changed are the same objects as in the snapshot before.
   */
  snapshot(options: GrowingOptions = { watched: false }): Trace {
    this.#takeSiblings(options);
    return this.#assemble(options);
  }

  /** The whole trace. More may be pushed afterwards, unless the last line was not terminated. */
  end(options: Omit<GrowingOptions, 'watched'> = {}): Trace {
    this.#takeSiblings(options);
    this.#splitter.end();
    return this.#assemble(null);
  }

  #takeSiblings({ clientCalls, debugLogs }: Omit<GrowingOptions, 'watched'>): void {
    if (clientCalls !== undefined) this.#clientCalls = clientCalls;
    if (debugLogs !== undefined) this.#reader?.takeDebugLogs(debugLogs);
  }

  #assemble(growing: Growing | null): Trace {
    const reader = this.#reader;
    const problems = this.#problems.copy();
    if (reader === null && (growing === null || this.#format === 'unknown')) this.#reportUnknown(problems);
    const drafts = reader?.all() ?? [];
    for (const draft of drafts) draft.begin();
    try {
      reader?.finish(problems, growing);
      return assembleTrace({
        format: this.format,
        drafts: reader?.drafts() ?? [],
        serversOf: reader?.serversOf ?? new Map<string, Set<string>>(),
        // A debug log says itself whose its calls are.
        clientCalls: formatFacts(this.format).hasTextLog ? this.#clientCalls : null,
        problems,
        sessions: reader?.sessions?.() ?? null,
        debug: reader?.debug() ?? null,
        lines: this.#lines,
        bytes: this.#bytes,
        growing: growing !== null,
      });
    } finally {
      for (const draft of drafts) draft.takeBack();
    }
  }

  #line(line: Line): void {
    this.#lines++;
    if (this.#format === 'unknown') return;
    if (line.bytes === null) {
      const message = `This line has ${line.length} bytes and was left out; lines of up to ${this.#options.lineLimit ?? '64 Mi'} bytes are read`;
      this.#problems.add('error', 'trace/line-too-long', message, line.number);
      this.#reader?.damaged(line, decodeLine(line.beginning));
      return;
    }
    const bytes = line.number === 1 ? withoutMark(line.bytes) : line.bytes;
    if (this.#reader === null) this.#findFormat(line, bytes);
    else if (this.#reader.skim?.(line, bytes) !== true) this.#reader.line(line, bytes, decodeLine(bytes));
  }

  /** Looks for the first line that tells the format; damaged lines before it are read again afterwards. */
  #findFormat(line: Line, bytes: Uint8Array): void {
    const text = decodeLine(bytes);
    if (text.trim() === '') return;
    const format = detectLine(text);
    if (format === null) {
      // The gateway's text output may go on for long before a guard is first called.
      this.#isOutput ||= isGatewayOutput(text);
      if (this.#early.length < earlyLines)
        this.#early.push({ line, bytes: new Uint8Array(bytes.subarray(0, earlyBytes)) });
      else if (!this.#isOutput) this.#format = 'unknown';
      return;
    }
    this.#format = format.id;
    const store = this.#options.store ?? new MemoryLineStore();
    const { debugLogs = [], growing = false } = this.#options;
    const reader = format.open({ problems: this.#problems, store, debugLogs, growing });
    this.#reader = reader;
    for (const early of this.#early) reader.line(early.line, early.bytes, decodeLine(early.bytes));
    this.#early = [];
    reader.line(line, bytes, text);
  }

  #reportUnknown(problems: TraceProblems): void {
    const { what, hint } = describeLookalike(this.#head);
    const name = this.#options.file === undefined ? 'This' : `"${this.#options.file}"`;
    problems.add('error', 'trace/unknown-format', `${name} is not a trace: it looks like ${what}`, undefined, hint);
  }
}

/** Damaged lines that may stand before the first one that tells the format. */
const earlyLines = 200;
const earlyBytes = 64 * 1024;
const headBytes = 4096;

function joined(head: Uint8Array<ArrayBuffer>, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}
