/** Rule `lint/path-outside-items`: a path that does not start with `items_path`, so that the gateway skips its entry. */
import type { Problem } from '../../base/parsed.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { listedPaths } from './listedPaths.ts';
import { type PathFacts, withPrefix } from './pathFacts.ts';
import { isRawPath } from './pathOfRawResult.ts';

export function pathsOutsideItems(answer: Answer, facts: PathFacts): readonly Problem[] {
  const { entries, itemsPath } = facts;
  const outside = entries.filter((entry) => !entry.isInside && !isRawPath(entry.path, facts));
  const first = outside[0];
  if (first === undefined) return [];
  const plain = itemsPath.replace(/\/+$/, '');
  if (plain !== itemsPath && plain !== '') return [slashAtEnd(answer, facts, plain)];
  const meant = withPrefix(itemsPath, first.path);
  const finding = {
    code: 'lint/path-outside-items',
    message: `${listedPaths(outside)} in labeled_paths ${outside.length === 1 ? 'lies' : 'lie'} outside of items_path ${JSON.stringify(itemsPath)}, so the gateway skips ${outside.length === 1 ? 'it' : 'them'}`,
    hint: `Every path must start with exactly ${JSON.stringify(`${itemsPath}/`)}${meant === null ? ' and go on with the index of an item' : `: write ${JSON.stringify(meant)}`}`,
  };
  if (meant === null) return [answerWarning(answer, finding, first.path)];
  return [answerWarning(answer, { ...finding, fix: first.fixedBy(meant) }, first.path)];
}

/** The gateway ignores a slash at the end of `items_path` when it looks for the list, but not when it compares paths with it. */
function slashAtEnd(answer: Answer, { entries, itemsPath }: PathFacts, plain: string): Problem {
  const [replace, by] = [JSON.stringify(itemsPath), JSON.stringify(plain)];
  return answerWarning(
    answer,
    {
      code: 'lint/path-outside-items',
      message: `${listedPaths(entries)} in labeled_paths ${entries.length === 1 ? 'does' : 'do'} not start with items_path ${replace} and a further slash, so the gateway skips ${entries.length === 1 ? 'it' : 'them'}`,
      hint: `Write "items_path": ${by}, without a slash at its end`,
      fix: { kind: 'value', at: '/items_path', replace, by },
    },
    '"items_path"',
  );
}
