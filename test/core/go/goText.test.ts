/** Go's string functions, where they differ from JavaScript's. */
import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  atoi,
  compareUtf8,
  formatList,
  quoteByte,
  quoteGo,
  sortUtf8,
  toLower,
  toUpper,
  trimSpace,
  utf8ByteOf,
  utf8Length,
  wellFormed,
} from '../../../src/core/go/goText.ts';

describe('trimSpace', () => {
  test.each([
    [' a\t\n\v\f\r ', 'a'],
    ['\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000a b\u0085', 'a b'],
    ['\ufeffa\u200b', '\ufeffa\u200b'],
    ['\u180ea', '\u180ea'],
    [' \u0085 ', ''],
    ['', ''],
  ])('trims %j like Go', (text, trimmed) => {
    expect(trimSpace(text)).toBe(trimmed);
  });
});

describe('case', () => {
  test.each([
    ['Straße', 'STRAßE', 'straße'],
    ['ΑΣ', 'ΑΣ', 'ας'.replace('ς', 'σ')],
    ['İ', 'İ', 'i'],
    ['ŉǰΐ', 'ŉǰΐ', 'ŉǰΐ'],
    ['ᾀᾳῃῳ', 'ᾈᾼῌῼ', 'ᾀᾳῃῳ'],
    ['ﬁ', 'ﬁ', 'ﬁ'],
    ['𐐨', '𐐀', '𐐨'],
    ['\ud800', '\ufffd', '\ufffd'],
    // Mapped since Unicode 16, which Go 1.26 does not have.
    ['\u019b\u0264\u1c8a\ua7cd\u{10d70}', '\u019b\u0264\u1c8a\ua7cd\u{10d70}', '\u019b\u0264\u1c8a\ua7cd\u{10d70}'],
    ['\u1c89\ua7cb\u{10d50}', '\u1c89\ua7cb\u{10d50}', '\u1c89\ua7cb\u{10d50}'],
  ])('maps %j like Go', (text, upper, lower) => {
    expect(toUpper(text)).toBe(upper);
    expect(toLower(text)).toBe(lower);
  });
});

describe('quoteGo', () => {
  test.each([
    // The first row has characters of Unicode 15.0, the second of 15.1, 16 and 17, which Go 1.26 does not have.
    ['\u{1fa75}\u{11f00}', '"\u{1fa75}\u{11f00}"'],
    ['\u2ffc\u{2ebf0}\u1c89\u{1fae9}\u{323b0}', String.raw`"\u2ffc\U0002ebf0\u1c89\U0001fae9\U000323b0"`],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\u0000\u001f\u007f', '"\\x00\\x1f\\x7f"'],
    ['é日😀\ufffd', '"é日😀\ufffd"'],
    ['\u00a0\u00ad\u2028\u200b\ufeff', '"\\u00a0\\u00ad\\u2028\\u200b\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ["'", '"\'"'],
  ])('quotes %j like Go', (text, quoted) => {
    expect(quoteGo(text)).toBe(quoted);
  });
  test.each([
    [0x27, "'\\''"],
    [0x22, "'\"'"],
    [0x5c, "'\\\\'"],
    [0x00, "'\\x00'"],
    [0xef, "'ï'"],
  ])('byte %i', (byte, quoted) => {
    expect(quoteByte(byte)).toBe(quoted);
  });
});

describe('atoi', () => {
  test.each([
    ['0', 0],
    ['+2', 2],
    ['-3', -3],
    ['007', 7],
    ['9223372036854775807', 2 ** 63],
    ['00000000000000000000001', 1],
  ])('reads %s like Go', (text, value) => {
    expect(atoi(text)).toBe(value);
  });
  test.each(['', ' 0', '0x0', '1_0', '1.0', '1e1', '+', '--1', '٣', '9223372036854775808', '-9223372036854775809'])(
    '%j is not a number',
    (text) => {
      expect(atoi(text)).toBeNull();
    },
  );
});

test('formatList prints a list as %v does', () => {
  expect(formatList(['a', 'b c', ''])).toBe('[a b c ]');
  expect(formatList([])).toBe('[]');
});

describe('UTF-8', () => {
  test('order and length are those of the UTF-8 bytes', () => {
    assert(
      property(string({ unit: 'binary' }), string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
        expect(utf8Length(a)).toBe(Buffer.byteLength(a));
      }),
    );
  });
  test('sorting puts astral characters after U+E000 to U+FFFF', () => {
    expect(sortUtf8(['😀', '\uffee', 'é', 'a', 'aa', ''])).toEqual(['', 'a', 'aa', 'é', '\uffee', '😀']);
  });
  test.each(['a', 'é', '日', '😀'])('the first byte of %s', (char) => {
    expect(utf8ByteOf(char.codePointAt(0) ?? 0)).toBe(Buffer.from(char)[0]);
  });
  test('a lone surrogate becomes U+FFFD', () => {
    expect(wellFormed('a\ud800b\udc00\ud83d\ude00')).toBe('a\ufffdb\ufffd😀');
    expect(utf8ByteOf(0xd800)).toBe(0xef);
  });
});
