/** Rule `lint/missing-resource`: an answer of `label_resource` without a `resource` object, which the gateway refuses. */
import type { Problem } from '../../base/parsed.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Answer, answerWarning } from '../answer.ts';

export function missingResource(answer: Answer): readonly Problem[] {
  if (answer.call.function !== 'label_resource') return [];
  const resource = answer.document['resource'];
  if (isJsonObject(resource)) return [];
  const what =
    resource === undefined
      ? 'has no "resource"'
      : `has ${JSON.stringify(resource)} as "resource", which is not an object`;
  return [
    answerWarning(
      answer,
      {
        code: 'lint/missing-resource',
        message: `The answer of label_resource ${what}, so the gateway refuses the call`,
        hint: 'Write {"resource": {"description": "…", "secrecy": […], "integrity": […]}, "operation": "read"}; to refuse a call, return -1',
      },
      '"resource"',
    ),
  ];
}
