/** Rule `lint/misplaced-field`: a member that the gateway reads at another level, for example labels beside `agent`. */
import { type Answer, answerWarning } from '../answer.ts';
import type { Problem } from '../../base/parsed.ts';
import type { IgnoredMember } from './ignoredMembers.ts';

/** Reports the faults that are a matter of the level. */
export function misplacedFields(answer: Answer, faults: readonly IgnoredMember[]): readonly Problem[] {
  return faults.flatMap(({ name, at, belongs }) => {
    if (belongs === null) return [];
    const target = belongs === '' ? 'at the top level' : `at "${belongs}"`;
    return [
      answerWarning(
        answer,
        {
          code: 'lint/misplaced-field',
          message: `The gateway ignores ${JSON.stringify(name)} at "${at}" of the answer of ${answer.call.function}, because it stands at the wrong level`,
          hint: `The gateway reads it ${target}: move it there`,
          subject: at.replaceAll(/\/\d+/g, '/*'),
          fix: { kind: 'move', at, replace: at, by: belongs },
        },
        name,
      ),
    ];
  });
}
