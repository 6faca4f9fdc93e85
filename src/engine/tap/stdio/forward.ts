/** Passes one stream on to another, byte for byte and at once, and lets somebody watch. */
import type { Writable } from 'node:stream';
import type { Kept } from '../../recording/format/recordingSink.ts';
import { piecesInUse, type Source } from '../../recording/format/sources.ts';

/** Sees what passes. */
export interface Watcher {
  /** The chunk is lent until it is passed on, which is when it is `kept`. */
  bytes(chunk: Uint8Array): void;
  ended(): void;
  /** Nothing is passed on before. */
  readonly kept: Kept;
  /** Whether something waits for that, so that no more should be read. */
  readonly isBehind: boolean;
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
    if (waiting < piecesInUse && stream.isPaused()) stream.resume();
  };
  listen((chunk) => {
    waiting++;
    watcher.bytes(chunk);
    watcher.kept(() => sink.write(chunk, written));
    // Most writes are done at once and only told later; pausing for each would double the work.
    if (waiting >= piecesInUse) stream.pause();
  });
  stream.on('end', () => {
    end();
    if (!shared) watcher.kept(() => sink.end());
  });
  stream.on('error', () => sink.destroy());
  stream.on('close', end);
  sink.on('error', () => stream.destroy());
  sink.on('close', () => stream.destroy());
}
