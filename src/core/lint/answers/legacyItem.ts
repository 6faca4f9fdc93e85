/** Rule `lint/legacy-item`: an entry of the older list of items that the gateway drops, or that takes the item's data away. */
import type { Problem } from '../../base/parsed.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { type Answer, answerWarning } from '../answer.ts';

export function legacyItems(answer: Answer): readonly Problem[] {
  const { call, document } = answer;
  if (call.function !== 'label_response' || Object.hasOwn(document, 'labeled_paths')) return [];
  const { items } = document;
  if (items === undefined || items === null) return [];
  if (!Array.isArray(items)) return [notList(answer, items)];
  const entries: readonly JsonValue[] = items;
  const at = entries.findIndex((entry) => !isJsonObject(entry) || !Object.hasOwn(entry, 'data'));
  if (at < 0) return [];
  const isObject = isJsonObject(entries[at]);
  return [
    answerWarning(
      answer,
      {
        code: 'lint/legacy-item',
        message: isObject
          ? `Entry ${at} of items has no "data", so the client gets null in place of the item`
          : `Entry ${at} of items is ${JSON.stringify(entries[at])}, not an object, so the gateway drops it`,
        hint: 'Write {"data": …, "labels": {…}} for each item with a copy of its data, or return labeled_paths, which need no copies',
      },
      JSON.stringify(entries[at]),
    ),
  ];
}

function notList(answer: Answer, items: JsonValue): Problem {
  return answerWarning(
    answer,
    {
      code: 'lint/legacy-item',
      message: `"items" is ${JSON.stringify(items)}, not a list, so the gateway takes the answer for one without labels`,
      hint: 'Write a list of {"data": …, "labels": {…}}, or return labeled_paths',
    },
    '"items"',
  );
}
