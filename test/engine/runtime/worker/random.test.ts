/** The guest's random bytes are those of Go's generator, whatever the sizes of the reads. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { GuestRandom } from '../../../../src/engine/runtime/worker/random.ts';

/** The first 64 bytes of wazero's stream (wazero spec 7.3). */
const firstBytes =
  '538c7f96b164bf1b97bb9f4bb472e89f5b1484f25209c9d9343e92ba09dd9d52dfd79b4d76429b617a0c9f9f0d3ba55b0cc0d6144c888535841acbe0709b0758';

function read(random: GuestRandom, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  random.fill(bytes);
  return bytes;
}

describe('GuestRandom', () => {
  test('starts with the first bytes of wazero', () => {
    expect(read(new GuestRandom(), 64).toString('hex')).toBe(firstBytes);
  });

  test('continues the stream of wazero beyond the seed table', () => {
    const hash = createHash('sha256').update(read(new GuestRandom(), 14_000)).digest('hex');
    expect(hash).toBe('67e34f97196f1c3e03eb096f37b2bdd43a9a8e2708a8d927728ed5c3c8ebab15');
  });

  test.each([1, 2, 6, 7, 8, 13, 700])('gives the same stream in reads of %i bytes', (piece) => {
    const random = new GuestRandom();
    const pieces = Array.from({ length: Math.ceil(6000 / piece) }, () => read(random, piece));
    const joined = Buffer.concat(pieces);
    expect(joined.equals(read(new GuestRandom(), joined.length))).toBe(true);
  });

  test('an empty read consumes no bytes', () => {
    const random = new GuestRandom();
    read(random, 0);
    expect(read(random, 4).toString('hex')).toBe(firstBytes.slice(0, 8));
  });
});
