/** Rule `lint/path-without-index`: a path without the index of an item where the gateway looks for it. */
import type { Problem } from '../../base/parsed.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { listedPaths } from './listedPaths.ts';
import { type PathFacts, withPrefix } from './pathFacts.ts';
import { isRawPath } from './pathOfRawResult.ts';

export function pathsWithoutIndex(answer: Answer, facts: PathFacts): readonly Problem[] {
  if (facts.items === null) return [];
  const faulty = facts.entries.filter(
    (entry) => entry.isInside && entry.index === null && !isRawPath(entry.path, facts),
  );
  const first = faulty[0];
  if (first === undefined) return [];
  const where =
    facts.itemsPath === '' ? 'the response is a list' : `behind items_path ${JSON.stringify(facts.itemsPath)}`;
  const meant = withPrefix(facts.itemsPath, first.path);
  const example = JSON.stringify(meant ?? `${facts.itemsPath}/0`);
  const finding = {
    code: 'lint/path-without-index',
    message: `${listedPaths(faulty)} in labeled_paths ${faulty.length === 1 ? 'has' : 'have'} no index of an item (${where}), so the gateway skips ${faulty.length === 1 ? 'it' : 'them'}`,
    hint: `A path is a JSON Pointer with the index of an item: write ${example}`,
  };
  if (meant === null) return [answerWarning(answer, finding, first.path)];
  return [answerWarning(answer, { ...finding, fix: first.fixedBy(meant) }, first.path)];
}
