/** The lines of a capture, its end, the single report about that, and the content of the file at the end. */
import { describe, expect, it } from 'vitest';
import { CaptureAppender, type CaptureSink } from '../../../../src/engine/recording/recorder/captureAppender.ts';
import { CaptureWriter } from '../../../../src/engine/recording/recorder/captureWriter.ts';
import type { Retention } from '../../../../src/engine/recording/format/tapContract.ts';

/** Files in memory. After `room` bytes the disk fails like a full one, in the middle of a line. */
class MemorySink implements CaptureSink {
  readonly files: string[] = [];
  closed = 0;
  #room: number;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }

  open(): Promise<number> {
    this.files.push('');
    return Promise.resolve(0);
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    await Promise.resolve();
    const bytes = Buffer.concat(pieces);
    const fits = bytes.subarray(0, this.#room);
    this.files[this.files.length - 1] += fits.toString();
    this.#room -= fits.length;
    if (fits.length < bytes.length) throw new Error('ENOSPC: no space left on device, write');
  }

  async rotate(): Promise<void> {
    await this.open();
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

const header = {
  tool: 'guardscope',
  version: '0',
  start: '2026-01-01T00:00:00.000Z',
  server: 's',
  transport: 'stdio',
  redaction: [],
};

async function tap(sink: CaptureSink, retention: Retention = {}) {
  const failures: string[] = [];
  const appender = new CaptureAppender(sink, retention, (sentence) => failures.push(sentence));
  const writer = new CaptureWriter(appender, { header, redactor: null, maxMessageBytes: 2000 });
  await writer.start();
  return { failures, writer };
}

const call = (id: number): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"x","params":"${'p'.repeat(60)}"}\n`);

describe('a capture writer', () => {
  it('writes one line for each message, in order of arrival, with events and output between them', async () => {
    const sink = new MemorySink();
    const { failures, writer } = await tap(sink);
    await writer.bytes(1, 'client', Buffer.from('{"id":1}\r\n  \n[{"id":2}]\n{"id":'));
    await writer.bytes(1.25, 'server', Buffer.from('Listening…\n"text"\n'));
    await writer.bytes(2, 'stderr', Buffer.from('warning\nmo'));
    await writer.bytes(3, 'client', Buffer.from('3}\n{"id":4'));
    await writer.message(4, 'server', Buffer.from('{"id":1,"result":{}}'));
    await writer.bytes(5, 'server', Buffer.from(`"${'x'.repeat(3000)}"\n`));
    await writer.skip(6, 'server', { bytes: 5000, lines: 4, tail: 0 });
    await writer.event(7, 'signal', { signal: 'SIGTERM' });
    await writer.ended(8, 'client');
    await writer.ended(9, 'stderr');
    await writer.close();
    expect(failures).toEqual([]);
    expect(sink.closed).toBe(1);
    expect(sink.files.join('').split('\n').slice(1)).toEqual([
      '{"t":1,"dir":"client","msg":{"id":1}}',
      '{"t":1,"dir":"client","msg":[{"id":2}]}',
      '{"t":1.25,"dir":"server","raw":"Listening…"}',
      '{"t":1.25,"dir":"server","raw":"\\"text\\""}',
      '{"t":2,"stderr":"warning"}',
      '{"t":3,"dir":"client","msg":{"id":3}}',
      '{"t":4,"dir":"server","msg":{"id":1,"result":{}}}',
      '{"t":5,"dir":"server","dropped":{"bytes":3002,"lines":1,"why":"too long"}}',
      '{"t":6,"dir":"server","dropped":{"bytes":4996,"lines":4,"why":"too slow"}}',
      '{"t":7,"event":"signal","signal":"SIGTERM"}',
      '{"t":8,"dir":"client","raw":"{\\"id\\":4","cut":true}',
      '{"t":8,"event":"end","dir":"client"}',
      '{"t":9,"stderr":"mo","cut":true}',
      '',
    ]);
  });

  it('continues without a capture when the disk is full, and reports that once', async () => {
    const sink = new MemorySink(400);
    const { failures, writer } = await tap(sink);
    for (let id = 0; id < 20; id++) await writer.bytes(id, 'client', call(id));
    await writer.close();
    expect(failures).toEqual(['ENOSPC: no space left on device, write']);
    expect(sink.closed).toBe(1);
    const lines = sink.files.join('').split('\n');
    for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
    expect(sink.files.join('')).toHaveLength(400);
  });

  it('ends the capture at its limit, or begins a new file with the header and the first message of the client', async () => {
    const single = new MemorySink();
    const one = await tap(single, { maxFileBytes: 600 });
    for (let id = 0; id < 20; id++) await one.writer.bytes(id, 'client', call(id));
    await one.writer.close();
    expect(one.failures).toEqual(['the capture reached its limit of 600 bytes']);
    expect(single.files.join('').length).toBeLessThanOrEqual(600);
    const many = new MemorySink();
    const { failures, writer } = await tap(many, { maxFileBytes: 600, keepFiles: 3 });
    for (let id = 0; id < 20; id++) await writer.bytes(id, 'client', call(id));
    await writer.close();
    expect(failures).toEqual([]);
    expect(many.files.length).toBeGreaterThan(5);
    for (const file of many.files) {
      const [first = '', second = ''] = file.split('\n');
      expect(file.length).toBeLessThanOrEqual(600);
      expect(first).toContain('"schema":"guardscope-trace/1"');
      expect(second).toContain('"id":0,');
    }
    const ids = [...new Set([...many.files.join('').matchAll(/"id":(\d+)/g)].map((match) => Number(match[1])))];
    expect(ids).toEqual(Array.from({ length: 20 }, (_, id) => id));
  });
});
