/** Invisible characters are escaped, visible ones are not. */
import { expect, test } from 'vitest';
import { visible, visibleJson, visibleLines } from '../../../src/core/base/visible.ts';

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

test('escapes in JSON are those of JSON, and the value stays', () => {
  const value = { 'k\u202E': '\u001B\u007F\u0085\u2028\u{E0041}\uD800 \u200B\uFEFF "ä😀' };
  const json = visibleJson(JSON.stringify(value));
  expect(json).toBe(String.raw`{"k\u202e":"\u001b\u007f\u0085\u2028\udb40\udc41\ud800 \u200b\ufeff \"ä😀"}`);
  expect(JSON.parse(json)).toEqual(value);
});

test('does not change visible text, also outside the first plane', () => {
  const text = 'Größe → 😀 \\u001b "x"';
  expect([visible(text), visibleLines(text)]).toEqual([text, text]);
});

test('leaves line feeds and tabs only in text of several lines', () => {
  expect(visible('a\n\tb')).toBe('a\\u{a}\\u{9}b');
  expect(visibleLines('a\n\tb\r')).toBe('a\n\tb\\u{d}');
});
