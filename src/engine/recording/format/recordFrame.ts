/**
 * The protocol between a tap and its recorder: frames on a pipe, each a head, a JSON text, and bytes as they passed. A frame that the end
 * of the tap cuts off is ignored, except that `bytes` count as far as they came.
 */
import type { Channel } from './channel.ts';

/** `start` has the options, `facts` a change of the live file, `server` a process, the other kinds are calls of `RecordingSink`. */
export type FrameKind = 'start' | 'bytes' | 'message' | 'line' | 'event' | 'ended' | 'facts' | 'server' | 'close';

/** A frame without its bytes. */
export interface RecordFrame {
  readonly kind: FrameKind;
  /** For `bytes`, `message` and `ended`; `client` for the other kinds. */
  readonly channel: Channel;
  /** Milliseconds since the start of the session. */
  readonly t: number;
  /** A JSON text, or empty. */
  readonly json: string;
}

const kinds: readonly FrameKind[] = ['start', 'bytes', 'message', 'line', 'event', 'ended', 'facts', 'server', 'close'];
const channels: readonly Channel[] = ['client', 'server', 'stderr'];

/**
 * Six words of 32 bits in the byte order of this machine, on which both sides run: kind and channel, the length of the text, the length of
 * the bytes, an unused one, and two for the time.
 */
const headBytes = 24;

/** One instance serves all frames, because creating views takes longer than filling them. */
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

/** Everything before the bytes of a frame on the pipe. */
export function frameHead({ kind, channel, t, json }: RecordFrame, length: number): Buffer {
  const textBytes = json === '' ? 0 : Buffer.byteLength(json);
  written.write(kind, channel, textBytes, length, t);
  const head = Buffer.allocUnsafe(headBytes + textBytes);
  head.set(written.bytes);
  if (textBytes > 0) head.write(json, headBytes);
  return head;
}

/** The fields of a head. */
interface Head {
  readonly kind: FrameKind;
  readonly channel: Channel;
  readonly t: number;
  readonly textBytes: number;
  readonly length: number;
}

/** Finds the frames in the chunks of the pipe. */
export class FrameReader {
  readonly #take: (frame: RecordFrame, bytes: Uint8Array) => void;
  readonly #words = new HeadWords();
  #headHeld = 0;
  #head: Head | null = null;
  /** What follows the head, when it comes in pieces. */
  #body: Buffer | null = null;
  #bodyHeld = 0;
  /** The frame whose bytes are passed on in pieces, and how many bytes are missing. */
  #streamed: RecordFrame | null = null;
  #left = 0;

  /** `take` gets each frame with its bytes; the bytes of kind `bytes` come in pieces. They are valid until `take` returns. */
  constructor(take: (frame: RecordFrame, bytes: Uint8Array) => void) {
    this.#take = take;
  }

  /** Takes the next bytes of the pipe, and copies what it needs later. */
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
    // A frame may consist of its head alone, and more bytes may come much later.
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

/** Bytes that are needed before a frame is passed on. */
function bodyBytes({ kind, textBytes, length }: Head): number {
  return kind === 'bytes' ? textBytes : textBytes + length;
}
