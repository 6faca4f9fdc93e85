/** Passes one stream on to another, byte for byte and at once, and lets somebody watch. */
import type { Writable } from 'node:stream';
import { piecesInUse, type Source } from './sources.ts';

/** Sees what has been passed on. */
export interface Watcher {
  /** The chunk is only lent. */
  bytes(chunk: Uint8Array): void;
  ended(): void;
}

/**
 * Passes on until either end closes, then closes the other: the end of `source` ends `sink` (unless it is `shared`), and a `sink` that
 * nobody reads closes `source`, so that its writer gets the same error as without something between.
 */
export function forward({ stream, listen }: Source, sink: Writable, watcher: Watcher, shared = false): void {
  let ended = false;
  let waiting = 0;
  const end = (): void => {
    if (ended) return;
    ended = true;
    watcher.ended();
  };
  const written = (): void => {
    waiting--;
    if (stream.isPaused()) stream.resume();
  };
  listen((chunk) => {
    waiting++;
    sink.write(chunk, written);
    // Most writes are done at once and only told later; pausing for each would double the work.
    if (waiting >= piecesInUse) stream.pause();
    watcher.bytes(chunk);
  });
  stream.on('end', () => {
    if (!shared) sink.end();
    end();
  });
  stream.on('error', () => sink.destroy());
  stream.on('close', end);
  sink.on('error', () => stream.destroy());
  sink.on('close', () => stream.destroy());
}
