/** Moves a stream to a sink chunk by chunk, no faster than the sink takes them: used for stdio in both directions and for HTTP bodies. */
import type { Writable } from 'node:stream';
import { chunksInUse, type Source } from './sources.ts';

export interface PumpOptions {
  /**
   * Passes on what belongs of a chunk: the chunk itself, a part of it, or something else, and as late as a barrier wants it. Calls `taken`
   * once the sink has taken that; until then the chunk keeps its content.
   */
  readonly take: (chunk: Buffer, taken: () => void) => void;
  /** The source has ended. */
  readonly onEnd: () => void;
  /** The source failed, or closed before its end without an error; may be called twice. Without it, a source that fails destroys its sink. */
  readonly onBroken?: (error?: Error) => void;
  /** A sink that closes closes its source, so that the writer of the source gets the same error as without a pump; or the rest is read. */
  readonly whenSinkCloses: 'close source' | 'read on';
}

/** Pumps until either side closes. Without a sink, `take` alone says how fast. */
export function pump(
  { stream, listen }: Source,
  sink: Writable | null,
  { take, onEnd, onBroken, whenSinkCloses }: PumpOptions,
): void {
  let untaken = 0;
  let isSinkGone = false;
  const resume = (): void => {
    if ((untaken < chunksInUse || isSinkGone) && stream.isPaused()) stream.resume();
  };
  const taken = (): void => {
    untaken--;
    resume();
  };
  listen((chunk) => {
    untaken++;
    take(chunk, taken);
    // Most chunks are accepted at once, and the sink reports that slightly later, so pausing for each would double the work.
    if (untaken >= chunksInUse && !isSinkGone) stream.pause();
  });
  stream.on('end', onEnd);
  if (onBroken === undefined) stream.on('error', () => sink?.destroy());
  else {
    stream.on('error', onBroken).on('close', () => {
      if (!stream.readableEnded) onBroken();
    });
  }
  const onSinkGone = (): void => {
    isSinkGone = true;
    if (whenSinkCloses === 'close source') stream.destroy();
    else resume();
  };
  sink?.on('error', onSinkGone).on('close', onSinkGone);
}

/** Writes bytes and calls `taken` when the sink has taken them: at once when there is nothing to write, or when the sink is closed. */
export function writeTo(sink: Writable, bytes: Uint8Array, taken: () => void): void {
  if (bytes.length === 0 || sink.destroyed || !sink.writable) taken();
  else sink.write(bytes, taken);
}
