/** Streams of bytes that are passed on: those of pipes are read in large pieces, into memory that is used again and again. */
import { fstatSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** A stream that hands on what it reads. */
export interface Source {
  /** For pausing and closing it, and for its end. It has no `data` events. */
  readonly stream: Readable;
  /** Begins to read. A chunk keeps its content as long as there are fewer than `piecesInUse` after it. */
  readonly listen: (take: (chunk: Buffer) => void) => void;
}

/** Chunks that may wait for a slow reader before the source must be paused. */
export const piecesInUse = 4;

/** About what the buffer of a pipe between two processes holds on Linux; Node itself reads a quarter of it at a time. */
const pieceBytes = 256 * 1024;

/** Standard input as a stream that can be closed, so that a client notices that nobody reads any more. */
export function standardInput(): Readable {
  return isPipe(0) ? new Socket({ fd: 0, readable: true, writable: false }) : process.stdin;
}

/** Standard input, read in large pieces where it is a pipe. */
export function standardInputSource(): Source {
  return isPipe(0) ? pieces({ fd: 0 }) : whole(process.stdin);
}

/** Standard output (1) or error (2) as a stream that never blocks this process, however slow its reader is. */
export function standardOutput(descriptor: 1 | 2): Writable {
  if (isPipe(descriptor)) return new Socket({ fd: descriptor, readable: false, writable: true });
  return descriptor === 1 ? process.stdout : process.stderr;
}

/**
 * The output of a process that was just started, read in large pieces. `spawn` takes no options for its sockets, so another socket is put
 * on the same handle; where that cannot be had, or on Windows, the stream stays as it is.
 */
export function outputSource(stream: Readable): Source {
  const { _handle: handle } = stream as { readonly _handle?: unknown };
  if (process.platform === 'win32' || typeof handle !== 'object' || handle === null) return whole(stream);
  return pieces({ handle } as SocketConstructorOpts);
}

/** A stream whose chunks are its own. */
export function whole(stream: Readable): Source {
  return { stream, listen: (take) => void stream.on('data', take) };
}

function pieces(origin: SocketConstructorOpts): Source {
  const memory: Buffer[] = [];
  let at = -1;
  let take: (chunk: Buffer) => void = () => undefined;
  const onread: OnReadOpts = {
    buffer: () => {
      at = (at + 1) % piecesInUse;
      return (memory[at] ??= Buffer.allocUnsafeSlow(pieceBytes));
    },
    callback: (length, { buffer, byteOffset }) => {
      take(Buffer.from(buffer, byteOffset, length));
      return true;
    },
  };
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
    ...origin,
    readable: true,
    writable: false,
    onread,
  };
  const stream = new Socket(options);
  return {
    stream,
    listen: (listener) => {
      take = listener;
      stream.resume();
    },
  };
}

function isPipe(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}
