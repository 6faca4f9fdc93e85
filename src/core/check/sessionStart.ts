/** Checks that the guard begins a session: `label_agent` answers with a mode that the gateway knows. */
import { type Check, ended } from './checkModel.ts';
import { breakdown, isRefusedByGuard } from './judge.ts';
import { begin } from './steps.ts';

export const sessionStart: Check = {
  id: 'session-start',
  section: 'buffers',
  title: 'label_agent answers with labels and a mode',
  *run(subject) {
    const record = yield* begin(subject);
    const found = breakdown(record, subject.captured ? 'the policy of the session' : 'the policy');
    if (found !== null) return ended('one call', [found]);
    if (!isRefusedByGuard(record)) return ended('one call', []);
    return ended('one call', [
      {
        severity: 'error',
        code: 'check/session-refused',
        message: `label_agent refused the policy: ${record.error ?? ''}`,
        meaning: 'The session does not begin: every call of it fails',
        hint: 'Choose a policy that the guard accepts with --policy, or read why it refuses this one in its log',
        subject: 'label_agent',
      },
    ]);
  },
};
