/** Ties a test to the requirements of the ledger that it proves. */
import { expect } from 'vitest';
import { isRequirement, statusOf } from '../requirements.ts';

/**
 * Says inside a test which requirements it proves; test/requirements.test.ts collects the ids from the text of the test files.
 * Fails for an id that the ledger does not have, outside of a test, and in a test that then asserts nothing.
 */
export function proves(...ids: readonly string[]): void {
  if (expect.getState().currentTestName === undefined)
    throw new Error(`proves(${ids.join(', ')}) stands outside of a test`);
  check(ids, 'proven');
  expect.hasAssertions();
}

/** Says inside an `it.fails` which requirements are known not to be kept; the test asserts what should be. */
export function awaits(...ids: readonly string[]): void {
  check(ids, 'todo');
}

function check(ids: readonly string[], status: string): void {
  if (ids.length === 0) throw new Error('which requirement?');
  for (const id of ids) {
    if (!isRequirement(id)) throw new Error(`${id} is not in test/requirements.ts`);
    if (statusOf(id) !== status) throw new Error(`${id} counts as ${statusOf(id)} in test/requirements/exceptions.ts`);
  }
}
