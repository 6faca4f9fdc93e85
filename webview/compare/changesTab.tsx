/** The tab with the differences between a decision and that of the baseline. */
import type { JSX } from 'preact';
import { changeTitles } from '../../src/core/difc/record/changeKind.ts';
import type { CallDetail } from '../../src/core/protocol/rows.ts';
import { useStore } from '../views/context.ts';
import { ActionLink } from '../widgets/small.tsx';

export function ChangesTab({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const label = store.session.value?.comparison.label ?? '';
  return (
    <div class="changes-tab" data-testid="changes">
      <p>
        Compared with {label}.{' '}
        <ActionLink
          testId="open-comparison"
          onClick={() => void store.command({ run: 'openComparison', call: detail.row.index })}
        >
          Open both decisions side by side
        </ActionLink>
      </p>
      <dl class="changes">
        {detail.changes.map(({ kind, text, pointer }) => (
          <div key={kind} class="change">
            <dt>{changeTitles[kind]}</dt>
            <dd>
              {text}
              <span class="change-pointer" title="The first place that differs in the decision record">
                {pointer}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
