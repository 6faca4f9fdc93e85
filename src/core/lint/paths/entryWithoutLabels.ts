/** Rule `lint/entry-without-labels`: an entry without `labels`, whose item gets empty labels instead of the default labels. */
import type { Problem } from '../../base/parsed.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { foldName } from '../../go/goJsonTyped.ts';
import { type Answer, answerWarning, memberNamed, pathEntries } from '../answer.ts';

export function entriesWithoutLabels(answer: Answer): readonly Problem[] {
  const entries = pathEntries(answer);
  const faulty = entries.flatMap((entry, at) => (lacksLabels(entry) ? [at] : []));
  const first = faulty[0];
  if (first === undefined) return [];
  const more = faulty.length === 1 ? '' : ` (and ${faulty.length - 1} more)`;
  return [
    answerWarning(
      answer,
      {
        code: 'lint/entry-without-labels',
        message: `Entry ${first} of labeled_paths${more} has no "labels", so its item gets empty labels, not default_labels`,
        hint: 'Write {"path": …, "labels": {"secrecy": […], "integrity": […]}}, or leave the entry out to use default_labels',
      },
      JSON.stringify(entries[first]),
    ),
  ];
}

/** Whether an entry has neither labels nor members that another rule takes for misplaced or misspelt labels. */
function lacksLabels(entry: JsonValue): boolean {
  if (!isJsonObject(entry) || (memberNamed(entry, 'labels', true) ?? null) !== null) return false;
  return Object.keys(entry).every((name) => ['path', 'labels'].includes(foldName(name)));
}
