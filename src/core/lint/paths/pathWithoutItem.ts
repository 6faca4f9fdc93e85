/** Rule `lint/path-without-item`: a path with an index that no item of the response has. */
import type { Problem } from '../../base/parsed.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { listedPaths } from './listedPaths.ts';
import type { PathFacts } from './pathFacts.ts';

export function pathsWithoutItem(answer: Answer, { entries, items }: PathFacts): readonly Problem[] {
  if (items === null) return [];
  const missed = entries.filter(({ index }) => index !== null && (index < 0 || index >= items));
  const first = missed[0];
  if (first === undefined) return [];
  const verb = missed.length === 1 ? 'hits' : 'hit';
  return [
    answerWarning(
      answer,
      {
        code: 'lint/path-without-item',
        message: `${listedPaths(missed)} in labeled_paths ${verb} no item: ${indexesText(items)}`,
        hint: 'Indexes count from 0; give labels to items of this response only, and default_labels for the rest',
      },
      first.path,
    ),
  ];
}

function indexesText(items: number): string {
  if (items === 0) return 'the response has no items';
  return items === 1 ? 'the only index is 0' : `the indexes are 0 to ${items - 1}`;
}
