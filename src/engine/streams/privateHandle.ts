/**
 * The one place that reaches for `_handle`, the private field of a Node stream. Both callers work without it, and say what they lose.
 * There is no public way to either: `spawn` takes no options for the sockets of a child's streams, and `socket.bytesWritten` counts bytes
 * when they are handed to libuv, not when the kernel takes them.
 */
import type { Stream } from 'node:stream';
import type { SocketConstructorOpts } from 'node:net';

/** The handle of a pipe or socket. */
interface StreamHandle {
  /** Bytes that libuv holds because the kernel did not take them yet. */
  readonly writeQueueSize?: number;
}

function handleOf(stream: Stream): StreamHandle | null {
  const { _handle: handle } = stream as { readonly _handle?: unknown };
  return typeof handle === 'object' ? handle : null;
}

/** Options for another socket on the handle of a stream; null where there is none, or on Windows, where that does not work. */
export function sameHandle(stream: Stream): SocketConstructorOpts | null {
  const handle = process.platform === 'win32' ? null : handleOf(stream);
  return handle === null ? null : ({ handle } as SocketConstructorOpts);
}

/** Bytes of a long write that the kernel did not take yet; 0 where that is not known. */
export function unsentBytes(stream: Stream): number {
  return handleOf(stream)?.writeQueueSize ?? 0;
}
