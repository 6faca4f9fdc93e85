/** Guest bytes are decoded as Go does: each byte that is not part of valid UTF-8 becomes one U+FFFD. */
import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestText } from '../../../../src/engine/runtime/shared/guestText.ts';

describe('guestText', () => {
  test.each([
    ['', ''],
    ['61c3a9e29c93f09fa680', 'aé✓🦀'],
    ['efbbbf61', '\ufeffa'],
    ['efbfbd', '\ufffd'],
    ['ff', '\ufffd'],
    ['61ff62', 'a\ufffdb'],
    ['e29c', '\ufffd\ufffd'],
    ['e29c62', '\ufffd\ufffdb'],
    ['eda080', '\ufffd\ufffd\ufffd'],
    ['c080', '\ufffd\ufffd'],
    ['e08080', '\ufffd\ufffd\ufffd'],
    ['f0808080', '\ufffd\ufffd\ufffd\ufffd'],
    ['f48fbfbf', '\u{10ffff}'],
    ['f4908080', '\ufffd\ufffd\ufffd\ufffd'],
    ['f09fa6', '\ufffd\ufffd\ufffd'],
    ['f5808080', '\ufffd\ufffd\ufffd\ufffd'],
    ['ffc3a9ff', '\ufffdé\ufffd'],
    ['efbfbdff', '\ufffd\ufffd'],
  ])('decodes %s', (hex, text) => {
    expect(guestText(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test('decodes every valid text, also from shared memory', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(text);
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
        shared.set(bytes);
        expect(guestText(bytes)).toBe(text);
        expect(guestText(shared)).toBe(text);
      }),
    );
  });

  test('replaces only the broken byte between valid texts', () => {
    assert(
      property(string({ unit: 'binary' }), string({ unit: 'binary' }), (before, after) => {
        const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
        expect(guestText(bytes)).toBe(`${before}\ufffd${after}`);
      }),
    );
  });
});
