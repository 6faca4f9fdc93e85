/** `sizeText` formats sizes with decimal units. */
import { expect, test } from 'vitest';
import { sizeText } from '../../../src/core/base/size.ts';

test.each([
  [0, '0 B'],
  [9999, '9999 B'],
  [10_000, '10.0 kB'],
  [257_312, '257.3 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [33_554_432, '33.6 MB'],
])('%i bytes are shown as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
