/** The pipe to a recorder: who waits for what, and when nobody waits any more. */
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DurablePipe } from '../../../../src/engine/recording/tapSide/durablePipe.ts';

/** A pipe whose other side takes a write only when told to. */
class Slow extends Writable {
  #writes: (() => void)[] = [];

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#writes.push(done);
  }

  async accept(): Promise<void> {
    this.#writes.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function pipe(maxWaiting = 1000) {
  const other = new Slow();
  const lost: string[] = [];
  const kept = new DurablePipe(other, { maxWaiting, onLost: (sentence) => lost.push(sentence) });
  return { other, kept, lost };
}

const bytes = new Uint8Array(100);

afterEach(() => vi.useRealTimers());

describe('what waits', () => {
  it('is called when all before it is taken, though more comes all the time', async () => {
    const { other, kept } = pipe();
    const order: number[] = [];
    for (let at = 0; at < 5; at++) {
      kept.write([bytes]);
      kept.whenDurable(() => order.push(at));
    }
    expect(order).toEqual([]);
    for (let at = 0; at < 5; at++) {
      await other.accept();
      kept.write([bytes]);
      expect(order).toEqual(Array.from({ length: at + 1 }, (_, each) => each));
      expect(kept.hasBacklog).toBe(true);
    }
  });

  it('during a call waits for what that call wrote', async () => {
    const { other, kept } = pipe();
    const order: string[] = [];
    kept.write([bytes]);
    kept.whenDurable(() => {
      kept.write([bytes]);
      kept.whenDurable(() => order.push('inner'));
      order.push('outer');
    });
    await other.accept();
    expect(order).toEqual(['outer']);
    await other.accept();
    expect(order).toEqual(['outer', 'inner']);
    expect(kept.hasBacklog).toBe(false);
  });

  it('is called, in order, when the other side is gone', () => {
    const { kept, lost } = pipe();
    const order: number[] = [];
    kept.write([bytes]);
    for (let at = 0; at < 3; at++) kept.whenDurable(() => order.push(at));
    kept.lose('gone');
    kept.whenDurable(() => order.push(3));
    expect(order).toEqual([0, 1, 2, 3]);
    expect(lost).toEqual(['gone']);
    expect(kept.hasBacklog).toBe(false);
  });
});

describe('the other side', () => {
  it('is given up when more waits for it than may', () => {
    const { kept, lost } = pipe(250);
    for (let at = 0; at < 4; at++) kept.write([bytes]);
    expect(lost).toEqual(['the session is beyond what its recorder takes']);
  });

  it.each([
    [true, 3000],
    [false, 15_000],
  ])('is given up when it takes nothing; it has begun to read: %s', (isReading, ms) => {
    vi.useFakeTimers();
    const { kept, lost } = pipe();
    kept.isReading = isReading;
    kept.write([bytes]);
    vi.advanceTimersByTime(ms - 250);
    expect(lost).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(lost).toEqual(['the recorder takes nothing any more']);
  });

  it('is not given up while it takes a long write bit by bit', () => {
    vi.useFakeTimers();
    const { other, kept, lost } = pipe(1e9);
    const handle = { writeQueueSize: 1e6 };
    Object.assign(other, { _handle: handle });
    kept.isReading = true;
    kept.write([new Uint8Array(1e6)]);
    for (let at = 0; at < 100; at++) {
      handle.writeQueueSize -= 1000;
      vi.advanceTimersByTime(1000);
    }
    expect(lost).toEqual([]);
  });
});
