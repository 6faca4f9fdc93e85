/** The incremental check and `JSON.parse` accept the same texts. */
import { describe, expect, it } from 'vitest';
import { isJsonInSteps } from '../../../src/core/base/jsonCheck.ts';
import { runSteps } from '../../../src/core/base/steps.ts';
import { Random } from '../../oracle/random.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the incremental check', () => {
  it.each([
    '',
    ' ',
    '{}',
    '[]',
    ' [ ] ',
    '{"a":1}',
    '{"a":1,}',
    '{,}',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a" 1}',
    '{"a":}',
    '{a:1}',
    '[01]',
    '[-0]',
    '[1.]',
    '[.5]',
    '[1e5]',
    '[1E+5]',
    '[1e]',
    '[NaN]',
    '[true,false,null]',
    '[nul]',
    '["\\u00e9"]',
    '["\\u00g9"]',
    '["\\x"]',
    '["a\nb"]',
    '["\u0000"]',
    '["\u2028"]',
    '["unterminated]',
    '[1]]',
    '[[1]',
    '{"a":{"b":[{}]}}',
    '\uFEFF[]',
    '\u00a0[]',
    '[]\u0000',
    '"text"',
    '1',
  ])('agrees with JSON.parse about %j', (text) => expect(runSteps(isJsonInSteps(text))).toBe(parses(text)));

  it('agrees with JSON.parse about damaged texts', () => {
    const text = '{"a":[1,-2.5e3,true,null,{"b":"x\\n\\u0041"}],"c":{},"d":[] , "e" : "f"}';
    const characters = ['"', '\\', '{', '}', '[', ']', ',', ':', ' ', '0', '-', 'e', '.', 't', '\n', ''];
    let valid = 0;
    for (let seed = 0; seed < 5000; seed++) {
      const random = new Random(seed, 0);
      const at = random.between(0, text.length);
      const character = characters[random.between(0, characters.length - 1)] ?? '';
      const damaged = text.slice(0, at) + character + text.slice(at + random.between(0, 2));
      const expected = parses(damaged);
      if (expected) valid++;
      expect(runSteps(isJsonInSteps(damaged)), damaged).toBe(expected);
    }
    expect(valid).toBeGreaterThan(100);
  });

  it('yields during a long text, and accepts any depth', () => {
    const long = JSON.stringify(Array.from({ length: 200_000 }, (_, at) => at));
    let steps = 0;
    const check = isJsonInSteps(long);
    while (check.next().done !== true) steps++;
    expect(steps).toBeGreaterThanOrEqual(4);
    expect(runSteps(isJsonInSteps('['.repeat(500_000) + ']'.repeat(500_000)))).toBe(true);
  });
});
