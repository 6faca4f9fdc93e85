/** The detail of the selected call: a headline, the remedies for a denied call, and tabs. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { CallDetail, GuardCallRow } from '../../src/core/protocol/rows.ts';
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

function Head({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const { row, headline, remedies, mode, line } = detail;
  return (
    <header class="detail-head">
      <div class="detail-what">
        <OutcomeMark status={row.status} />
        <span class="detail-tool">{row.tool}</span>
        <span class="detail-facts">
          call {formatCount(row.index + 1)} · {row.server}
          {mode === null ? '' : ` · ${mode} mode`}
          {row.operation === null ? '' : ` · ${row.operation}`}
        </span>
        <span class="detail-actions">
          <ActionLink onClick={() => void store.command({ run: 'editAndSend', call: row.index })}>
            Edit and resend
          </ActionLink>
          <ActionLink onClick={() => void store.command({ run: 'revealLine', line })}>
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
        {headline}
      </p>
      {remedies.length === 0 ? null : (
        <div class="remedies" data-testid="detail-remedies">
          <span class="remedies-title">To allow this call</span>
          <ul>
            {remedies.map((remedy) => (
              <li key={remedy}>{remedy}</li>
            ))}
          </ul>
        </div>
      )}
    </header>
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

function tabsOf({ itemsTotal, guardCalls, backendCalls, log, problems }: CallDetail): readonly Tab[] {
  return [
    { id: 'decision', title: 'Decision' },
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
