/** Set arithmetic over tags, and the flow rules (gateway spec 3.1, behaviours 8.10). */
import { property, assert, array, constantFrom } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFlow } from '../../../../src/core/difc/monitor/flowLabels.ts';
import {
  formatTags,
  intersectTags,
  sortedTags,
  trimmedTags,
  unionTags,
  withoutTags,
} from '../../../../src/core/difc/monitor/labels.ts';
import { proves } from '../../../support/proves.ts';

describe('sets', () => {
  test('a union has every tag once, and treats the wildcard as a tag', () => {
    proves('gateway:185');
    expect(unionTags(['a', 'b'], ['b', '*'])).toEqual(['a', 'b', '*']);
    expect(unionTags([], [])).toEqual([]);
  });
  test('an intersection has the tags of both, and none when one is empty', () => {
    proves('gateway:186');
    expect(intersectTags(['a', 'b'], ['b', 'c'])).toEqual(['b']);
    expect(intersectTags(['a'], [])).toEqual([]);
    expect(intersectTags(['a'], ['*'])).toEqual([]);
  });
  test('a difference has no tag of the second', () => expect(withoutTags(['a', 'b', 'a'], ['b'])).toEqual(['a']));
  test('configured tags are trimmed like in Go, and blank ones are dropped', () => {
    proves('gateway:194');
    expect(trimmedTags([' a ', 'a', '', '\t', '\u0085b', '\ufeffc'])).toEqual(['a', 'b', '\ufeffc']);
  });
  test('tags are sorted by UTF-8 bytes, so U+FFEE precedes U+1F600', () => {
    expect(sortedTags(['\u{1f600}', '\uffee', 'b', 'a', 'a'])).toEqual(['a', 'b', '\uffee', '\u{1f600}']);
    expect(formatTags(['b', 'a'])).toBe('[a b]');
    expect(formatTags([])).toBe('[]');
  });
});

describe('flow', () => {
  test.each([
    ['secrecy', [], [], true, []],
    ['secrecy', [], ['s'], true, []],
    ['secrecy', ['s'], [], false, ['s']],
    ['secrecy', ['s', 't'], ['t'], false, ['s']],
    ['secrecy', ['s'], ['*'], true, []],
    ['secrecy', ['s', 't'], ['u', '*'], true, []],
    ['secrecy', ['*'], ['s'], false, ['*']],
    ['integrity', ['i'], [], true, []],
    ['integrity', [], ['i'], false, ['i']],
    ['integrity', ['i'], ['i', 'j'], false, ['j']],
    ['integrity', ['*'], ['i', 'j'], true, []],
    ['integrity', ['i'], ['*'], false, ['*']],
    ['integrity', ['approved:acme/widget'], ['approved:acme'], false, ['approved:acme']],
  ] as const)('of %s from %j to %j is allowed: %s', (kind, source, target, ok, violating) => {
    proves('gateway:184', 'gateway:188', 'gateway:189', 'gateway:190', 'gateway:191', 'gateway:192', 'gateway:193');
    expect(checkFlow(kind, source, target)).toEqual({ ok, violating });
  });

  const tags = array(constantFrom('a', 'b', 'c', 'd', '*'), { maxLength: 5 });

  test('is reflexive, and secrecy and integrity are mirror images', () => {
    assert(
      property(tags, tags, (left, right) => {
        expect(checkFlow('secrecy', left, left).ok).toBe(true);
        expect(checkFlow('integrity', left, left).ok).toBe(true);
        expect(checkFlow('secrecy', left, right)).toEqual(checkFlow('integrity', right, left));
      }),
    );
  });
  test('is allowed after the violating tags are added to the target or removed from the source', () => {
    assert(
      property(tags, tags, (source, target) => {
        const { violating } = checkFlow('secrecy', source, target);
        expect(checkFlow('secrecy', source, unionTags(target, violating)).ok).toBe(true);
        expect(checkFlow('secrecy', withoutTags(source, violating), target).ok).toBe(true);
      }),
    );
  });
  test('is transitive without the wildcard', () => {
    const plain = array(constantFrom('a', 'b', 'c'), { maxLength: 3 });
    assert(
      property(plain, plain, plain, (a, b, c) => {
        const both = checkFlow('secrecy', a, b).ok && checkFlow('secrecy', b, c).ok;
        return !both || checkFlow('secrecy', a, c).ok;
      }),
    );
  });
});
