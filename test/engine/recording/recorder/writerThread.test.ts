/** The queue before the recording thread: bounded whatever the disk does, and honest about what it left out. */
import { describe, expect, it } from 'vitest';
import { RecordingThread } from '../../../../src/engine/recording/recorder/writerThread.ts';
import type { RecordingMessage, RecordingOptions } from '../../../../src/engine/recording/format/tapContract.ts';
import { repoPath } from '../../../support/paths.ts';

/** What arrives: `bytes` holds a length. */
type Arrived = RecordingMessage & {
  readonly kind: 'bytes' | 'skip';
  readonly bytes: number;
  readonly lines?: number;
  readonly tail?: number;
};

/** A thread that does nothing until `go`, with a queue of that many bytes. */
function slowThread(maxQueueBytes: number, patienceMs = 10_000) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  let told = '';
  const thread = new RecordingThread({
    file: '',
    redact: false,
    // The stand-in takes its gate where the real one takes the header.
    header: gate.buffer as unknown as RecordingOptions['header'],
    workerFile: repoPath('test/engine/recording/recorder/slowRecorder.cjs'),
    maxQueueBytes,
    patienceMs,
    onFailure: (sentence) => {
      told = sentence;
    },
  });
  return {
    thread,
    told: () => told,
    arrived: async (): Promise<readonly Arrived[]> => {
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      await thread.close();
      return JSON.parse(told) as Arrived[];
    },
  };
}

describe('the queue', () => {
  it('drops content over its limit, and tells each line', async () => {
    const { thread, arrived } = slowThread(10_000);
    const line = Buffer.from(`${'x'.repeat(999)}\n`);
    for (let at = 0; at < 50; at++) thread.bytes(1, 'server', line);
    const got = (await arrived()).filter(({ kind }) => kind === 'bytes' || kind === 'skip');
    const kept = got.filter(({ kind }) => kind === 'bytes');
    expect(kept).toHaveLength(8);
    expect(got.slice(8).map(({ bytes, lines, tail }) => [bytes, lines, tail])).toEqual(
      Array.from({ length: 42 }, () => [1000, 1, 0]),
    );
  });

  it('counts what it left out to the byte, also in the middle of lines', async () => {
    const { thread, arrived } = slowThread(1000);
    thread.bytes(1, 'client', Buffer.from('a\nb'));
    thread.bytes(1, 'client', Buffer.from(`${'c'.repeat(5000)}\nd\ne`));
    thread.bytes(1, 'server', Buffer.from('f'.repeat(2000)));
    thread.bytes(1, 'client', Buffer.from(`${'g'.repeat(3000)}\n`));
    const got = await arrived();
    const tell = (channel: string) =>
      got
        .filter((each) => each.kind === 'skip' && each.channel === channel)
        .map(({ bytes, lines, tail }) => [bytes, lines, tail]);
    expect(tell('client')).toEqual([
      [5001, 1, 0],
      [2, 1, 0],
      [0, 0, 1],
      [3001, 1, 0],
    ]);
    expect(tell('server')).toEqual([[0, 0, 2000]]);
  });

  it('stays bounded when nothing moves at all: then lines are told in one sum', async () => {
    const { thread, arrived } = slowThread(0);
    const line = Buffer.from('x'.repeat(99).concat('\n'));
    for (let at = 0; at < 100_000; at++) thread.bytes(1, 'client', line);
    const got = (await arrived()).filter(({ kind }) => kind === 'skip');
    expect(got.length).toBeLessThan(25_000);
    expect(got.reduce((sum, { lines = 0 }) => sum + lines, 0)).toBe(100_000);
    expect(got.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(10_000_000);
  });
});

describe('a recording thread', () => {
  it('that cannot start, or dies, ends the recording with one sentence', async () => {
    const told: string[] = [];
    const thread = new RecordingThread({
      file: '',
      redact: false,
      header: { tool: '', version: '', start: '', server: '', transport: '' },
      workerFile: '/nowhere/tapWorker.js',
      onFailure: (sentence) => told.push(sentence),
    });
    thread.bytes(1, 'client', Buffer.from('a\n'));
    await thread.close();
    thread.bytes(1, 'client', Buffer.from('b\n'));
    expect(told).toEqual([expect.stringMatching(/^the recording thread ended: Cannot find module '\/nowhere/)]);
  });

  it('that makes no progress is left behind after a while, which is told', async () => {
    const { thread, told } = slowThread(1000, 200);
    thread.bytes(1, 'client', Buffer.from('a\n'));
    const began = performance.now();
    await thread.close();
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(told()).toBe('the session ended before all of it was written');
  });
});
