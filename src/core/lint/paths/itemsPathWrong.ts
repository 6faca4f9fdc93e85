/** Rule `lint/items-path-wrong`: an `items_path` for which the gateway refuses the whole answer. */
import type { Problem } from '../../base/parsed.ts';
import { unwrapText } from '../../mcp/textContent.ts';
import { closest } from '../../policy/suggest.ts';
import { type Answer, answerWarning, itemsPathOf } from '../answer.ts';
import { arraysIn, arraysText } from './arrays.ts';
import { isRawPath, withoutRawStart } from './pathOfRawResult.ts';

export function itemsPathWrong(answer: Answer): readonly Problem[] {
  const { error, backendResult } = answer.record;
  const itemsPath = itemsPathOf(answer);
  if (error?.includes('failed to resolve path labels: ') !== true || itemsPath === '') return [];
  const data = unwrapText(backendResult);
  const arrays = arraysIn(data);
  const isRaw = isRawPath(itemsPath, { isUnwrapped: data !== backendResult });
  const pointers = arrays.map(({ pointer }) => pointer);
  const meant = isRaw
    ? pointers.find((pointer) => pointer === withoutRawStart(itemsPath))
    : (closest(
        itemsPath,
        pointers.filter((pointer) => pointer !== ''),
      ) ?? (pointers.length === 1 ? pointers[0] : undefined));
  const why = isRaw
    ? 'starts at the MCP result, but the gateway applies it to the JSON in its text'
    : 'does not lead to a list in this response';
  const finding = {
    code: 'lint/items-path-wrong',
    message: `items_path ${JSON.stringify(itemsPath)} ${why}, so the gateway refuses the answer; ${arraysText(arrays)}`,
    hint:
      meant === undefined
        ? 'Leave items_path out for a response without a list; its labels are default_labels'
        : `Write "items_path": ${JSON.stringify(meant)}`,
    subject: itemsPath,
  };
  if (meant === undefined) return [answerWarning(answer, finding)];
  const fix = {
    kind: 'value',
    at: '/items_path',
    replace: JSON.stringify(itemsPath),
    by: JSON.stringify(meant),
  } as const;
  return [answerWarning(answer, { ...finding, fix })];
}
