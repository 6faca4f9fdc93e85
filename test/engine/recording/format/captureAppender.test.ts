/** Recording line by line: where it ends, that it says so once, and what is in the file then. */
import { describe, expect, it } from 'vitest';
import type { CaptureLine } from '../../../../src/engine/recording/format/captureLine.ts';
import { type CaptureSink, Recorder, type Retention } from '../../../../src/engine/recording/format/captureAppender.ts';
import { TapSession } from '../../../../src/engine/recording/recorder/captureWriter.ts';

/** Files in memory; the disk holds `room` bytes and then fails as a full one does, in the middle of a line. */
class MemorySink implements CaptureSink {
  readonly files: string[] = [];
  closed = 0;
  #room: number;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }

  open(): number {
    this.files.push('');
    return 0;
  }

  write(line: CaptureLine): void {
    const bytes = Buffer.concat(line);
    const fits = bytes.subarray(0, this.#room);
    this.files[this.files.length - 1] += fits.toString();
    this.#room -= fits.length;
    if (fits.length < bytes.length) throw new Error('ENOSPC: no space left on device, write');
  }

  rotate(): void {
    this.open();
  }

  close(): void {
    this.closed++;
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

function tap(sink: CaptureSink, retention: Retention = {}) {
  const told: string[] = [];
  const recorder = new Recorder(sink, retention, (sentence) => told.push(sentence));
  return { told, session: new TapSession(recorder, { header, redactor: null, maxMessageBytes: 2000 }) };
}

const call = (id: number): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"x","params":"${'p'.repeat(60)}"}\n`);

describe('a tapped session', () => {
  it('is one line a message, in order of arrival, with what came beside them', () => {
    const sink = new MemorySink();
    const { told, session } = tap(sink);
    session.bytes(1, 'client', Buffer.from('{"id":1}\r\n  \n[{"id":2}]\n{"id":'));
    session.bytes(1.25, 'server', Buffer.from('Listening…\n"text"\n'));
    session.bytes(2, 'stderr', Buffer.from('warning\nmo'));
    session.bytes(3, 'client', Buffer.from('3}\n{"id":4'));
    session.message(4, 'server', Buffer.from('{"id":1,"result":{}}'));
    session.bytes(5, 'server', Buffer.from(`"${'x'.repeat(3000)}"\n`));
    session.skip(6, 'server', 5000, 4, 0);
    session.event(7, 'signal', { signal: 'SIGTERM' });
    session.ended(8, 'client');
    session.ended(9, 'stderr');
    session.close();
    expect(told).toEqual([]);
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

  it('goes on without a capture when the disk is full, and says so once', () => {
    const sink = new MemorySink(400);
    const { told, session } = tap(sink);
    for (let id = 0; id < 20; id++) session.bytes(id, 'client', call(id));
    session.close();
    expect(told).toEqual(['ENOSPC: no space left on device, write']);
    expect(sink.closed).toBe(1);
    const lines = sink.files.join('').split('\n');
    for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
    expect(sink.files.join('')).toHaveLength(400);
  });

  it('ends its capture at the limit, or keeps files of that size, each with header and introduction', () => {
    const single = new MemorySink();
    const one = tap(single, { maxFileBytes: 600 });
    for (let id = 0; id < 20; id++) one.session.bytes(id, 'client', call(id));
    expect(one.told).toEqual(['the capture reached its limit of 600 bytes']);
    expect(single.files.join('').length).toBeLessThanOrEqual(600);
    const many = new MemorySink();
    const { told, session } = tap(many, { maxFileBytes: 600, keepFiles: 3 });
    for (let id = 0; id < 20; id++) session.bytes(id, 'client', call(id));
    session.close();
    expect(told).toEqual([]);
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
