/** The loop that writes a capture, with a slow disk, with a failing disk, and during a long message. */
import { describe, expect, it } from 'vitest';
import type { CaptureSink } from '../../../../src/engine/recording/recorder/captureAppender.ts';
import { RecordingLoop } from '../../../../src/engine/recording/recorder/recordingLoop.ts';

/** A file in memory whose writes can be delayed and can fail. */
class HeldSink implements CaptureSink {
  text = '';
  failure: Error | null = null;
  #held: Promise<void> = Promise.resolve();

  /** Delays all writes until the returned function is called. */
  hold(): () => void {
    let release: () => void = () => undefined;
    this.#held = new Promise((resolve) => (release = resolve));
    return release;
  }

  open(): Promise<number> {
    return Promise.resolve(0);
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    await this.#held;
    if (this.failure !== null) throw this.failure;
    this.text += Buffer.concat(pieces).toString();
  }

  rotate(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get lines(): readonly Record<string, unknown>[] {
    return this.text
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

function start(sink: CaptureSink, options: { maxQueueBytes?: number; patienceMs?: number; redact?: boolean } = {}) {
  const failures: string[] = [];
  const loop = new RecordingLoop({
    sink,
    file: 'memory',
    redact: false,
    header: { tool: 'test', version: '0', start: '2026-01-01T00:00:00.000Z', server: 's', transport: 'stdio' },
    onFailure: (sentence) => failures.push(sentence),
    ...options,
  });
  return { loop, failures };
}

const call = (id: number): Buffer => Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"x"}\n`);

describe('a recording loop', () => {
  it('writes entries in order, including those that wait when it is closed', async () => {
    const sink = new HeldSink();
    const { loop, failures } = start(sink);
    for (let id = 0; id < 500; id++) loop.queue.bytes(id, 'client', call(id));
    expect(await loop.close()).toBe(true);
    expect(failures).toEqual([]);
    expect(sink.lines.map(({ t }) => t)).toEqual(Array.from({ length: 500 }, (_, id) => id));
  });

  it('queues entries up to the limit while the disk is slow, and records what it dropped', async () => {
    const sink = new HeldSink();
    const release = sink.hold();
    const { loop } = start(sink, { maxQueueBytes: 2000 });
    for (let id = 0; id < 20; id++) {
      loop.queue.bytes(id, 'client', call(id));
      await new Promise((resolve) => setImmediate(resolve));
    }
    release();
    expect(await loop.close()).toBe(true);
    const recorded = sink.lines.filter(({ msg }) => msg !== undefined);
    const dropped = sink.lines.flatMap((line) => (line['dropped'] === undefined ? [] : [line['dropped']]));
    expect(recorded.length).toBeGreaterThan(0);
    expect(dropped).toContainEqual(expect.objectContaining({ why: 'too slow', lines: 1 }));
    expect(recorded.length + dropped.length).toBe(20);
    const bytes = dropped.reduce<number>((sum, each) => sum + (each as { readonly bytes: number }).bytes, 0);
    expect(loop.lost).toEqual({ messages: dropped.length, stderrLines: 0, bytes });
  });

  it('ends with one sentence when the disk fails, and accepts nothing more', async () => {
    const sink = new HeldSink();
    sink.failure = new Error('ENOSPC');
    const { loop, failures } = start(sink);
    loop.queue.bytes(1, 'client', call(1));
    expect(await loop.close()).toBe(true);
    loop.queue.bytes(2, 'client', call(2));
    expect(failures).toEqual(['ENOSPC']);
    expect(sink.text).toBe('');
  });

  it('stops waiting for a disk without progress while it is closed', async () => {
    const sink = new HeldSink();
    sink.hold();
    const { loop, failures } = start(sink, { patienceMs: 100 });
    loop.queue.bytes(1, 'client', call(1));
    expect(await loop.close()).toBe(false);
    expect(failures).toEqual(['the session ended before all of it was written']);
  });

  it('yields to the pipe many times during one long message', async () => {
    const sink = new HeldSink();
    const { loop } = start(sink, { redact: true });
    const values = Array.from({ length: 60_000 }, (_, at) => ({ id: at, text: `value number ${at}`, token: 'none' }));
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    loop.queue.message(1, 'server', Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: values })));
    const closed = loop.close();
    turn();
    await closed;
    isOver = true;
    expect(turns).toBeGreaterThan(10);
    expect(sink.lines).toHaveLength(1);
  });
});
