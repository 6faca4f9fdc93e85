/** Rule `lint/items-path-missing`: entries of `labeled_paths` that do not count, because the response is not a list and `items_path` is missing. */
import { pointerSegment } from '../../base/jsonPointer.ts';
import type { Problem } from '../../base/parsed.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { splitPointer } from '../../difc/monitor/pathLabels.ts';
import { atoi } from '../../go/goText.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { arraysIn, arraysText } from './arrays.ts';
import { listedPaths } from './listedPaths.ts';
import type { PathFacts } from './pathFacts.ts';
import { isRawPath, withoutRawStart } from './pathOfRawResult.ts';

export function itemsPathMissing(answer: Answer, facts: PathFacts): readonly Problem[] {
  const { entries, items, data } = facts;
  const first = entries[0];
  if (items !== null || first === undefined) return [];
  const path = isRawPath(first.path, facts) ? withoutRawStart(first.path) : first.path;
  const arrays = arraysIn(data);
  const meant = arrayOnPath(path, data) ?? (arrays.length === 1 ? (arrays[0]?.pointer ?? null) : null);
  const verb = entries.length === 1 ? 'does' : 'do';
  const finding = {
    code: 'lint/items-path-missing',
    message: `${listedPaths(entries)} in labeled_paths ${verb} not count: items_path is missing and the response is not a list, so it is one item with default_labels`,
    hint:
      meant === null
        ? `Set items_path to the list of items (${arraysText(arrays)}), or give the labels as default_labels`
        : `Add "items_path": ${JSON.stringify(meant)}`,
  };
  if (meant === null) return [answerWarning(answer, finding, first.path)];
  const fix = { kind: 'add', at: '/items_path', replace: '', by: JSON.stringify(meant) } as const;
  return [answerWarning(answer, { ...finding, fix }, first.path)];
}

/** The array that a path leads into: the part of the path before the first index of an array; null when there is none. */
function arrayOnPath(path: string, data: JsonValue): string | null {
  let value: JsonValue | undefined = data;
  let pointer = '';
  for (const segment of splitPointer(path)) {
    if (Array.isArray(value)) return pointer === '' || atoi(segment) === null ? null : pointer;
    value = isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
    pointer += `/${pointerSegment(segment)}`;
  }
  return null;
}
