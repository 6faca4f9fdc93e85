/** What the findings of `core/lint` mean in production, for the report of a check. */
import type { Problem } from '../base/parsed.ts';
import type { CheckFinding } from './checkModel.ts';

const prefix = 'lint/';

const ignored = 'The gateway ignores it without a word, so the labels are not those that the guard meant';

const meanings: ReadonlyMap<string, string> = new Map([
  ['unknown-field', ignored],
  ['misplaced-field', ignored],
  ['too-many-lookups', 'Items behind the 50th look-up are labelled as if the backend did not answer'],
  ['lookup-not-repeated', 'The guard labels as if the backend had not answered, although it did'],
  ['lookup-refused', 'The guard never gets the answer that it needs'],
  [
    'operation-of-tool',
    'A write that counts as a read is not checked against the labels of what it changes; a read that counts as a write is refused as a whole',
  ],
  ['path-without-item', 'An item keeps the default labels, or none at all, and another one may get its labels'],
  ['too-small-size', 'An answer of more than 4 MiB fails, because the retry has a buffer of the wrong size'],
]);

/** A finding of lint in a report. Its message says what the gateway does; where that is not enough, the meaning is here. */
export function withMeaning(problem: Problem): CheckFinding {
  const meaning =
    meanings.get(problem.code.slice(prefix.length)) ??
    'The gateway does not report it; the decision is made without it';
  return { ...problem, meaning };
}
