/** Rule `lint/unknown-field`: a member of an answer that the gateway ignores, because it knows no member of this name. */
import { type Answer, answerWarning } from '../answer.ts';
import type { Problem } from '../../base/parsed.ts';
import type { IgnoredMember } from './ignoredMembers.ts';

/** Reports the faults that are not a matter of the level. */
export function unknownFields(answer: Answer, faults: readonly IgnoredMember[]): readonly Problem[] {
  return faults
    .filter(({ belongs }) => belongs === null)
    .map(({ name, at, meant, known }) => {
      const place = at.slice(0, at.lastIndexOf('/'));
      const where =
        place === '' ? `the answer of ${answer.call.function}` : `"${place}" of the answer of ${answer.call.function}`;
      const finding = {
        code: 'lint/unknown-field',
        message: `The gateway ignores ${JSON.stringify(name)} in ${where}: ${reason(answer, at)}`,
        hint:
          meant === null
            ? `The gateway reads ${known.map((one) => `"${one}"`).join(', ')} here`
            : `Did you mean "${meant}"? The name must have exactly this spelling`,
        subject: name,
      };
      if (meant === null) return answerWarning(answer, finding);
      return answerWarning(answer, { ...finding, fix: { kind: 'rename', at, replace: name, by: meant } });
    });
}

/** Why a member does not count; with `labeled_paths`, the older list of items does not (gateway spec 2.6). */
function reason({ call }: Answer, at: string): string {
  const isOlder = call.function === 'label_response' && at === '/items';
  return isOlder ? 'beside labeled_paths the older list does not count' : 'it reads no member of this name there';
}
