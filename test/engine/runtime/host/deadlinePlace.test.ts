/** The functions that a guard is in when its deadline passes during a look-up. */
import { expect, test } from 'vitest';
import { deathText } from '../../../../src/core/difc/account/guardDeath.ts';
import { proves } from '../../../support/proves.ts';
import { alone, askBackend, forever, loadGuard } from '../guards.ts';

test.each([
  ['stops at its next loop', `${forever} (i32.const 0)`],
  ['returns', '(i32.const 0)'],
])('a guard that %s after a look-up beyond its deadline has the functions that it was in', async (_, end) => {
  proves('own:deadline-names-function');
  const ask = askBackend.replace('(local.get $out)', '(i32.const 64)').replace('(local.get $cap)', '(i32.const 64)');
  const guard = await loadGuard({
    rest: `(func $owner (export "owner") (drop ${ask}))`,
    label_agent: `(call $owner) ${end}`,
  });
  const answers = [{ result: 1, waitMs: 60_000 }];
  const record = await guard.call('label_agent', '{}', {
    ...alone,
    deadlineMs: 60,
    backend: { kind: 'answers', answers },
  });
  await guard.close();
  expect(record.error).toBe('WASM function call failed: module closed with context deadline exceeded');
  expect(record.stack?.frames.map(({ function: name }) => name)).toEqual(['owner', 'label_agent']);
  expect(deathText(record)).toBe('was in owner when its time ran out');
});
