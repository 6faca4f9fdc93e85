/** Finds the JSON-RPC messages in a body while it passes: one JSON text, or the events of a stream. */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  gunzipSync,
  inflateSync,
} from 'node:zlib';
import { createParser } from 'eventsource-parser';
import { toFailure } from '../../../core/base/failure.ts';

/** Sees the bytes of one body. */
export interface BodyWatcher {
  /** Runs `then` once every message that the bytes complete was reported, usually synchronously. */
  bytes(chunk: Buffer, then: () => void): void;
  /** The body is complete. Not called when it was cut off. Runs `then` like `bytes`. */
  ended(then: () => void): void;
}

/** Receives what is found in a body. */
export interface BodyFinder {
  message(bytes: Buffer): void;
  /** Something that is not a message, as an event for the capture. */
  remark(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The bytes of a whole body as they come. Beyond `limit` bytes it keeps only their number. */
export class GatheredBody {
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  get isTooLong(): boolean {
    return this.#length > this.#limit;
  }

  push(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.isTooLong) this.#parts = [];
    else this.#parts.push(chunk);
  }

  /** What came so far; null beyond the limit. */
  bytes(): Buffer | null {
    return this.isTooLong ? null : Buffer.concat(this.#parts);
  }
}

/**
 * Gathers a body that is one JSON text. A body longer than `limit` bytes is reported without its content. With an `expected` length, the
 * body is complete with its last byte, because the receiver may not wait for the end of the stream.
 */
export function jsonBody(find: BodyFinder, limit: number, expected: number | null = null): BodyWatcher {
  const body = new GatheredBody(limit);
  let isComplete = false;
  const complete = (): void => {
    if (isComplete) return;
    isComplete = true;
    const bytes = body.bytes();
    if (bytes === null) find.remark('body-too-long', { bytes: body.length });
    else if (bytes.length > 0) find.message(bytes);
  };
  return {
    bytes: (chunk, then) => {
      body.push(chunk);
      if (body.length === expected) complete();
      then();
    },
    ended: (then) => {
      complete();
      then();
    },
  };
}

/** Receives what a stream of events holds beside messages. */
export interface EventFinder extends BodyFinder {
  /** The address for messages in the older transport. */
  endpoint(path: string): void;
  /** Whether an event with this id came before. */
  isRepeated(id: string, data: string): boolean;
}

/** As clients see it: an event is a message when it has data, and is named `message` or has no name. */
export function eventBody(find: EventFinder): BodyWatcher {
  // Also removes a byte order mark, which the parser takes for text.
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ event = 'message', id = '', data }) => {
      if (event === 'endpoint') find.endpoint(data);
      else if (id !== '' && find.isRepeated(id, data)) return;
      else if (event !== 'message') find.remark('other-event', { name: event });
      else if (data !== '') find.message(Buffer.from(data));
    },
  });
  return {
    bytes: (chunk, then) => {
      parser.feed(decoder.decode(chunk, { stream: true }));
      then();
    },
    ended: (then) => {
      parser.reset({ consume: true });
      then();
    },
  };
}

/** Decompresses a JSON text once it is complete. A text that cannot be decompressed is reported to `remark`. */
export function unpacked(encoding: string, find: BodyFinder, limit: number): BodyFinder {
  const kind = normal(encoding);
  if (kind === 'identity') return find;
  return {
    remark: (event, fields) => find.remark(event, fields),
    message: (bytes) => {
      const unpack = unpackers[kind];
      if (unpack === undefined) {
        find.remark('unread-encoding', { encoding });
        return;
      }
      try {
        find.message(unpack(bytes, { maxOutputLength: limit }));
      } catch (thrown) {
        find.remark('bad-encoding', { encoding, reason: toFailure(thrown).message });
      }
    },
  };
}

/** Decompresses a stream of events for `inner`. A stream that cannot be decompressed becomes one remark. */
export function unpackedStream(encoding: string, inner: BodyWatcher, find: BodyFinder): BodyWatcher {
  const kind = normal(encoding);
  if (kind === 'identity') return inner;
  const unpacker = streamUnpackers[kind]?.();
  if (unpacker === undefined) {
    find.remark('unread-encoding', { encoding });
    return noWatcher;
  }
  unpacker.on('data', (chunk: Buffer) => inner.bytes(chunk, () => undefined));
  unpacker.on('end', () => inner.ended(() => undefined));
  unpacker.on('error', (error: Error) => find.remark('bad-encoding', { encoding, reason: error.message }));
  // The body passes even if it cannot be decompressed, and Node does not call back for a write that fails.
  const pending = new Set<() => void>();
  unpacker.on('close', () => {
    for (const each of pending) each();
  });
  return {
    bytes: (chunk, then) => {
      const once = (): void => {
        if (pending.delete(once)) then();
      };
      pending.add(once);
      if (unpacker.closed) once();
      else unpacker.write(chunk, once);
    },
    ended: (then) => {
      if (unpacker.closed) return then();
      unpacker.once('close', then);
      unpacker.end();
    },
  };
}

/** For bodies that hold no messages. */
export const noWatcher: BodyWatcher = { bytes: (_, then) => then(), ended: (then) => then() };

type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

const streamUnpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function normal(encoding: string): string {
  const kind = encoding.trim().toLowerCase();
  if (kind === '') return 'identity';
  return kind === 'x-gzip' ? 'gzip' : kind;
}

/** The length of a body that its head announces; null for none. */
export function lengthOf({ headers }: Pick<IncomingMessage, 'headers'>): number | null {
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}
