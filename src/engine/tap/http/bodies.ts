/** Finds the JSON-RPC messages in a body while it passes: one JSON text, or the events of a stream. */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { EventSplitter } from './eventSplitter.ts';

/** Sees the bytes of one body. */
export interface BodyWatcher {
  /** Runs `then` once every message that the bytes complete was reported, usually synchronously. */
  bytes(chunk: Buffer, then: () => void): void;
  /** The body is complete. Not called when it was cut off. Runs `then` like `bytes`. */
  ended(then: () => void): void;
  /** The client is gone: messages are not looked for any more where that takes more than a look. */
  cancel?(): void;
}

/** A watcher that says how long the message is that has begun. */
export interface MeasuredBody extends BodyWatcher {
  /**
   * In bytes. Not a getter: V8 makes a hidden class for each object literal with one, which keeps the whole exchange until the next full
   * garbage collection.
   */
  held(): number;
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
export function jsonBody(find: BodyFinder, limit: number, expected: number | null = null): MeasuredBody {
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
    held: () => body.length,
  };
}

/** Receives what a stream of events holds beside messages. */
export interface EventFinder extends BodyFinder {
  /** The address for messages in the older transport. */
  endpoint(path: string): void;
  /** Whether an event with this id came before. */
  isRepeated(id: string, data: string): boolean;
}

/**
 * As clients see it: an event is a message when it has data, and is named `message` or has no name. An event longer than `limit` bytes is
 * reported without its content.
 */
export function eventBody(find: EventFinder, limit: number): MeasuredBody {
  let unseen = 0;
  const splitter = new EventSplitter(
    limit,
    ({ name, id, data, hasData }) => {
      if (!hasData) return;
      if (name === 'endpoint') find.endpoint(data.toString());
      else if (id !== '' && find.isRepeated(id, data.toString())) return;
      else if (name !== 'message') find.remark('other-event', { name });
      else if (data.length > 0) find.message(data);
    },
    (bytes, isEnd) => {
      unseen += bytes.length;
      if (!isEnd) return;
      find.remark('body-too-long', { bytes: unseen });
      unseen = 0;
    },
  );
  return {
    bytes: (chunk, then) => {
      splitter.push(chunk);
      then();
    },
    ended: (then) => then(),
    held: () => splitter.held,
  };
}

/** How a body is decompressed. */
export interface Unpacking {
  readonly encoding: string;
  /** Bytes of one message, unpacked, beyond which the rest of the body is not looked at: a small body may unpack to any length. */
  readonly limit: number;
  /** The length of the packed body, if its head announces it: the body is complete with its last byte. */
  readonly expected?: number | null;
}

/**
 * Decompresses a body for `inner`, piece by piece and beside the event loop. A body that cannot be decompressed becomes one remark, and so
 * does one that unpacks to a longer message than the limit; its bytes still pass.
 */
export function unpacked(
  { encoding, limit, expected = null }: Unpacking,
  inner: MeasuredBody,
  find: BodyFinder,
): BodyWatcher {
  const kind = normal(encoding);
  if (kind === 'identity') return inner;
  const unpacker = unpackers[kind]?.();
  if (unpacker === undefined) {
    find.remark('unread-encoding', { encoding });
    return noWatcher;
  }
  let received = 0;
  unpacker.on('data', (chunk: Buffer) => {
    inner.bytes(chunk, () => undefined);
    if (inner.held() <= limit || unpacker.destroyed) return;
    find.remark('unpacked-too-long', { encoding, limit });
    unpacker.destroy();
  });
  unpacker.on('end', () => inner.ended(() => undefined));
  unpacker.on('error', (error: Error) => find.remark('bad-encoding', { encoding, reason: error.message }));
  // The body passes even if it cannot be decompressed, and Node does not call back for a write that fails.
  const pending = new Set<() => void>();
  unpacker.on('close', () => {
    for (const each of pending) each();
  });
  const end = (then: () => void): void => {
    if (unpacker.closed) return then();
    unpacker.once('close', then);
    if (!unpacker.writableEnded) unpacker.end();
  };
  return {
    bytes: (chunk, then) => {
      received += chunk.length;
      const once = (): void => {
        if (pending.delete(once)) then();
      };
      pending.add(once);
      if (unpacker.destroyed) once();
      else if (received === expected) {
        unpacker.write(chunk);
        end(once);
      } else unpacker.write(chunk, once);
    },
    ended: end,
    cancel: () => void unpacker.destroy(),
  };
}

/** For bodies that hold no messages. */
export const noWatcher: BodyWatcher = { bytes: (_, then) => then(), ended: (then) => then() };

const unpackers: Readonly<Record<string, () => Transform>> = {
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
