/** The detail of the selected call: a headline, the remedies for a denied call, and tabs. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CallDetail, CallRow, GuardCallRow } from '../../src/core/protocol/rows.ts';
import { ChangesTab } from '../compare/changesTab.tsx';
import { EditedMark } from '../whatIf/editedMark.tsx';
import { formatCount } from '../models/format.ts';
import { IconButton } from '../widgets/button.tsx';
import { ActionLink, Empty } from '../widgets/small.tsx';
import { type Tab, Tabs } from '../widgets/tabs.tsx';
import { BackendTab } from './backendTab.tsx';
import { useStore } from './context.ts';
import { DecisionTab } from './decisionTab.tsx';
import { GuardTab } from './guardTab.tsx';
import { ItemsTab } from './itemsTab.tsx';
import { LogTab } from './logTab.tsx';
import { MemoryTab } from './memoryTab.tsx';
import { OutcomeMark } from './outcomeMark.tsx';
import { ProblemList } from './problems.tsx';
import { RawTab } from './rawTab.tsx';

export function Detail(): JSX.Element {
  const store = useStore();
  const detail = store.detail.value.value;
  const failure = store.detail.failure.value;
  const loading = store.detail.loading.value;
  const scroller = useRef<HTMLElement>(null);
  const tab = store.tab.value;
  useLayoutEffect(() => scroller.current?.scrollTo(0, 0), [detail?.row.index, tab]);
  return (
    <section
      ref={scroller}
      class={loading ? 'detail detail-loading' : 'detail'}
      aria-label="Selected call"
      aria-busy={loading}
      data-testid="detail"
    >
      {detail === null ? (
        failure === '' ? null : (
          <Empty title="Cannot load the call">{failure}</Empty>
        )
      ) : (
        <>
          <Head detail={detail} />
          <Body detail={detail} />
        </>
      )}
    </section>
  );
}

/** The agent of a trace that names none (gateway spec 3.10). */
const unnamedAgent = 'default';

function Head({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const { row, headline, remedies, mode, line, file } = detail;
  const place = file === undefined ? { line } : { line, file };
  return (
    <header class="detail-head">
      <div class="detail-what">
        <OutcomeMark row={row} />
        {row.was === undefined ? null : (
          <span class="detail-was" data-testid="detail-was">
            was {row.was}
          </span>
        )}
        <h2 class="detail-tool">{row.tool}</h2>
        <span class="detail-facts">
          call {formatCount(row.index + 1)} · server {row.server}
          {row.agent === unnamedAgent && (store.session.value?.agentsTotal ?? 0) < 2 ? '' : ` · agent ${row.agent}`}
          {mode === null ? '' : ` · ${mode} mode`}
          {row.operation === null ? '' : ` · ${row.operation}`}
        </span>
        <span class="detail-actions">
          {canBeChanged(row) ? (
            <ActionLink
              testId="change-call"
              title="Decide with other arguments, another response, labels or mode, and go on from there"
              onClick={() => void store.command({ run: 'changeCall', call: row.index })}
            >
              Change this call…
            </ActionLink>
          ) : null}
          <ActionLink onClick={() => void store.command({ run: 'editAndSend', call: row.index })}>
            Edit and resend
          </ActionLink>
          <ActionLink
            testId="create-test"
            title="Accept the decision of this call in a guard test"
            onClick={() => void store.command({ run: 'createTest', call: row.index })}
          >
            Create test
          </ActionLink>
          <ActionLink onClick={() => void store.command({ run: 'revealLine', ...place })}>
            Go to line {formatCount(line)}
          </ActionLink>
          <IconButton
            icon="close"
            label="Close details"
            onClick={() => void store.selection.select(null)}
            testId="detail-close"
          />
        </span>
      </div>
      <p class="detail-headline" data-testid="detail-headline">
        <EditedMark row={row} isLong />
        {headline}
      </p>
      {remedies.length === 0 ? null : <Remedies key={row.index} remedies={remedies} />}
    </header>
  );
}

/** A call without a decision has nothing that a change could be compared with. */
function canBeChanged({ status }: CallRow): boolean {
  return status !== 'pending' && status !== 'running' && status !== 'skipped';
}

/** Number of remedies that are shown before the user asks for all. */
const remediesShown = 2;

/** The changes that would allow the call; those that are not shown are counted. */
function Remedies({ remedies }: { remedies: readonly string[] }): JSX.Element {
  const [all, setAll] = useState(false);
  const more = remedies.length - remediesShown;
  return (
    <div class="remedies" data-testid="detail-remedies">
      <span class="remedies-title">To allow this call</span>
      <div>
        <ul>
          {(all ? remedies : remedies.slice(0, remediesShown)).map((remedy) => (
            <li key={remedy}>{remedy}</li>
          ))}
        </ul>
        {more <= 0 ? null : (
          <button
            type="button"
            class="remedies-more"
            aria-expanded={all}
            onClick={() => setAll(!all)}
            data-testid="remedies-more"
          >
            {all ? 'Show fewer' : `Show ${formatCount(more)} more`}
          </button>
        )}
      </div>
    </div>
  );
}

function Body({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const tabs = tabsOf(detail);
  const active = tabs.find(({ id }) => id === store.tab.value)?.id ?? 'decision';
  return (
    <Tabs tabs={tabs} active={active} label="Call details" onChange={(id) => store.setTab(id)}>
      <TabContent tab={active} detail={detail} />
    </Tabs>
  );
}

function tabsOf({ itemsTotal, guardCalls, backendCalls, log, problems, changes }: CallDetail): readonly Tab[] {
  return [
    { id: 'decision', title: 'Decision' },
    ...(changes.length === 0 ? [] : [{ id: 'changes', title: 'Changes', count: changes.length }]),
    { id: 'items', title: 'Items', count: itemsTotal },
    { id: 'guard', title: 'Guard', count: guardCalls.length, alert: guardCalls.some(isFailed) },
    { id: 'backend', title: 'Backend calls', count: backendCalls.length },
    { id: 'log', title: 'Log', count: log.length },
    { id: 'memory', title: 'Memory' },
    { id: 'raw', title: 'Raw' },
    {
      id: 'problems',
      title: 'Problems',
      count: problems.length,
      alert: problems.some(({ severity }) => severity === 'error'),
    },
  ];
}

function isFailed({ error, answerError }: GuardCallRow): boolean {
  return error !== null || answerError !== null;
}

function TabContent({ tab, detail }: { tab: string; detail: CallDetail }): JSX.Element {
  switch (tab) {
    case 'changes':
      return <ChangesTab detail={detail} />;
    case 'items':
      return <ItemsTab detail={detail} />;
    case 'guard':
      return <GuardTab detail={detail} />;
    case 'backend':
      return <BackendTab detail={detail} />;
    case 'log':
      return <LogTab detail={detail} />;
    case 'memory':
      return <MemoryTab detail={detail} />;
    case 'raw':
      return <RawTab detail={detail} />;
    case 'problems':
      return detail.problems.length === 0 ? (
        <Empty title="No problems in this call" />
      ) : (
        <ProblemList problems={detail.problems} />
      );
    default:
      return <DecisionTab detail={detail} />;
  }
}
