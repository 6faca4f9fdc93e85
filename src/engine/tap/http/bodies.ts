/** Watches a body as it passes and hands on the JSON-RPC messages in it: a whole JSON text, or the events of a stream. */
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
  /** Calls `then` when everything that the bytes complete has been handed on, which is mostly at once. */
  bytes(chunk: Uint8Array, then: () => void): void;
  /** The body is complete; not called when it was cut off. Calls `then` like `bytes`. */
  ended(then: () => void): void;
}

/** What is found in a body. */
export interface BodyFinder {
  message(bytes: Uint8Array): void;
  /** Something that is no message, in words for the capture. */
  remark(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/**
 * Gathers a body that is one JSON text. Longer ones than `limit` bytes are told of and not kept. Where the headers say its length, it is
 * complete with its last byte: whoever gets that may not wait for anything more.
 */
export function jsonBody(find: BodyFinder, limit: number, expected: number | null = null): BodyWatcher {
  let parts: Uint8Array[] = [];
  let length = 0;
  let isComplete = false;
  const complete = (): void => {
    if (isComplete) return;
    isComplete = true;
    if (length > limit) find.remark('body-too-long', { bytes: length });
    else if (length > 0) find.message(Buffer.concat(parts));
  };
  return {
    bytes: (chunk, then) => {
      length += chunk.length;
      if (length <= limit) parts.push(chunk);
      else parts = [];
      if (length === expected) complete();
      then();
    },
    ended: (then) => {
      complete();
      then();
    },
  };
}

/** What a stream of events holds beside messages. */
export interface EventFinder extends BodyFinder {
  /** Where messages go in the older transport. */
  endpoint(path: string): void;
  /** Whether an event with an id was there before. */
  isRepeated(id: string, data: string): boolean;
}

/** Each event of a stream is a message when it has data and is called so or has no name, as clients have it. */
export function eventBody(find: EventFinder): BodyWatcher {
  // Takes a byte order mark away, which the parser does not know as such.
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

/** Reads a compressed JSON text when it is complete; what cannot be read is told of. */
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

/** A watcher for a stream of events that is compressed on its way; what cannot be read is told of once. */
export function unpackedStream(encoding: string, inner: BodyWatcher, find: BodyFinder): BodyWatcher {
  const kind = normal(encoding);
  if (kind === 'identity') return inner;
  const unpacker = streamUnpackers[kind]?.();
  if (unpacker === undefined) {
    find.remark('unread-encoding', { encoding });
    return nothing;
  }
  unpacker.on('data', (chunk: Buffer) => inner.bytes(chunk, () => undefined));
  unpacker.on('end', () => inner.ended(() => undefined));
  unpacker.on('error', (error: Error) => find.remark('bad-encoding', { encoding, reason: error.message }));
  // What cannot be read is passed on all the same; a write that fails is never called back.
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

export const nothing: BodyWatcher = { bytes: (_, then) => then(), ended: (then) => then() };

type Unpack = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;

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
