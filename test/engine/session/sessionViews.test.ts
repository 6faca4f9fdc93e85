/** What the panel shows of a trace view: header, details and filtered list. */
import { noFilter } from '../../../src/core/protocol/rows.ts';
import { basename } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { panelState } from '../../../src/engine/session/panelState.ts';
import { decisionDetail, itemRows, pendingDetail, fullText } from '../../../src/core/present/presentDetail.ts';
import { RowIndex } from '../../../src/core/present/rowIndex.ts';
import { calls, cleanUp, closeSessions, sessionOf, trace } from './sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

describe('the panel', () => {
  it('shows the state of the trace, the inputs and the run in the header', async () => {
    const session = sessionOf();
    const state = (): ReturnType<typeof panelState> => panelState(session, (full) => basename(full));
    expect(state()).toMatchObject({
      trace: { title: 'trace.guardtrace.jsonl', path: 'trace.guardtrace.jsonl', calls },
      guard: { title: 'guard.wasm', status: 'ready' },
      policy: { title: 'policy.json', status: 'ready' },
      servers: [{ id: 'files', calls, undecided: null, configured: true }],
      agents: [{ id: 'default', calls }],
      config: { title: null, status: 'none' },
      replaced: null,
      mode: 'strict',
      run: { status: 'idle' },
    });
    await session.replay();
    expect(state()).toMatchObject({ run: { status: 'done', done: calls }, revision: session.revision });
    expect(state().problemsTotal).toBe(session.problems.length);
    session.update({ guard: null, policy: null });
    expect(state()).toMatchObject({ guard: { title: null, status: 'none' }, policy: { title: null, status: 'none' } });
  });

  it('counts problems, including those that are only summed up', () => {
    const more = { severity: 'error', code: 'trace/bad-line', message: '199 more', count: 199 } as const;
    const session = sessionOf({}, { ...trace, problems: [{ ...more, count: 1 }, more] });
    const { problems, problemsTotal } = panelState(session, basename);
    expect(problemsTotal - problems.length).toBe(198);
  });

  it('shows why a call was denied, what would help, and what the client got', async () => {
    const session = sessionOf();
    await session.replay();
    const denied = [...session.records()].find(({ outcome }) => outcome === 'denied');
    if (denied === undefined) throw new Error('the sample has no denied call');
    const call = session.call(denied.index);
    const detail = decisionDetail(denied, session.row(denied.index), call?.requestLine ?? 0);
    expect(detail).toMatchObject({
      row: { index: denied.index, status: 'denied' },
      mode: 'filter',
      coarse: { outcome: 'denied' },
      backendResult: null,
      clientIsError: true,
      itemsTotal: 0,
      line: call?.requestLine,
    });
    expect(detail.headline).toBe(detail.row.headline);
    expect(detail.coarse?.reason).not.toBe('');
    expect(detail.phases.some(({ status }) => status === 'stopped')).toBe(true);
    expect(detail.phases.flatMap(({ sentences }) => sentences).join()).toContain('private:customers');
    expect(detail.remedies.length).toBeGreaterThan(0);
    expect(detail.guardCalls.map((each) => each.function)).toContain('label_resource');
    expect(JSON.parse(detail.args.text)).toEqual(call?.args);
    expect(JSON.parse(JSON.stringify(detail))).toEqual(detail);
  });

  it('shows the items of a filtered call, from any position in the list', async () => {
    const session = sessionOf();
    await session.replay();
    const filtered = [...session.records()].find(({ tool }) => tool === 'search_files');
    if (filtered === undefined) throw new Error('the sample searches nowhere');
    const detail = decisionDetail(filtered, session.row(filtered.index), 1);
    expect(detail).toMatchObject({ itemsTotal: 16, itemsAllowed: 11, clientIsError: false });
    expect(detail.items).toHaveLength(16);
    expect(itemRows(filtered, 14, 100)).toEqual(detail.items.slice(14));
    const withheld = detail.items.filter(({ allowed }) => !allowed);
    expect(withheld.every(({ why }) => why.startsWith('Withheld'))).toBe(true);
    const whole = fullText(filtered, { of: 'client', call: filtered.index });
    expect(whole).toMatchObject({ truncated: false, text: detail.client?.text });
  });

  it('shows the recorded request and answer of a call that has not been replayed', () => {
    const session = sessionOf();
    const call = session.call(1);
    if (call === undefined) throw new Error('the sample has no second call');
    const detail = pendingDetail(call, session.row(1));
    expect(detail).toMatchObject({ headline: 'Not replayed yet', client: null, phases: [], line: call.requestLine });
    expect(detail.backendResult?.text).toContain('content');
  });

  it('filters the list before and after a replay', async () => {
    const session = sessionOf();
    const source = {
      get revision(): number {
        return session.revision;
      },
      count: trace.calls.length,
      row: (index: number) => session.row(index),
    };
    const index = new RowIndex(source);
    const denied = { ...noFilter, statuses: ['denied'] } as const;
    expect(index.page(0, 100, denied).total).toBe(0);
    expect(index.page(0, 100, { ...noFilter, text: 'customers' }).total).toBeGreaterThan(0);
    await session.replay();
    const page = index.page(0, 2, denied);
    expect(page).toMatchObject({ from: 0, total: 4, revision: session.revision });
    expect(page.rows.map(({ status }) => status)).toEqual(['denied', 'denied']);
    expect(index.page(2, 100, denied).rows).toHaveLength(2);
    expect(index.locate(page.rows[1]?.index ?? -1, denied)).toBe(1);
    session.update({ deadlineMs: 1_000 });
    expect(index.page(0, 100, denied).total).toBe(0);
  });
});
