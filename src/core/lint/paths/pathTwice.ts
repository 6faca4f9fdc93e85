/** Rule `lint/path-twice`: two entries for one item, of which only the last one counts. */
import type { Problem } from '../../base/parsed.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { listedPaths } from './listedPaths.ts';
import type { PathEntry, PathFacts } from './pathFacts.ts';

export function pathsTwice(answer: Answer, { entries, items }: PathFacts): readonly Problem[] {
  const byIndex = new Map<number, PathEntry[]>();
  for (const entry of entries) {
    if (entry.index === null || items === null || entry.index < 0 || entry.index >= items) continue;
    const same = byIndex.get(entry.index) ?? [];
    same.push(entry);
    byIndex.set(entry.index, same);
  }
  const doubled = [...byIndex].filter(([, same]) => same.length > 1);
  const first = doubled[0];
  if (first === undefined) return [];
  const [index, same] = first;
  const more = doubled.length === 1 ? '' : `, and ${doubled.length - 1} more items have several entries`;
  return [
    answerWarning(
      answer,
      {
        code: 'lint/path-twice',
        message: `${listedPaths(same)} in labeled_paths name the same item (index ${index}); only the last entry counts${more}`,
        hint: 'Give one entry for each item, with all of its labels',
      },
      same[0]?.path ?? '',
    ),
  ];
}
