/** Invisible characters are escaped, visible ones are not. */
import { expect, test } from 'vitest';
import { visible, visibleLines } from '../../../src/core/base/visible.ts';

test.each([
  ['an escape sequence', '\u001B[31mred', '\\u{1b}[31mred'],
  ['C0, DEL and C1', '\u0000\u0007\r\u007F\u0085\u009B', '\\u{0}\\u{7}\\u{d}\\u{7f}\\u{85}\\u{9b}'],
  ['text direction marks', 'a\u202Eb\u2066\u200F', 'a\\u{202e}b\\u{2066}\\u{200f}'],
  ['a lone surrogate', 'a\uD800b\uDC9B', 'a\\u{d800}b\\u{dc9b}'],
  ['line separators and tags', '\u2028\u{E0041}', '\\u{2028}\\u{e0041}'],
])('escapes %s', (_name, text, seen) => {
  expect(visible(text)).toBe(seen);
  expect(visibleLines(text)).toBe(seen);
  expect(visible(seen)).toBe(seen);
});

test('does not change visible text, also outside the first plane', () => {
  const text = 'Größe → 😀 \\u001b "x"';
  expect([visible(text), visibleLines(text)]).toEqual([text, text]);
});

test('leaves line feeds and tabs only in text of several lines', () => {
  expect(visible('a\n\tb')).toBe('a\\u{a}\\u{9}b');
  expect(visibleLines('a\n\tb\r')).toBe('a\n\tb\\u{d}');
});
