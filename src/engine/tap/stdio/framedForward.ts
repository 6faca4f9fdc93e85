/** Passes a stream on line by line, so that a gate can look at each message and add some of its own; what passes keeps its bytes. */
import type { Readable, Writable } from 'node:stream';
import type { Watcher } from './forward.ts';
import { maxFrameBytes } from '../../recording/format/lineFrames.ts';
import type { Gate } from '../gate/gate.ts';
import type { Kept } from '../../recording/format/recordingSink.ts';

/** Writes whole lines from several sources: none ever stands in the middle of another. */
export class FramedWriter {
  readonly sink: Writable;
  readonly #kept: Kept;
  #waiting: Buffer[] = [];
  #open = false;

  constructor(sink: Writable, kept: Kept) {
    this.sink = sink;
    this.#kept = kept;
  }

  /** A message without its line feed. */
  line(message: Uint8Array): void {
    const line = Buffer.concat([message, lineFeed]);
    if (this.#open) this.#waiting.push(line);
    else this.#write(line);
  }

  /** Bytes as they came; `ends`: a line ends with them. */
  raw(bytes: Uint8Array, ends: boolean): void {
    this.#write(bytes);
    this.#open = !ends;
    if (ends) for (const line of this.#waiting.splice(0)) this.#write(line);
  }

  /** Nothing more comes. */
  end(): void {
    this.#kept(() => this.sink.end());
  }

  #write(bytes: Uint8Array): void {
    this.#kept(() => {
      if (!this.sink.destroyed && this.sink.writable) this.sink.write(bytes);
    });
  }
}

/** From the client; the end of its stream reaches the server when every call of it is decided. */
export function forwardClient(source: Readable, target: FramedWriter, gate: Gate, watcher: Watcher): void {
  const take = (line: Uint8Array): boolean => gate.fromClient(line);
  run(
    source,
    target,
    take,
    () => gate.passesUnseen(),
    watcher,
    () => void gate.settled().then(() => target.end()),
  );
}

/** From the server. */
export function forwardServer(source: Readable, target: FramedWriter, gate: Gate, watcher: Watcher): void {
  run(
    source,
    target,
    (line) => gate.fromServer(line),
    () => gate.passesUnseen(),
    watcher,
    () => target.end(),
  );
}

function run(
  source: Readable,
  target: FramedWriter,
  take: (line: Uint8Array) => boolean,
  passesUnseen: () => boolean,
  watcher: Watcher,
  onEnd: () => void,
): void {
  const { sink } = target;
  let parts: Buffer[] = [];
  let length = 0;
  /** What becomes of the rest of a line that is too long to be looked at. */
  let unseen: 'pass' | 'drop' | null = null;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    watcher.ended();
  };

  const whole = (line: Buffer, terminated: boolean): void => {
    const content = withoutLineEnd(line);
    if (isBlank(content) || take(content)) target.raw(line, true);
    else if (!terminated) target.raw(empty, true);
  };
  const piece = (bytes: Buffer, ends: boolean): void => {
    if (unseen !== null) {
      if (unseen === 'pass') target.raw(bytes, ends);
      if (ends) unseen = null;
      return;
    }
    parts.push(bytes);
    length += bytes.length;
    if (ends) {
      const line = parts.length === 1 ? bytes : Buffer.concat(parts);
      parts = [];
      length = 0;
      whole(line, true);
    } else if (length > maxFrameBytes) {
      unseen = passesUnseen() ? 'pass' : 'drop';
      if (unseen === 'pass') target.raw(Buffer.concat(parts), false);
      parts = [];
      length = 0;
    }
  };

  source.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let at = chunk.indexOf(lineFeedByte); at >= 0; at = chunk.indexOf(lineFeedByte, start)) {
      piece(chunk.subarray(start, at + 1), true);
      start = at + 1;
    }
    if (start < chunk.length) piece(chunk.subarray(start), false);
    if (sink.writableLength > mostWaiting) source.pause();
    else if (watcher.isBehind) {
      source.pause();
      watcher.kept(() => source.resume());
    }
  });
  sink.on('drain', () => source.resume());
  source.on('end', () => {
    // A rest without a line feed is passed on as it is, if it may pass.
    if (parts.length > 0) whole(Buffer.concat(parts), false);
    parts = [];
    end();
    onEnd();
  });
  source.on('error', () => sink.destroy());
  source.on('close', end);
  sink.on('error', () => source.destroy());
  sink.on('close', () => source.destroy());
}

const mostWaiting = 128 * 1024;
const lineFeedByte = 0x0a;
const lineFeed = Buffer.of(lineFeedByte);
const empty = Buffer.alloc(0);

function withoutLineEnd(line: Buffer): Buffer {
  const end = line.at(-1) === lineFeedByte ? line.length - 1 : line.length;
  return line.subarray(0, line[end - 1] === 0x0d ? end - 1 : end);
}

function isBlank(content: Buffer): boolean {
  return content.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
