/** Tests of the formats of numbers and long lines. */
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatGrowth,
  formatMs,
  formatPages,
  plural,
  splitEnd,
} from '../../webview/models/format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1536, '1.50 KiB'],
    [65_536, '64 KiB'],
    [1_179_648, '1.13 MiB'],
    [4_194_304, '4 MiB'],
    [33_554_432, '32 MiB'],
    [25_059_328, '23.9 MiB'],
    [2_147_483_648, '2,048 MiB'],
  ])('%i is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatMs', () => {
  it.each([
    [0, '0 ms'],
    [0.004, '0 ms'],
    [0.0421, '0.04 ms'],
    [1.234, '1.23 ms'],
    [38.44, '38.4 ms'],
    [340.4, '340 ms'],
    [2314, '2.31 s'],
    [184_000, '3 min 4 s'],
  ])('%d is %s', (ms, text) => expect(formatMs(ms)).toBe(text));
});

it('formats counts with nouns', () => {
  expect(formatCount(100_000)).toBe('100,000');
  expect(plural(1, 'call')).toBe('1 call');
  expect(plural(0, 'call')).toBe('0 calls');
  expect(plural(2, 'entry', 'entries')).toBe('2 entries');
  expect(formatPages(65_536)).toBe('1 page');
  expect(formatPages(33_554_432)).toBe('512 pages');
  expect(formatGrowth(65_536)).toBe('+64 KiB');
  expect(formatGrowth(-65_536)).toBe('−64 KiB');
  expect(formatGrowth(0)).toBe('±0');
});

describe('splitEnd', () => {
  it('does not split a short line', () => {
    expect(splitEnd('{"path":"/workspace"}')).toEqual({ start: '{"path":"/workspace"}', end: '' });
  });

  it('splits a long line before its end, by code points', () => {
    const line = '{"path":"/workspace/docs/drafts/2026/handbook.md"}';
    expect(splitEnd(line)).toEqual({ start: '{"path":"/workspace/docs/draft', end: 's/2026/handbook.md"}' });
    const cut = `${'{"content":"A long text '.repeat(5)}…`;
    expect(splitEnd(cut)).toEqual({ start: cut, end: '' });
    expect(splitEnd('🦊'.repeat(40))).toEqual({ start: '🦊'.repeat(20), end: '🦊'.repeat(20) });
  });
});
