/** The panel: toolbar, notices, filter, and the call list beside or above the detail. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PanelState } from '../src/core/protocol/panel.ts';
import { ChangeStrip } from './compare/changeStrip.tsx';
import type { Several } from './models/columns.ts';
import type { PanelStore } from './store.ts';
import { CallList } from './views/callList.tsx';
import { StoreContext, useStore } from './views/context.ts';
import { Detail } from './views/detail.tsx';
import { ChooseGuard, EmptyList } from './views/emptyList.tsx';
import { FilterBar } from './views/filterBar.tsx';
import { Notices } from './views/notices.tsx';
import { ProblemsStrip } from './views/problems.tsx';
import { Progress } from './views/progress.tsx';
import { StatusLine } from './views/statusLine.tsx';
import { WhatIfStrip } from './whatIf/whatIfStrip.tsx';
import { Toolbar } from './views/toolbar.tsx';
import { Empty, ProgressRing } from './widgets/small.tsx';
import { useSize } from './widgets/size.ts';
import { Splitter } from './widgets/splitter.tsx';

/** Minimum width in pixels for the detail beside the list; below it the detail is under the list. */
const besideFrom = 1100;

export function App({ store }: { store: PanelStore }): JSX.Element {
  const session = store.session.value;
  return (
    <StoreContext.Provider value={store}>
      {session === null ? <Opening failure={store.failure.value} /> : <Panel session={session} />}
    </StoreContext.Provider>
  );
}

function Opening({ failure }: { failure: string }): JSX.Element {
  return failure === '' ? (
    <div class="opening">
      <ProgressRing label="Opening trace" />
    </div>
  ) : (
    <Empty title="Cannot open the trace" testId="empty-opening">
      {failure}
    </Empty>
  );
}

function Panel({ session }: { session: PanelState }): JSX.Element {
  const store = useStore();
  const main = useRef<HTMLElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLElement>(null);
  const { width } = useSize(main);
  const between = width >= besideFrom ? 'columns' : 'rows';
  const selected = store.selection.index.value;
  const several: Several = { servers: session.servers.length > 1, agents: session.agentsTotal > 1 };
  const share = `${store.split.value * 100}%`;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (event.key === '/') {
        event.preventDefault();
        filterInput.current?.focus();
      } else if (event.target === document.body && /^(Arrow(Up|Down)|Page(Up|Down)|Home|End|n|p)$/.test(event.key)) {
        event.preventDefault();
        grid.current?.focus();
        grid.current?.dispatchEvent(new KeyboardEvent('keydown', { key: event.key }));
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);

  // Closing the detail removes the focused element, so the focus returns to the list.
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && selected === null) grid.current?.focus();
    wasOpen.current = selected !== null;
  }, [selected]);

  const openDetail = (): void =>
    main.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  const onDetailKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') grid.current?.focus();
  };
  return (
    <div class="panel">
      <header class="panel-head">
        <h1 class="visually-hidden">Guardscope: calls of {session.trace.title}</h1>
        <Toolbar session={session} />
        <Progress run={session.run} />
        <Notices session={session} />
        <ChooseGuard session={session} />
        <ProblemsStrip session={session} />
        <WhatIfStrip session={session} />
        <ChangeStrip session={session} />
      </header>
      <FilterBar session={session} inputRef={filterInput} onLeave={() => grid.current?.focus()} />
      <main
        class={`split split-${between}${selected === null ? ' split-alone' : ''}`}
        ref={main}
        style={{ '--share': share }}
      >
        <div class="split-first">
          <EmptyList session={session} />
          <CallList several={several} gridRef={grid} onOpen={openDetail} />
        </div>
        {selected === null ? null : (
          <>
            <Splitter between={between} value={store.split.value} onChange={(value) => store.setSplit(value)} />
            <div class="split-second" onKeyDown={onDetailKey}>
              <Detail />
            </div>
          </>
        )}
      </main>
      <StatusLine session={session} />
    </div>
  );
}

function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
