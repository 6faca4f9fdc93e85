/** Passes one stream on to another, byte for byte and at once, and lets somebody watch. */
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** Sees what has been passed on. */
export interface Watcher {
  bytes(chunk: Uint8Array): void;
  ended(): void;
}

/** Standard input as a stream that can be closed, so that a client notices that nobody reads any more. */
export function standardInput(): Readable {
  return isPipe(0) ? new Socket({ fd: 0, readable: true, writable: false }) : process.stdin;
}

/** Standard output (1) or error (2) as a stream that never blocks this process, however slow its reader is. */
export function standardOutput(descriptor: 1 | 2): Writable {
  if (isPipe(descriptor)) return new Socket({ fd: descriptor, readable: false, writable: true });
  return descriptor === 1 ? process.stdout : process.stderr;
}

/**
 * Passes on until either end closes, then closes the other: the end of `source` ends `sink` (unless it is `shared`), and a `sink` that
 * nobody reads closes `source`, so that its writer gets the same error as without something between.
 */
export function forward(source: Readable, sink: Writable, watcher: Watcher, shared = false): void {
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    watcher.ended();
  };
  source.on('data', (chunk: Buffer) => {
    sink.write(chunk);
    // Most writes are done at once and only told later; pausing for each would double the work.
    if (sink.writableLength > mostWaiting) source.pause();
    watcher.bytes(chunk);
  });
  sink.on('drain', () => source.resume());
  source.on('end', () => {
    if (!shared) sink.end();
    end();
  });
  source.on('error', () => sink.destroy());
  source.on('close', end);
  sink.on('error', () => source.destroy());
  sink.on('close', () => source.destroy());
}

/** Bytes that wait for a slow reader before its writer has to, about what a pipe holds. */
const mostWaiting = 128 * 1024;

function isPipe(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}
