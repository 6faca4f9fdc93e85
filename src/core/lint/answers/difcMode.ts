/** Rule `lint/difc-mode`: an answer of `label_agent` without a mode that the gateway knows, so that no call passes. */
import type { Problem } from '../../base/parsed.ts';
import { parseEnforcementMode } from '../../difc/monitor/evaluator.ts';
import { trimSpace } from '../../go/goText.ts';
import { closest } from '../../policy/suggest.ts';
import { type Answer, answerWarning, memberNamed } from '../answer.ts';

const modes = ['strict', 'filter', 'propagate'] as const;
const valid = 'The modes are "strict", "filter" and "propagate"';

export function difcMode(answer: Answer): readonly Problem[] {
  const { call, document, record } = answer;
  if (call.function !== 'label_agent' || record.endedIn !== 'init') return [];
  const mode = memberNamed(document, 'difc_mode', true);
  if (mode === undefined || mode === null || (typeof mode === 'string' && trimSpace(mode) === '')) {
    // The guard reports an error of its own in place of a mode.
    if (document['success'] === false || document['ok'] === false || typeof document['error'] === 'string') return [];
    const message = 'The answer of label_agent has no "difc_mode", so the gateway refuses every call of the session';
    const hint = `Add "difc_mode": "filter". ${valid}`;
    const fix = { kind: 'add', at: '/difc_mode', replace: '', by: '"filter"' } as const;
    return [answerWarning(answer, { code: 'lint/difc-mode', message, hint, fix })];
  }
  if (typeof mode === 'string' && parseEnforcementMode(mode).ok) return [];
  const text = JSON.stringify(mode);
  const meant = typeof mode === 'string' ? closest(mode, modes) : null;
  const finding = {
    code: 'lint/difc-mode',
    message: `The gateway does not know the difc_mode ${text} of label_agent, so it refuses every call of the session`,
    hint: `${meant === null ? '' : `Did you mean "${meant}"? `}${valid}, without spaces around them`,
    subject: text,
  };
  if (meant === null) return [answerWarning(answer, finding)];
  return [
    answerWarning(answer, {
      ...finding,
      fix: { kind: 'value', at: '/difc_mode', replace: text, by: JSON.stringify(meant) },
    }),
  ];
}
