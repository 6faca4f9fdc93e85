/** Messages of a byte stream, whatever the chunks. */
import { describe, expect, it } from 'vitest';
import { type Frame, FrameSplitter } from '../../../src/engine/capture/frames.ts';
import { Random } from '../../oracle/random.ts';

/** What a splitter makes of chunks, each frame as text, or as why it has none. */
function split(chunks: readonly (string | Uint8Array)[], limit?: number): readonly string[] {
  const frames: string[] = [];
  const splitter = new FrameSplitter((frame) => frames.push(shown(frame)), limit);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return frames;
}

function shown({ bytes, length, lines, dropped, terminated }: Frame): string {
  if (bytes === null) return `(${lines} ${dropped} of ${length})`;
  return `${Buffer.from(bytes).toString()}${terminated ? '' : '…'}`;
}

describe('frames', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing', [], []],
    ['one a line', ['{"a":1}\n{"b":2}\n'], ['{"a":1}', '{"b":2}']],
    ['CRLF', ['a\r\nb\r', '\nc\r\r\n'], ['a', 'b', 'c\r']],
    ['blank lines', ['\n\r\n\n'], ['', '', '']],
    ['a rest', ['a\nb'], ['a', 'b…']],
    ['many chunks', ['a', '', 'b', 'c\nd', '\n'], ['abc', 'd']],
  ])('%s', (_name, chunks, expected) => expect(split(chunks)).toEqual(expected));

  it('are the same however the bytes are cut, in characters too', () => {
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

  it('beyond the limit have a length only, and the next is whole again', () => {
    expect(split(['12345\n123456\n', '123', '456', '789\nab\n12345'], 5)).toEqual([
      '12345',
      '(1 too long of 6)',
      '(1 too long of 9)',
      'ab',
      '12345…',
    ]);
  });

  it('are views of their chunk where they can be', () => {
    const chunk = Buffer.from('one\ntwo\n');
    const frames: Frame[] = [];
    new FrameSplitter((frame) => frames.push(frame)).push(chunk);
    expect(frames.map(({ bytes }) => bytes?.buffer === chunk.buffer)).toEqual([true, true]);
  });

  it('of bytes that passed unseen are told with their count, and what they cut is never taken for whole', () => {
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
