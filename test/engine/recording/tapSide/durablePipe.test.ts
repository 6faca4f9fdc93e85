/** The pipe to a recorder: when waiting calls are made, and when the recorder is given up. */
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DurablePipe } from '../../../../src/engine/recording/tapSide/durablePipe.ts';

/** A pipe whose other side accepts a write only on `accept`. */
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
  const durable = new DurablePipe(other, { reader: noProcess, maxWaiting, onLost: (sentence) => lost.push(sentence) });
  return { other, durable, lost };
}

/** A number beyond those of processes, so that nothing but the pipe shows progress. */
const noProcess = 2 ** 22 + 1;

const bytes = new Uint8Array(100);

afterEach(() => vi.useRealTimers());

describe('a call that waits', () => {
  it('is made when all earlier writes are accepted, although more follow', async () => {
    const { other, durable } = pipe();
    const order: number[] = [];
    for (let at = 0; at < 5; at++) {
      durable.write([bytes]);
      durable.whenDurable(() => order.push(at));
    }
    expect(order).toEqual([]);
    for (let at = 0; at < 5; at++) {
      await other.accept();
      durable.write([bytes]);
      expect(order).toEqual(Array.from({ length: at + 1 }, (_, each) => each));
      expect(durable.hasBacklog).toBe(true);
    }
  });

  it('waits for the writes of the call that it was registered in', async () => {
    const { other, durable } = pipe();
    const order: string[] = [];
    durable.write([bytes]);
    durable.whenDurable(() => {
      durable.write([bytes]);
      durable.whenDurable(() => order.push('inner'));
      order.push('outer');
    });
    await other.accept();
    expect(order).toEqual(['outer']);
    await other.accept();
    expect(order).toEqual(['outer', 'inner']);
    expect(durable.hasBacklog).toBe(false);
  });

  it('is made in order when the recorder has ended', () => {
    const { durable, lost } = pipe();
    const order: number[] = [];
    durable.write([bytes]);
    for (let at = 0; at < 3; at++) durable.whenDurable(() => order.push(at));
    durable.lose('gone');
    durable.whenDurable(() => order.push(3));
    expect(order).toEqual([0, 1, 2, 3]);
    expect(lost).toEqual(['gone']);
    expect(durable.hasBacklog).toBe(false);
  });
});

describe('the recorder', () => {
  it('is given up when more bytes wait than the limit', () => {
    const { durable, lost } = pipe(250);
    for (let at = 0; at < 4; at++) durable.write([bytes]);
    expect(lost).toEqual(['the session is beyond what its recorder takes']);
  });

  it.each([
    [true, 3000],
    [false, 15_000],
  ])('is given up when it accepts nothing (has begun to read: %s)', (isReading, ms) => {
    vi.useFakeTimers();
    const { durable, lost } = pipe();
    durable.isReading = isReading;
    durable.write([bytes]);
    vi.advanceTimersByTime(ms - 250);
    expect(lost).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(lost).toEqual(['the recorder accepts no more data']);
  });

  it('is not given up while it accepts a long write in small parts', () => {
    vi.useFakeTimers();
    const { other, durable, lost } = pipe(1e9);
    const handle = { writeQueueSize: 1e6 };
    Object.assign(other, { _handle: handle });
    durable.isReading = true;
    durable.write([new Uint8Array(1e6)]);
    for (let at = 0; at < 100; at++) {
      handle.writeQueueSize -= 1000;
      vi.advanceTimersByTime(1000);
    }
    expect(lost).toEqual([]);
  });
});
