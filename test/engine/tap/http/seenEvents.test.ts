/** Events that a resumed stream repeats are recorded once, in whichever order the streams show them. */
import { describe, expect, test } from 'vitest';
import { SeenEvents } from '../../../../src/engine/tap/http/seenEvents.ts';

/** Whether each event is a repeat. An event is its stream, its id and its data. */
function repeats(...events: readonly (readonly ['first' | 'resumed', string, string])[]): readonly boolean[] {
  const seen = new SeenEvents();
  return events.map(([stream, id, data]) => seen.repeats('s', id, data, stream === 'resumed'));
}

describe('seen events', () => {
  test('a resumed stream repeats what another stream showed before', () => {
    expect(repeats(['first', '1', 'a'], ['resumed', '1', 'a'], ['resumed', '1', 'a'])).toEqual([false, true, true]);
  });

  test('a resumed stream that is faster than the first one makes the first one the repeat', () => {
    expect(repeats(['resumed', '1', 'a'], ['first', '1', 'a'])).toEqual([false, true]);
    expect(repeats(['resumed', '1', 'a'], ['resumed', '1', 'a'], ['first', '1', 'a'])).toEqual([false, true, true]);
  });

  test('without a resumed stream, equal ids are no repeats, as some servers use one id for all', () => {
    expect(repeats(['first', '1', 'a'], ['first', '1', 'a'])).toEqual([false, false]);
    expect(repeats(['resumed', '1', 'a'], ['first', '1', 'a'], ['first', '1', 'a'])).toEqual([false, true, false]);
  });

  test('an equal id with other data, or of another session, is no repeat', () => {
    expect(repeats(['first', '1', 'a'], ['resumed', '1', 'b'])).toEqual([false, false]);
    const seen = new SeenEvents();
    expect([seen.repeats('s', '1', 'a', false), seen.repeats('t', '1', 'a', true)]).toEqual([false, false]);
  });

  test('an empty event is repeated as an empty object', () => {
    expect(repeats(['first', '1', ''], ['resumed', '1', '{}'])).toEqual([false, true]);
  });
});
