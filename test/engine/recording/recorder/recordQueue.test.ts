/** The queue of a recorder: bounded for any disk, with exact counts of dropped content. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type QueuedRecord, RecordQueue } from '../../../../src/engine/recording/recorder/recordQueue.ts';

type Skip = Extract<QueuedRecord, { readonly kind: 'skip' }>;

function taken(queue: RecordQueue): readonly QueuedRecord[] {
  queue.flush();
  const records: QueuedRecord[] = [];
  for (let record = queue.take(); record !== undefined; record = queue.take()) records.push(record);
  return records;
}

function skips(records: readonly QueuedRecord[]): readonly Skip[] {
  return records.filter((record) => record.kind === 'skip');
}

const counts = ({ bytes, lines, tail }: Skip) => [bytes, lines, tail];

const line = (length: number): Buffer => Buffer.from(`${'x'.repeat(length - 1)}\n`);

describe('the queue of a recorder', () => {
  it('releases the bytes of a taken entry while others wait', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const queue = new RecordQueue(10_000_000, () => undefined);
    for (let at = 0; at < 3; at++) queue.bytes(1, 'server', line(1000));
    const takeOne = (): WeakRef<QueuedRecord> => {
      const record = queue.take();
      if (record === undefined) throw new Error('the queue is empty');
      queue.done(record);
      return new WeakRef(record);
    };
    const taken = takeOne();
    // The target of a WeakRef is kept until the end of the turn that created it.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(taken.deref()).toBeUndefined();
    expect(queue.take()).toMatchObject({ kind: 'bytes' });
  });

  it('drops content beyond its limit, and counts each line', () => {
    const queue = new RecordQueue(10_000, () => undefined);
    for (let at = 0; at < 50; at++) queue.bytes(1, 'server', line(1000));
    const records = taken(queue);
    expect(records.slice(0, 8).map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'bytes'));
    expect(skips(records).map(counts)).toEqual(Array.from({ length: 42 }, () => [1000, 1, 0]));
  });

  it('counts every dropped byte, also in the middle of lines', () => {
    const queue = new RecordQueue(1000, () => undefined);
    queue.bytes(1, 'client', Buffer.from('a\nb'));
    queue.bytes(1, 'client', Buffer.from(`${'c'.repeat(5000)}\nd\ne`));
    queue.bytes(1, 'server', Buffer.from('f'.repeat(2000)));
    queue.bytes(1, 'client', Buffer.from(`${'g'.repeat(3000)}\n`));
    const records = skips(taken(queue));
    const of = (channel: string) => records.filter((record) => record.channel === channel).map(counts);
    expect(of('client')).toEqual([
      [5001, 1, 0],
      [2, 1, 0],
      [0, 0, 1],
      [3001, 1, 0],
    ]);
    expect(of('server')).toEqual([[0, 0, 2000]]);
  });

  it('is bounded when nothing is taken, by counting lines together', () => {
    const queue = new RecordQueue(0, () => undefined);
    for (let at = 0; at < 100_000; at++) queue.bytes(1, 'client', line(100));
    const records = skips(taken(queue));
    expect(records.length).toBeLessThan(25_000);
    expect(records.reduce((sum, { lines }) => sum + lines, 0)).toBe(100_000);
    expect(records.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(10_000_000);
  });

  it('has room again as soon as entries are done', () => {
    const queue = new RecordQueue(1500, () => undefined);
    queue.bytes(1, 'client', line(1000));
    const first = queue.take();
    queue.bytes(2, 'client', line(1000));
    if (first !== undefined) queue.done(first);
    queue.bytes(3, 'client', line(1000));
    expect(taken(queue).map(({ kind, t }) => [kind, t])).toEqual([
      ['skip', 2],
      ['bytes', 3],
    ]);
  });

  it('returns every entry in order of arrival, however many are taken meanwhile', () => {
    const queue = new RecordQueue(1e9, () => undefined);
    const times: number[] = [];
    for (let t = 0; t < 5000; t++) {
      queue.event(t, 'x');
      if (t % 3 === 0) times.push(queue.take()?.t ?? -1);
    }
    times.push(...taken(queue).map(({ t }) => t));
    expect(times).toEqual(Array.from({ length: 5000 }, (_, t) => t));
  });

  it('accepts nothing after it is closed', () => {
    const queue = new RecordQueue(1000, () => undefined);
    queue.event(1, 'x');
    queue.close();
    queue.event(2, 'x');
    queue.bytes(3, 'client', line(5000));
    expect(taken(queue)).toEqual([]);
  });
});
