/** Rule `lint/path-below-item`: a path to a part of an item, although labels apply to whole items. */
import type { Problem } from '../../base/parsed.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { listedPaths } from './listedPaths.ts';
import type { PathFacts } from './pathFacts.ts';
import { isRawPath } from './pathOfRawResult.ts';

export function pathsBelowItem(answer: Answer, facts: PathFacts): readonly Problem[] {
  const below = facts.entries.filter((entry) => entry.below !== '' && !isRawPath(entry.path, facts));
  const first = below[0];
  if (first === undefined || facts.items === null) return [];
  const whole = first.path.slice(0, -first.below.length);
  return [
    answerWarning(
      answer,
      {
        code: 'lint/path-below-item',
        message: `${listedPaths(below)} in labeled_paths ${below.length === 1 ? 'names' : 'name'} a part of an item; the gateway ignores ${JSON.stringify(first.below)} and labels the whole item`,
        hint: `An item is shown or withheld as a whole: write ${JSON.stringify(whole)}, with the labels of all its parts`,
        fix: first.fixedBy(whole),
      },
      first.path,
    ),
  ];
}
