/** Frames of a byte stream for any chunks, and with dropped content. */
import { describe, expect, it } from 'vitest';
import { droppedMessage } from '../../../../src/engine/recording/recorder/droppedMessage.ts';
import { type LineFrame, FrameSplitter } from '../../../../src/engine/recording/recorder/lineFrames.ts';
import { Random } from '../../../oracle/random.ts';

/** The frames of chunks, each as its text, or as the reason for missing content. */
function split(chunks: readonly (string | Uint8Array)[], limit?: number): readonly string[] {
  const frames: string[] = [];
  const splitter = new FrameSplitter((frame) => frames.push(shown(frame)), limit);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return frames;
}

function shown({ bytes, length, lines, dropped, terminated }: LineFrame): string {
  if (bytes === null) return `(${lines} ${dropped} of ${length})`;
  return `${Buffer.from(bytes).toString()}${terminated ? '' : '…'}`;
}

describe('frames of a stream', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing', [], []],
    ['one frame per line', ['{"a":1}\n{"b":2}\n'], ['{"a":1}', '{"b":2}']],
    ['CRLF', ['a\r\nb\r', '\nc\r\r\n'], ['a', 'b', 'c\r']],
    ['blank lines', ['\n\r\n\n'], ['', '', '']],
    ['a last line without a line feed', ['a\nb'], ['a', 'b…']],
    ['many chunks', ['a', '', 'b', 'c\nd', '\n'], ['abc', 'd']],
  ])('%s', (_name, chunks, expected) => expect(split(chunks)).toEqual(expected));

  it('are the same wherever the bytes are cut, also in the middle of characters', () => {
    const bytes = Buffer.from('{"text":"€😀ü"}\r\n\n[1]\nnoise \u0000\u2028\nrest😀');
    const whole = split([bytes]);
    expect(whole).toEqual(['{"text":"€😀ü"}', '', '[1]', 'noise \u0000\u2028', 'rest😀…']);
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed, 0);
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const length = random.between(1, 6);
        chunks.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(split(chunks)).toEqual(whole);
    }
  });

  it('have only a length beyond the limit, and the next frame is complete again', () => {
    expect(split(['12345\n123456\n', '123', '456', '789\nab\n12345'], 5)).toEqual([
      '12345',
      '(1 too long of 6)',
      '(1 too long of 9)',
      'ab',
      '12345…',
    ]);
  });

  it('are views of their chunk when they are within one', () => {
    const chunk = Buffer.from('one\ntwo\n');
    const frames: LineFrame[] = [];
    new FrameSplitter((frame) => frames.push(frame)).push(chunk);
    expect(frames.map(({ bytes }) => bytes?.buffer === chunk.buffer)).toEqual([true, true]);
  });

  it('count dropped bytes, and a line with a gap is never complete', () => {
    const frames: string[] = [];
    const splitter = new FrameSplitter((frame) => frames.push(shown(frame)));
    splitter.push(Buffer.from('one\ntw'));
    splitter.skip(2, 1, 0);
    splitter.push(Buffer.from('three\n'));
    splitter.skip(0, 0, 3);
    splitter.push(Buffer.from('r\nfive\n'));
    splitter.skip(30, 3, 2);
    splitter.push(Buffer.from('x\nlast\n'));
    splitter.end();
    expect(frames).toEqual([
      'one',
      '(1 too slow of 3)',
      'three',
      '(1 too slow of 4)',
      'five',
      '(3 too slow of 27)',
      '(1 too slow of 3)',
      'last',
    ]);
  });
});

describe('a message beyond the limit', () => {
  const text = 'x'.repeat(500);
  const nested = { a: [{ id: 9 }], id: 8 };

  it.each<readonly [string, unknown, object]>([
    ['an answer in the usual order', { jsonrpc: '2.0', id: 7, result: { text } }, { answer: 7 }],
    ['an answer in the order of the SDK', { result: { text, nested }, jsonrpc: '2.0', id: 'a-7' }, { answer: 'a-7' }],
    ['an error', { id: 7, error: { message: text } }, { answer: 7 }],
    ['a request', { jsonrpc: '2.0', id: 0, method: 'tools/call', params: { text } }, { request: 0 }],
    [
      'a request in the order of the SDK',
      { method: 'tools/call', params: { text }, jsonrpc: '2.0', id: 3 },
      { request: 3 },
    ],
    ['an id before the version', { id: 7, jsonrpc: '2.0', result: text }, { answer: 7 }],
    ['an id in the middle', { result: text, id: 7, more: text }, {}],
    ['a nested id at the end', { jsonrpc: '2.0', result: { text, id: 8 } }, {}],
    ['an id in a string', { jsonrpc: '2.0', result: `${text},"id":5}` }, {}],
    ['a notification', { jsonrpc: '2.0', method: 'note', params: text }, {}],
    ['another member first', { nested, result: text, id: 7 }, {}],
    ['a batch', [{ jsonrpc: '2.0', id: 7, result: text }], {}],
    ['no JSON', `${text}{"id":7}`, {}],
  ])('%s', (_name, message, expected) => {
    const line = Buffer.from(`${JSON.stringify(message)}\r\n`);
    for (const size of [1, 7, 150, 10_000]) {
      const frames: LineFrame[] = [];
      const splitter = new FrameSplitter((frame) => frames.push(frame), 300);
      for (let at = 0; at < line.length; at += size) splitter.push(line.subarray(at, at + size));
      expect(frames.map(({ dropped, ends }) => [dropped, droppedMessage(ends)])).toEqual([['too long', expected]]);
    }
  });

  it('is not identified by the bytes after a gap in it', () => {
    const frames: LineFrame[] = [];
    const splitter = new FrameSplitter((frame) => frames.push(frame), 10);
    splitter.push(Buffer.from('{"result":"aaaaaaaaaaaaaaaa","id":1'));
    splitter.skip(0, 0, 5);
    splitter.push(Buffer.from('7}\n'));
    expect(frames.map(({ ends }) => droppedMessage(ends))).toEqual([{}]);
  });
});
