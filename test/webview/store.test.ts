/** Tests of the panel's store with a fake host over an in-memory link. */
import { noFilter } from '../../src/core/protocol/rows.ts';
import { describe, expect, it } from 'vitest';
import { readSaved } from '../../webview/state/saved.ts';
import { FakeHost, keep, page, settle, started } from './fakeHost.ts';

describe('opening', () => {
  it('requests the session and the first page', async () => {
    const host = new FakeHost();
    await host.store.start();
    await settle();
    expect(host.take('rows')).toEqual([page(0)]);
    expect(host.store.rows.total.value).toBe(1000);
    expect(host.store.rows.rowAt(99)?.index).toBe(99);
    expect(host.store.rows.rowAt(100)).toBeUndefined();
    expect(host.store.session.value?.trace.calls).toBe(1000);
  });

  it('shows the reason when the session cannot be opened', async () => {
    const host = new FakeHost();
    host.failing = 'The trace file is gone';
    await host.store.start();
    expect(host.store.failure.value).toBe('The trace file is gone');
    expect(host.store.session.value).toBeNull();
  });
});

describe('the menus of servers and agents', () => {
  it('write the choice into the filter box at once, and keep the rest of it', async () => {
    const memento = keep();
    const host = await started(new FakeHost(memento));
    host.store.setQuery('tool_1');
    host.store.chooseName('server', 'github');
    await settle();
    expect(host.store.query.value).toBe('tool_1 server:github');
    expect(host.take('rows')).toEqual([page(0, { ...noFilter, text: 'tool_1', servers: ['github'] })]);
    host.store.chooseName('agent', 'a b');
    host.store.chooseName('server', null);
    await settle();
    expect(host.store.query.value).toBe('tool_1 agent:"a b"');
    expect(host.take('rows').at(-1)).toEqual(page(0, { ...noFilter, text: 'tool_1', agents: ['a b'] }));
    // The saved text has the choice, too.
    const reopened = await started(new FakeHost(keep(memento.state)));
    expect(reopened.store.filter.value).toEqual({ ...noFilter, text: 'tool_1', agents: ['a b'] });
  });
});

describe('a query of a click', () => {
  it('is applied at once, in place of what was typed before it, and the chips stay', async () => {
    const host = await started();
    host.store.toggleChip('denied');
    host.store.setQuery('tool_1');
    host.store.applyQuery('tool_1 change:outcome');
    const applied = { ...noFilter, text: 'tool_1 change:outcome', statuses: ['denied'] };
    expect(host.store.filter.value).toEqual(applied);
    await settle();
    expect(host.store.filter.value).toEqual(applied);
    expect(host.store.query.value).toBe('tool_1 change:outcome');
  });
});

describe('a query of the host', () => {
  it('takes the place of all filters, and is saved', async () => {
    const memento = keep();
    const host = await started(new FakeHost(memento));
    host.store.setQuery('tool_1');
    host.store.toggleChip('denied');
    await host.showQuery('clause:min-integrity');
    expect(host.store.query.value).toBe('clause:min-integrity');
    expect(host.take('rows').at(-1)).toEqual(page(0, { ...noFilter, clauses: ['min-integrity'] }));
    const reopened = await started(new FakeHost(keep(memento.state)));
    expect(reopened.store.filter.value).toEqual({ ...noFilter, clauses: ['min-integrity'] });
  });
});

describe('the clauses of a call', () => {
  it('are requested while they are shown, and again after a change', async () => {
    const host = await started();
    expect(host.take('clauses')).toEqual([]);
    const leave = host.store.clauses.watch(3);
    await settle();
    expect(host.store.clauses.value.value).toMatchObject({ index: 3, state: 'none' });
    await host.announce();
    expect(host.take('clauses')).toEqual([{ index: 3 }, { index: 3 }]);
    leave();
    await host.announce();
    expect(host.take('clauses')).toEqual([]);
  });

  it('are those of the last call that was shown', async () => {
    const host = await started();
    host.hold();
    host.store.clauses.watch(1)();
    host.store.clauses.watch(2)();
    host.store.clauses.watch(3);
    await host.release();
    await settle();
    expect(host.take('clauses')).toEqual([{ index: 1 }, { index: 3 }]);
    expect(host.store.clauses.value.value?.index).toBe(3);
  });

  it('say why they cannot be loaded', async () => {
    const host = await started();
    host.failing = 'The guard is gone';
    host.store.clauses.watch(1);
    await settle();
    expect(host.store.clauses.value.value).toMatchObject({ state: 'impossible', message: 'The guard is gone' });
  });
});

describe('selection', () => {
  it('selects a row by position and requests its detail', async () => {
    const host = await started();
    await host.store.selection.moveTo(7);
    await settle();
    expect(host.store.selection.index.value).toBe(7);
    expect(host.store.detail.value.value?.headline).toBe('call 7 at 1');
  });

  it('selects a row that is not loaded when it arrives', async () => {
    const host = await started();
    await host.store.selection.moveTo(999);
    expect(host.take('rows')).toEqual([page(900)]);
    expect(host.store.selection.index.value).toBe(999);
  });

  it('skips the details of calls that are no longer selected', async () => {
    const host = await started();
    host.hold();
    for (const position of [1, 2, 3, 4]) await host.store.selection.moveTo(position);
    expect(host.store.detail.loading.value).toBe(true);
    await host.release();
    expect(host.take('detail')).toEqual([{ index: 1 }, { index: 4 }]);
    expect(host.store.detail.value.value?.row.index).toBe(4);
    expect(host.store.detail.loading.value).toBe(false);
  });

  it('keeps the selected call when the filter moves or hides it', async () => {
    const host = await started();
    await host.store.selection.moveTo(9);
    host.store.toggleChip('denied');
    await settle();
    expect(host.store.selection.position.value).toBe(1);
    expect(host.store.selection.index.value).toBe(9);
    host.store.toggleChip('denied');
    host.store.toggleChip('error');
    await settle();
    expect(host.store.selection.position.value).toBe(-1);
    expect(host.store.detail.value.value?.row.index).toBe(9);
  });

  it('selects a call for the host and clears a filter that hides it', async () => {
    const host = await started();
    host.store.toggleChip('denied');
    await settle();
    await host.select(500);
    expect(host.store.selection.index.value).toBe(500);
    expect(host.store.selection.position.value).toBe(500);
    expect(host.store.selection.reveal.value).toEqual({ position: 500, centre: true });
    expect(host.store.chips.value).toEqual([]);
  });

  it('shows the reason when a detail cannot be loaded', async () => {
    const host = await started();
    await host.store.selection.select(5000);
    await settle();
    expect(host.store.detail.failure.value).toBe('There is no call 5000');
  });

  it('clears the detail when the selection is cleared', async () => {
    const host = await started();
    await host.store.selection.moveTo(7);
    await settle();
    await host.store.selection.select(null);
    expect(host.store.detail.value.value).toBeNull();
    expect(host.store.selection.position.value).toBe(-1);
  });
});

describe('a run', () => {
  it('reloads the detail of a call until it is decided, and once more when the run ends', async () => {
    const host = await started();
    host.running = true;
    host.decided = 0;
    await host.announce();
    await host.store.selection.moveTo(20);
    await settle();
    host.take('detail');
    host.decided = 10;
    await host.announce();
    expect(host.take('detail')).toEqual([{ index: 20 }]);
    host.decided = 30;
    await host.announce();
    expect(host.take('detail')).toEqual([{ index: 20 }]);
    host.decided = 40;
    await host.announce();
    expect(host.take('detail')).toEqual([]);
    host.running = false;
    await host.announce();
    expect(host.take('detail')).toEqual([{ index: 20 }]);
  });

  it('updates the position of the selected call while outcomes change the filtered rows', async () => {
    const host = await started();
    await host.store.selection.moveTo(14);
    host.store.toggleChip('denied');
    await settle();
    host.calls = 900;
    await host.announce();
    expect(host.take('locate').length).toBeGreaterThan(1);
    expect(host.store.selection.position.value).toBe(2);
    expect(host.store.rows.total.value).toBe(180);
  });
});

describe('items', () => {
  it('loads items by range without gaps', async () => {
    const host = await started();
    host.items = 1234;
    await host.store.selection.moveTo(3);
    await settle();
    const { items } = host.store;
    expect(items.rows.value).toHaveLength(200);
    items.more();
    await settle();
    expect(items.rows.value).toHaveLength(700);
    items.more();
    items.more();
    await settle();
    items.more();
    await settle();
    expect(items.rows.value.map(({ index }) => index)).toEqual(Array.from({ length: 1234 }, (_, at) => at));
    expect(host.take('items')).toEqual([200, 700, 1200].map((from) => ({ index: 3, from, count: 500 })));
  });

  it('loads ranges until it finds further filtered items', async () => {
    const host = await started();
    host.items = 5000;
    await host.store.selection.moveTo(3);
    await settle();
    host.store.items.onlyFiltered.value = true;
    host.store.items.more();
    await settle();
    await settle();
    expect(host.store.items.rows.value.filter(({ allowed }) => !allowed)).toHaveLength(50);
    expect(host.store.items.loading.value).toBe(false);
  });

  it('drops items of a call that is no longer selected', async () => {
    const host = await started();
    host.items = 1234;
    await host.store.selection.moveTo(3);
    await settle();
    host.hold();
    host.store.items.more();
    await settle();
    host.items = 7;
    const moved = host.store.selection.moveTo(4);
    await host.release();
    await moved;
    await settle();
    expect(host.store.items.rows.value).toHaveLength(7);
    expect(host.store.items.total.value).toBe(7);
  });
});

describe('commands', () => {
  it('shows a failure until the next command', async () => {
    const host = await started();
    host.failing = 'No guard is chosen';
    await host.store.command({ run: 'replay' });
    expect(host.store.failure.value).toBe('No guard is chosen');
    host.failing = '';
    await host.store.command({ run: 'cancel' });
    expect(host.store.failure.value).toBe('');
    expect(host.take('command')).toEqual([{ run: 'replay' }, { run: 'cancel' }]);
  });
});

describe('saved state', () => {
  it('restores selection, filter, tab and split after a reload', async () => {
    const memento = keep();
    const before = await started(new FakeHost(memento));
    before.store.toggleChip('denied');
    await settle();
    await before.store.selection.moveTo(1);
    before.store.setTab('raw');
    before.store.setSplit(0.3);
    const after = new FakeHost(keep(structuredClone(memento.state)));
    await after.store.start();
    await settle();
    expect(after.store.selection.index.value).toBe(9);
    expect(after.store.selection.position.value).toBe(1);
    expect(after.store.selection.reveal.value).toEqual({ position: 1, centre: true });
    expect(after.store.detail.value.value?.row.index).toBe(9);
    expect(after.store.chips.value).toEqual(['denied']);
    expect(after.store.tab.value).toBe('raw');
    expect(after.store.split.value).toBe(0.3);
    expect(after.take('rows')).toEqual([page(0, { ...noFilter, statuses: ['denied'] })]);
  });

  it.each([
    ['nothing', undefined],
    ['another shape', [1, 2]],
    ['wrong parts', { selected: -1, filter: { text: 5, statuses: 'denied' }, tab: null, split: 7 }],
    ['unknown outcomes', { selected: 1.5, filter: { ...noFilter, statuses: ['refused', 3] } }],
  ])('is the default for %s', (_name, stored) => {
    expect(readSaved(stored)).toEqual({
      selected: null,
      filter: noFilter,
      tab: 'decision',
      split: 0.42,
    });
  });
});
