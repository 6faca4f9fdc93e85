/** Reads a trace from a stream of bytes, whatever its format: finds the format out, reads line by line, assembles at the end. */
import { type Line, LineSplitter } from '../base/lines.ts';
import { assembleTrace } from './assemble.ts';
import { describeLookalike, detectLine } from './detect.ts';
import type { CallDraft } from './draft.ts';
import { GatewayJsonlReader } from './gatewayJsonl.ts';
import type { ClientCalls } from './gatewayTextLog.ts';
import { decodeLine } from './keptAnswer.ts';
import type { Trace, TraceFormat } from './model.ts';
import { NativeCaptureReader } from './nativeCapture.ts';
import { type LineStore, MemoryLineStore } from './payloads.ts';
import { TraceProblems } from './problems.ts';

/** With what a trace is read. */
export interface ReadOptions {
  /** Name of the file in the positions of problems. */
  readonly file?: string;
  /** Where lines stay until their results are needed; default in memory. */
  readonly store?: LineStore;
  /** What the gateway's text log of the same session says. */
  readonly clientCalls?: ClientCalls;
  /** Longest line that is read, in bytes; default 64 MiB. */
  readonly lineLimit?: number;
}

/** Reads a whole trace that is at hand. Never throws: a file of another format gives an empty trace and a problem that names it. */
export function readTrace(input: Uint8Array | string, options: ReadOptions = {}): Trace {
  const reader = new TraceReader(options);
  reader.push(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  return reader.end();
}

/** Takes chunks of any size; `end` gives the trace. */
export class TraceReader {
  readonly #options: ReadOptions;
  readonly #problems: TraceProblems;
  readonly #splitter: LineSplitter;
  #format: TraceFormat | null = null;
  #reader: FormatReader | null = null;
  /** Lines before the format was known. */
  #early: { readonly line: Line; readonly bytes: Uint8Array }[] = [];
  #head = new Uint8Array(0);
  #lines = 0;
  #bytes = 0;

  constructor(options: ReadOptions = {}) {
    this.#options = options;
    this.#problems = new TraceProblems(options.file);
    this.#splitter = new LineSplitter((line) => this.#line(line), options.lineLimit);
  }

  push(chunk: Uint8Array): void {
    if (this.#head.length < headBytes)
      this.#head = joined(this.#head, chunk.subarray(0, headBytes - this.#head.length));
    this.#bytes += chunk.length;
    this.#splitter.push(chunk);
  }

  end(): Trace {
    this.#splitter.end();
    if (this.#reader === null) this.#reportUnknown();
    this.#reader?.end();
    return assembleTrace({
      format: this.#format ?? 'unknown',
      drafts: this.#reader?.drafts() ?? [],
      serversOf: this.#reader?.serversOf ?? new Map<string, Set<string>>(),
      clientCalls: this.#options.clientCalls ?? null,
      problems: this.#problems,
      lines: this.#lines,
      bytes: this.#bytes,
    });
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
    else this.#reader.line(line, bytes, decodeLine(bytes));
  }

  /** Looks for the first line that tells the format; damaged lines before it are read again afterwards. */
  #findFormat(line: Line, bytes: Uint8Array): void {
    const text = decodeLine(bytes);
    if (text.trim() === '') return;
    const format = detectLine(text);
    if (format === null) {
      if (this.#early.length >= earlyLines) this.#format = 'unknown';
      else this.#early.push({ line, bytes: bytes.slice(0, earlyBytes) });
      return;
    }
    this.#format = format;
    const reader = openReader(format, this.#problems, this.#options.store ?? new MemoryLineStore());
    this.#reader = reader;
    for (const early of this.#early) reader.line(early.line, early.bytes, decodeLine(early.bytes));
    this.#early = [];
    reader.line(line, bytes, text);
  }

  #reportUnknown(): void {
    const { what, hint } = describeLookalike(this.#head);
    const name = this.#options.file === undefined ? 'This' : `"${this.#options.file}"`;
    this.#problems.add(
      'error',
      'trace/unknown-format',
      `${name} is not a trace: it looks like ${what}`,
      undefined,
      hint,
    );
  }
}

/** What the readers of both formats have in common. */
interface FormatReader {
  line(line: Line, bytes: Uint8Array, text: string): void;
  /** A line of which only the beginning is known. */
  damaged(line: Line, beginning: string): void;
  end(): void;
  drafts(): readonly CallDraft[];
  /** The servers that are known to have a tool. */
  readonly serversOf: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Damaged lines that may stand before the first one that tells the format. */
const earlyLines = 200;
const earlyBytes = 64 * 1024;
const headBytes = 4096;

function openReader(format: 'native' | 'gateway-jsonl', problems: TraceProblems, store: LineStore): FormatReader {
  if (format === 'gateway-jsonl') {
    const reader = new GatewayJsonlReader(problems, store);
    return skippingBlank({
      line: reader.line.bind(reader),
      damaged: reader.damaged.bind(reader),
      end: () => reader.end(),
      drafts: () => reader.drafts,
      serversOf: reader.serversOf,
    });
  }
  const reader = new NativeCaptureReader(problems, store);
  const drafts = (): readonly CallDraft[] => [...reader.drafts, ...reader.lookups].sort(byLine);
  const damaged = (): void => undefined;
  return skippingBlank({
    line: reader.line.bind(reader),
    damaged,
    end: () => reader.end(),
    drafts,
    serversOf: new Map(),
  });
}

function skippingBlank(reader: FormatReader): FormatReader {
  return { ...reader, line: (line, bytes, text) => (text.trim() === '' ? undefined : reader.line(line, bytes, text)) };
}

function byLine(a: CallDraft, b: CallDraft): number {
  return a.start.requestLine - b.start.requestLine;
}

/** Without the byte order mark that some editors write. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function joined(head: Uint8Array<ArrayBuffer>, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}
