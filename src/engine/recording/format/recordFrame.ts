/**
 * How a tap hands over to its recorder: frames on a pipe, each a head, a JSON text and bytes as they passed. A frame that the end of the
 * tap cut off is no frame, except that `bytes` count as far as they came.
 */
import type { Channel } from './channel.ts';

/** What a frame is about: `start` has the options, `facts` a change of the live file, the others are calls of `Recording`. */
export type FrameKind = 'start' | 'bytes' | 'message' | 'line' | 'event' | 'ended' | 'facts' | 'close';

/** A frame without its bytes. */
export interface RecordFrame {
  readonly kind: FrameKind;
  /** Of `bytes`, `message` and `ended`; the others leave it at `client`. */
  readonly channel: Channel;
  /** Milliseconds since the start of the session. */
  readonly t: number;
  /** A JSON text, or nothing. */
  readonly json: string;
}

const kinds: readonly FrameKind[] = ['start', 'bytes', 'message', 'line', 'event', 'ended', 'facts', 'close'];
const channels: readonly Channel[] = ['client', 'server', 'stderr'];

/**
 * Six words of 32 bits in the order of this machine, which both sides run on: kind and channel, the length of the text, that of the bytes,
 * nothing, and two for the time.
 */
const headBytes = 24;

/** One for all frames, because making views takes longer than filling them. */
class HeadWords {
  readonly bytes = Buffer.alloc(headBytes);
  readonly #words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, 4);
  readonly #time = new Float64Array(this.bytes.buffer, this.bytes.byteOffset + 16, 1);

  write(kind: FrameKind, channel: Channel, textBytes: number, length: number, t: number): void {
    this.#words[0] = (kinds.indexOf(kind) << 8) | channels.indexOf(channel);
    this.#words[1] = textBytes;
    this.#words[2] = length;
    this.#time[0] = t;
  }

  read(): Head {
    const [kindAndChannel = 0, textBytes = 0, length = 0] = this.#words;
    return {
      kind: kinds[kindAndChannel >> 8] ?? 'close',
      channel: channels[kindAndChannel & 0xff] ?? 'client',
      t: this.#time[0] ?? 0,
      textBytes,
      length,
    };
  }
}

const written = new HeadWords();

/** What stands before the bytes of a frame on the pipe. */
export function frameHead({ kind, channel, t, json }: RecordFrame, length: number): Buffer {
  const textBytes = json === '' ? 0 : Buffer.byteLength(json);
  written.write(kind, channel, textBytes, length, t);
  const head = Buffer.allocUnsafe(headBytes + textBytes);
  head.set(written.bytes);
  if (textBytes > 0) head.write(json, headBytes);
  return head;
}

/** What a head says. */
interface Head {
  readonly kind: FrameKind;
  readonly channel: Channel;
  readonly t: number;
  readonly textBytes: number;
  readonly length: number;
}

/** Finds the frames in what comes out of the pipe. */
export class FrameReader {
  readonly #take: (frame: RecordFrame, bytes: Uint8Array) => void;
  readonly #words = new HeadWords();
  #headHeld = 0;
  #head: Head | null = null;
  /** What follows the head, where it came in pieces. */
  #body: Buffer | null = null;
  #bodyHeld = 0;
  /** The frame whose bytes are handed on in pieces, and how many of them are to come. */
  #streamed: RecordFrame | null = null;
  #left = 0;

  /** `take` gets each frame with its bytes, those of kind `bytes` in pieces as they come. The bytes are only lent. */
  constructor(take: (frame: RecordFrame, bytes: Uint8Array) => void) {
    this.#take = take;
  }

  /** The next bytes of the pipe; they are copied where they are needed later. */
  push(chunk: Uint8Array): void {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (this.#streamed !== null) rest = this.#goOn(this.#streamed, rest);
      else if (this.#head === null) rest = this.#readHead(rest);
      else rest = this.#readBody(this.#head, rest);
    }
  }

  #goOn(frame: RecordFrame, chunk: Buffer): Buffer {
    const piece = chunk.subarray(0, this.#left);
    this.#left -= piece.length;
    if (this.#left === 0) this.#streamed = null;
    this.#take(frame, piece);
    return chunk.subarray(piece.length);
  }

  #readHead(chunk: Buffer): Buffer {
    const missing = headBytes - this.#headHeld;
    chunk.copy(this.#words.bytes, this.#headHeld, 0, missing);
    this.#headHeld += Math.min(missing, chunk.length);
    if (this.#headHeld < headBytes) return chunk.subarray(chunk.length);
    this.#headHeld = 0;
    this.#head = this.#words.read();
    const rest = chunk.subarray(missing);
    // Nothing more may come for a while, and a frame may have nothing but its head.
    return rest.length === 0 && bodyBytes(this.#head) === 0 ? this.#readBody(this.#head, rest) : rest;
  }

  #readBody(head: Head, chunk: Buffer): Buffer {
    const wanted = bodyBytes(head);
    if (this.#body === null && chunk.length >= wanted) {
      this.#complete(head, chunk.subarray(0, wanted));
      return chunk.subarray(wanted);
    }
    this.#body ??= Buffer.allocUnsafe(wanted);
    const used = chunk.copy(this.#body, this.#bodyHeld);
    this.#bodyHeld += used;
    if (this.#bodyHeld === wanted) this.#complete(head, this.#body);
    return chunk.subarray(used);
  }

  #complete({ kind, channel, t, textBytes, length }: Head, body: Buffer): void {
    this.#head = null;
    this.#body = null;
    this.#bodyHeld = 0;
    const frame: RecordFrame = { kind, channel, t, json: body.toString('utf8', 0, textBytes) };
    if (kind !== 'bytes') this.#take(frame, body.subarray(textBytes));
    else if (length > 0) {
      this.#streamed = frame;
      this.#left = length;
    }
  }
}

/** What must be there before a frame is handed on. */
function bodyBytes({ kind, textBytes, length }: Head): number {
  return kind === 'bytes' ? textBytes : textBytes + length;
}
