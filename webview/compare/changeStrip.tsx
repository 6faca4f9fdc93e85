/** The strip that says what the decisions are compared with, and how many calls differ in what. */
import type { JSX } from 'preact';
import { changeKinds, changeTitles } from '../../src/core/difc/record/changeKind.ts';
import type { ChangeKind } from '../../src/core/difc/record/changeKind.ts';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { formatCount, plural } from '../models/format.ts';
import { useStore } from '../views/context.ts';
import { Icon } from '../widgets/icon.tsx';
import { ActionLink } from '../widgets/small.tsx';

/** Null while there is nothing to compare with, or nothing differs and no baseline was chosen. */
export function ChangeStrip({ session }: { session: PanelState }): JSX.Element | null {
  const store = useStore();
  const { comparison, run, whatIf } = session;
  const { label, pinned, kinds, uncompared, unstable } = comparison;
  const { changed } = run.marks;
  if (label === '' || (changed === 0 && !pinned)) return null;
  // The strip of what the user changed has counted already.
  const isCounted = whatIf.total > 0 && !pinned;
  const what =
    changed === 0 ? 'No decision differs' : `${plural(changed, 'decision')} ${changed === 1 ? 'differs' : 'differ'}`;
  return (
    <div class="change-strip" role="status" data-testid="change-strip">
      <Icon name="differs" />
      {isCounted ? null : (
        <span title="n and p in the list go to the next and the previous changed call">
          {what} from {label}
        </span>
      )}
      {uncompared === 0 ? null : (
        <span
          class="change-uncompared"
          title="The trace does not say how these calls were decided when it was recorded"
          data-testid="change-uncompared"
        >
          {plural(uncompared, 'call')} without a recorded decision
        </span>
      )}
      <span class="change-kinds" role="group" aria-label="Kinds of changes">
        {changeKinds.map((kind) => {
          const calls = kinds[kind] ?? 0;
          return calls === 0 ? null : <KindChip key={kind} kind={kind} calls={calls} />;
        })}
      </span>
      {unstable === null ? null : (
        <span class="change-unstable" data-testid="change-unstable">
          The inputs are the same, so the guard is not deterministic:{' '}
          <ActionLink onClick={() => void store.reveal(unstable)}>call {formatCount(unstable + 1)}</ActionLink>
        </span>
      )}
      {isCounted ? null : (
        <span class="change-actions">
          {pinned ? (
            <ActionLink
              testId="unpin"
              title="Compare each run with the one before"
              onClick={() => void store.command({ run: 'unpinBaseline' })}
            >
              Compare with the run before
            </ActionLink>
          ) : (
            <ActionLink
              testId="pin"
              title="Compare all later runs with this one"
              onClick={() => void store.command({ run: 'pinBaseline' })}
            >
              Pin this run
            </ActionLink>
          )}
          <ActionLink testId="compare-with" onClick={() => void store.command({ run: 'compareWith' })}>
            Compare with…
          </ActionLink>
        </span>
      )}
    </div>
  );
}

/** Filters by a kind of change; a second click shows all calls again. */
function KindChip({ kind, calls }: { kind: ChangeKind; calls: number }): JSX.Element {
  const store = useStore();
  const word = `change:${kind}`;
  const words = store.query.value.split(/\s+/).filter((each) => each !== '');
  const pressed = words.includes(word);
  const others = words.filter((each) => !each.startsWith('change:'));
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={pressed}
      title={`Show only calls whose ${changeTitles[kind]} changed, like ${word} in the filter box`}
      onClick={() => store.applyQuery([...others, ...(pressed ? [] : [word])].join(' '))}
      data-testid={`change-${kind}`}
    >
      <span class="chip-count">{formatCount(calls)}</span>
      <span class="change-word">{changeTitles[kind]}</span>
    </button>
  );
}
