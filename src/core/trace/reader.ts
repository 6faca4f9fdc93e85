/** Reads a trace of any format from a stream of bytes: detects the format, reads line by line, and assembles the trace on demand. */
import { type Line, LineSplitter, withoutMark } from '../base/lines.ts';
import { assembleTrace } from './assemble.ts';
import { detectLine, formatFacts } from './formats.ts';
import { describeLookalike } from './lookalike.ts';
import type { FormatReader } from './formatReader.ts';
import { isGatewayOutput } from './debugLog/debugLogLine.ts';
import type { SiblingDebugLog } from './debugLog/debugLogSibling.ts';
import type { ClientCalls } from './gatewayLog/clientCall.ts';
import type { Growing } from './model/growing.ts';
import { decodeLine } from './model/storedAnswer.ts';
import type { Trace, TraceFormat } from './model/traceModel.ts';
import { type LineStore, MemoryLineStore } from './model/payloads.ts';
import { TraceProblems } from './model/traceProblems.ts';

/** Options for reading a trace. */
export interface ReadOptions {
  /** File name for the positions of problems. */
  readonly file?: string;
  /** Store for lines until their results are needed; default: memory. */
  readonly store?: LineStore;
  /** Client calls from the gateway's text log of the same session. */
  readonly clientCalls?: ClientCalls;
  /** Debug logs of the same session, for a log of the gateway. */
  readonly debugLogs?: readonly SiblingDebugLog[];
  /** Maximum length of a line in bytes; default 64 MiB. Longer lines are skipped. */
  readonly lineLimit?: number;
  /** Whether more bytes follow after the first snapshot. */
  readonly growing?: boolean;
}

/** Reads a complete trace. Never throws: a file of another format gives an empty trace and a problem that describes the file. */
export function readTrace(input: Uint8Array | string, options: ReadOptions = {}): Trace {
  const reader = new TraceReader(options);
  reader.push(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  return reader.end();
}

/** Options for a snapshot of a growing trace. */
export interface GrowingOptions extends Growing {
  /** Current client calls from the text log; absent: unchanged. */
  readonly clientCalls?: ClientCalls;
  /** Current debug logs; absent: unchanged. */
  readonly debugLogs?: readonly SiblingDebugLog[];
}

/** Incremental reader. `push` takes chunks of any size, `snapshot` returns the trace so far, `end` returns the complete trace. */
export class TraceReader {
  readonly #options: ReadOptions;
  #clientCalls: ClientCalls | null;
  readonly #problems: TraceProblems;
  readonly #splitter: LineSplitter;
  #format: TraceFormat | null = null;
  #reader: FormatReader | null = null;
  /** Lines read before the format was known. */
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

  /** The format, or `unknown` until a line identifies it. */
  get format(): TraceFormat {
    return this.#format ?? 'unknown';
  }

  /** Whether an incomplete line is buffered. */
  get isInLine(): boolean {
    return this.#splitter.isInLine;
  }

  /**
   * Returns the trace up to the last complete line, without ending it: calls without an answer wait for one. A snapshot does not affect
   * further reading. Unchanged calls are the same objects as in the previous snapshot.
   */
  snapshot(options: GrowingOptions = { watched: false }): Trace {
    this.#takeSiblings(options);
    return this.#assemble(options);
  }

  /** Returns the complete trace. More may be pushed afterwards, unless the last line was not terminated. */
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
        nameless: reader?.nameless?.() ?? [],
        destroyed: reader?.destroyed?.() ?? [],
        toolLists: reader?.toolLists?.() ?? [],
        serversOf: reader?.serversOf ?? new Map<string, Set<string>>(),
        // In a debug log, the origin of each call is known without the text log.
        clientCalls: formatFacts(this.format).hasTextLog ? this.#clientCalls : null,
        witness: reader?.witness?.() ?? null,
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
      const message = `This line of ${line.length} bytes was skipped; the limit is ${this.#options.lineLimit ?? '64 Mi'} bytes`;
      this.#problems.add('error', 'trace/line-too-long', message, line.number);
      this.#reader?.damaged(line, decodeLine(line.beginning));
      return;
    }
    const bytes = line.number === 1 ? withoutMark(line.bytes) : line.bytes;
    if (this.#reader === null) this.#findFormat(line, bytes);
    else if (this.#reader.skim?.(line, bytes) !== true) this.#reader.line(line, bytes, decodeLine(bytes));
  }

  /** Looks for the first line that identifies the format. Earlier, damaged lines are then read again. */
  #findFormat(line: Line, bytes: Uint8Array): void {
    const text = decodeLine(bytes);
    if (text.trim() === '') return;
    const format = detectLine(text);
    if (format === null) {
      // The gateway may write much text output before the first call of a guard.
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

/** Maximum number of damaged lines before the first line that identifies the format. */
const earlyLines = 200;
const earlyBytes = 64 * 1024;
const headBytes = 4096;

function joined(head: Uint8Array<ArrayBuffer>, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}
