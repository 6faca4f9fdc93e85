/** Passes one stream on to another, byte for byte and at once, and lets somebody watch. */
import type { Writable } from 'node:stream';
import { piecesInUse, type Source } from './sources.ts';

/** Sees what has been passed on. */
export interface Watcher {
  /** The chunk is only lent. */
  bytes(chunk: Uint8Array): void;
  ended(): void;
  /** Resolves when more should be passed on; null: at once. */
  room?(): Promise<void> | null;
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
  let crowded = false;
  const goOn = (): void => {
    if (!crowded && waiting < piecesInUse && stream.isPaused()) stream.resume();
  };
  const written = (): void => {
    waiting--;
    goOn();
  };
  listen((chunk) => {
    waiting++;
    sink.write(chunk, written);
    // Most writes are done at once and only told later; pausing for each would double the work.
    if (waiting >= piecesInUse) stream.pause();
    watcher.bytes(chunk);
    const room = crowded ? null : (watcher.room?.() ?? null);
    if (room === null) return;
    crowded = true;
    stream.pause();
    void room.then(() => {
      crowded = false;
      goOn();
    });
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
