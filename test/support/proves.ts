/** Ties a test to the requirements of the ledger that it proves. */
import { expect } from 'vitest';
import { isRequirement } from '../requirements.ts';

/**
 * Declares inside a test which requirements it proves; test/requirements.test.ts collects the ids from the text of the test files.
 * Fails for an id that the ledger does not have, outside of a test, and in a test without assertions.
 */
export function proves(...ids: readonly string[]): void {
  if (expect.getState().currentTestName === undefined) throw new Error('proves() stands inside a test');
  check(ids);
  expect.hasAssertions();
}

/** Declares inside an `it.fails`, which asserts the required behaviour, that these requirements are known not to be kept yet. */
export function awaits(...ids: readonly string[]): void {
  check(ids);
}

function check(ids: readonly string[]): void {
  if (ids.length === 0) throw new Error('Which requirement?');
  for (const id of ids) if (!isRequirement(id)) throw new Error(`${id} is not in test/requirements.ts`);
}
