/** Passes the streams of a stdio session on: as they come, or message by message past a gate. What passes keeps its bytes. */
import type { Writable } from 'node:stream';
import { LineSplitter, maxLineBytes } from '../../../core/base/lines.ts';
import type { WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { pump, writeTo } from '../../streams/pump.ts';
import type { Source } from '../../streams/sources.ts';
import type { Gate } from '../gate/gate.ts';

/** Sees what passes. */
export interface Watcher {
  /** The chunk is lent until it is passed on, which is when it is durable. */
  bytes(chunk: Uint8Array): void;
  ended(): void;
  /** Nothing is passed on before. */
  readonly whenDurable: WhenDurable;
}

/** Passes chunks on at once. The end of the source ends the sink, unless others write to it, too (`isShared`). */
export function forward(source: Source, sink: Writable, watcher: Watcher, isShared = false): void {
  reportEnd(source, watcher);
  pump(source, sink, {
    take: (chunk, taken) => {
      watcher.bytes(chunk);
      watcher.whenDurable(() => sink.write(chunk, taken));
    },
    onEnd: () => {
      if (!isShared) watcher.whenDurable(() => sink.end());
    },
    whenSinkCloses: 'close source',
  });
}

/** Passes messages of the client on that the gate lets pass. The end of its stream reaches the server when every call is decided. */
export function forwardClient(source: Source, writer: LineWriter, gate: Gate, watcher: Watcher): void {
  forwardLines(source, writer, watcher, {
    passed: (message) => gate.fromClient(message, 0),
    passesUnseen: () => gate.passesUnseen(),
    tooLong: () => gate.tooLong(0),
    beforeEnd: (then) => void gate.settled().then(then),
  });
}

/** Passes messages of the server on that the gate lets pass. */
export function forwardServer(source: Source, writer: LineWriter, gate: Gate, watcher: Watcher): void {
  forwardLines(source, writer, watcher, {
    passed: (message) => gate.fromServer(message, 0),
    passesUnseen: () => gate.passesUnseen(),
    tooLong: () => undefined,
    beforeEnd: (then) => then(),
  });
}

/** Writes lines from several sources without mixing them. */
export class LineWriter {
  readonly sink: Writable;
  readonly #whenDurable: WhenDurable;
  #waiting: Buffer[] = [];
  #isInLine = false;

  constructor(sink: Writable, whenDurable: WhenDurable) {
    this.sink = sink;
    this.#whenDurable = whenDurable;
  }

  /** Writes a message, given without its line feed, behind the line that has begun. */
  line(message: Uint8Array): void {
    const line = Buffer.concat([message, lineFeed]);
    if (this.#isInLine) this.#waiting.push(line);
    else this.#write(line);
  }

  /** Writes bytes as they came; `ends`: a line ends with them. */
  raw(bytes: Uint8Array, { ends }: { readonly ends: boolean }): void {
    this.#write(bytes);
    this.#isInLine = !ends;
    if (ends) for (const line of this.#waiting.splice(0)) this.#write(line);
  }

  /** Calls `taken` when the sink has taken what was written so far. */
  whenTaken(taken: () => void): void {
    this.#whenDurable(() => {
      if (this.sink.writableLength === 0 || this.sink.destroyed) taken();
      else this.sink.write(noBytes, taken);
    });
  }

  /** Ends the sink behind what was written. */
  end(): void {
    this.#whenDurable(() => this.sink.end());
  }

  #write(bytes: Uint8Array): void {
    this.#whenDurable(() => writeTo(this.sink, bytes, () => undefined));
  }
}

/** The gate of one direction. */
interface LineGate {
  /** What passes of a message without its line end: its own bytes, others in their place, or null, when the gate took it. */
  readonly passed: (message: Uint8Array) => Uint8Array | null;
  /** Whether a message beyond the limit passes, which the gate does not get to see. */
  readonly passesUnseen: () => boolean;
  /** Such a message did not pass. */
  readonly tooLong: () => void;
  /** Runs `then` when the gate has decided everything so far. */
  readonly beforeEnd: (then: () => void) => void;
}

/** A line keeps its bytes, also one without a line feed at the end, unless the gate has others in its place. */
function forwardLines(source: Source, writer: LineWriter, watcher: Watcher, gate: LineGate): void {
  reportEnd(source, watcher);
  let isUnseenPassing = false;
  const splitter = new LineSplitter(
    ({ bytes, raw, terminated }) => {
      if (bytes === null || raw === null) {
        isUnseenPassing = false;
        return;
      }
      const passed = isBlank(bytes) ? (gate.passesUnseen() ? bytes : null) : gate.passed(bytes);
      if (passed === bytes) writer.raw(raw, { ends: true });
      else if (passed !== null) writer.line(passed);
      else if (!terminated) writer.raw(noBytes, { ends: true });
    },
    maxLineBytes,
    (bytes, { ends, begins }) => {
      if (begins) {
        isUnseenPassing = gate.passesUnseen();
        if (!isUnseenPassing) gate.tooLong();
      }
      if (isUnseenPassing) writer.raw(bytes, { ends });
    },
  );
  pump(source, writer.sink, {
    take: (chunk, taken) => {
      splitter.push(chunk);
      writer.whenTaken(taken);
    },
    onEnd: () => {
      splitter.end();
      gate.beforeEnd(() => writer.end());
    },
    whenSinkCloses: 'close source',
  });
}

const lineFeed = Buffer.of(0x0a);
const noBytes = Buffer.alloc(0);

/** A stream may end, or be closed before its end; either is reported once. */
function reportEnd({ stream }: Source, watcher: Watcher): void {
  let isReported = false;
  const report = (): void => {
    if (!isReported) watcher.ended();
    isReported = true;
  };
  stream.on('end', report).on('close', report);
}

function isBlank(content: Uint8Array): boolean {
  return content.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
