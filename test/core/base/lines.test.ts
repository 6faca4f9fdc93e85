/** Lines from bytes: every terminator, every chunking, lines beyond the limit. */
import { expect, test } from 'vitest';
import { LineSplitter, type Line } from '../../../src/core/base/lines.ts';

interface Seen {
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly text: string | null;
  readonly terminated: boolean;
}

function split(chunks: readonly Uint8Array[], limit?: number): readonly Seen[] {
  const seen: Seen[] = [];
  const onLine = ({ number, offset, length, bytes, terminated }: Line): void => {
    seen.push({ number, offset, length, text: bytes === null ? null : new TextDecoder().decode(bytes), terminated });
  };
  const splitter = new LineSplitter(onLine, limit);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return seen;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each<[string, readonly string[], boolean]>([
  ['', [], true],
  ['a', ['a'], false],
  ['a\n', ['a'], true],
  ['a\nb', ['a', 'b'], false],
  ['\n\n', ['', ''], true],
  ['a\r\nb\r\n', ['a', 'b'], true],
  ['a\rb\n', ['a\rb'], true],
  ['é\n日本\n', ['é', '日本'], true],
  ['a\r', ['a'], false],
])('the text %j is split into lines', (text, lines, terminated) => {
  const seen = split([encode(text)]);
  expect(seen.map((line) => line.text)).toEqual(lines);
  expect(seen.at(-1)?.terminated ?? true).toBe(terminated);
  for (const [index, line] of seen.entries()) {
    expect(line.number).toBe(index + 1);
    const bytes = encode(text).subarray(line.offset, line.offset + line.length);
    expect(new TextDecoder().decode(bytes)).toBe(line.text);
  }
});

test('lines are the same whatever the chunks', () => {
  const text = 'one\r\ntwo é\n\nfour 日本語\nlast';
  const whole = split([encode(text)]);
  const bytes = encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    expect(split(chunks)).toEqual(whole);
  }
});

test('a chunk may be reused after it was pushed', () => {
  const buffer = encode('ab');
  const seen: string[] = [];
  const splitter = new LineSplitter(({ bytes }) => seen.push(new TextDecoder().decode(bytes ?? new Uint8Array(0))));
  splitter.push(buffer);
  buffer.set(encode('c\n'));
  splitter.push(buffer);
  expect(seen).toEqual(['abc']);
});

test('a line beyond the limit has only a length, and the next line is read', () => {
  const chunks = [encode('ok\n'), encode('12345'), encode('67890'), encode('1\nnext\n'), encode('unended too long')];
  expect(split(chunks, 10)).toEqual([
    { number: 1, offset: 0, length: 2, text: 'ok', terminated: true },
    { number: 2, offset: 3, length: 11, text: null, terminated: true },
    { number: 3, offset: 15, length: 4, text: 'next', terminated: true },
    { number: 4, offset: 20, length: 16, text: null, terminated: false },
  ]);
});

test('a line of 50 MB arrives whole from small chunks', () => {
  const chunk = new Uint8Array(64 * 1024).fill(0x61);
  let length = 0;
  const splitter = new LineSplitter((line) => (length = line.bytes?.length ?? -1));
  for (let count = 0; count < 800; count++) splitter.push(chunk);
  splitter.push(encode('\n'));
  expect(length).toBe(800 * 64 * 1024);
});
