/** Streams of bytes that are passed on. Pipes are read in large chunks into memory that is reused. */
import { fstatSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { sameHandle } from './privateHandle.ts';

/** A stream that passes its chunks to one listener. */
export interface Source {
  /** For pausing and closing it, and for its end. It has no `data` events. */
  readonly stream: Readable;
  /** Begins to read. A chunk keeps its content until `chunksInUse` more have come. */
  readonly listen: (take: (chunk: Buffer) => void) => void;
}

/** Chunks that may wait for a slow reader before the source must be paused. */
export const chunksInUse = 4;

/** About what the buffer of a pipe between two processes holds on Linux; Node itself reads a quarter of it at a time. */
const chunkBytes = 256 * 1024;

/** Standard input as a stream that can be closed, so that a client notices when nothing reads any more. */
export function standardInput(): Readable {
  return isPipe(0) ? new Socket({ fd: 0, readable: true, writable: false }) : process.stdin;
}

/** Standard input, read in large chunks where it is a pipe. */
export function standardInputSource(): Source {
  return isPipe(0) ? pooledSource({ fd: 0 }) : ownChunks(process.stdin);
}

/** Standard output (1) or error (2) as a stream that never blocks this process, however slow its reader is. */
export function standardOutput(descriptor: 1 | 2): Writable {
  if (isPipe(descriptor)) return new Socket({ fd: descriptor, readable: false, writable: true });
  return descriptor === 1 ? process.stdout : process.stderr;
}

/** The output of a process that was just started, read in large chunks where the stream has a handle that another socket can take over. */
export function outputSource(stream: Readable): Source {
  const handle = sameHandle(stream);
  return handle === null ? ownChunks(stream) : pooledSource(handle);
}

/** A stream whose chunks each have their own memory. */
export function ownChunks(stream: Readable): Source {
  return { stream, listen: (take) => void stream.on('data', take) };
}

function pooledSource(origin: SocketConstructorOpts): Source {
  const memory: Buffer[] = [];
  let at = -1;
  let take: (chunk: Buffer) => void = () => undefined;
  const onread: OnReadOpts = {
    buffer: () => {
      at = (at + 1) % chunksInUse;
      return (memory[at] ??= Buffer.allocUnsafeSlow(chunkBytes));
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
