/** Tests of the panel's state against a host at the other end of an in-memory link. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSaved } from '../../webview/state/saved.ts';
import { FakeHost, keep, settle } from './fakeHost.ts';

const page = (from: number, filter: unknown = { text: '', statuses: [] }): unknown => ({ from, count: 100, filter });

async function started(host = new FakeHost()): Promise<FakeHost> {
  await host.store.start();
  await settle();
  host.asked.length = 0;
  return host;
}

describe('opening', () => {
  it('asks for the session and the first page', async () => {
    const host = new FakeHost();
    await host.store.start();
    await settle();
    expect(host.take('rows')).toEqual([page(0)]);
    expect(host.store.rows.total.value).toBe(1000);
    expect(host.store.rows.rowAt(99)?.index).toBe(99);
    expect(host.store.rows.rowAt(100)).toBeUndefined();
    expect(host.store.session.value?.trace.calls).toBe(1000);
  });

  it('shows why the session could not be opened', async () => {
    const host = new FakeHost();
    host.failing = 'The trace file is gone';
    await host.store.start();
    expect(host.store.failure.value).toBe('The trace file is gone');
    expect(host.store.session.value).toBeNull();
  });
});

describe('rows', () => {
  it('asks for the pages in view, each once', async () => {
    const host = await started();
    host.store.rows.show({ first: 380, last: 420 });
    host.store.rows.show({ first: 381, last: 421 });
    await settle();
    expect(host.take('rows')).toEqual([page(300), page(400)]);
    host.store.rows.show({ first: 390, last: 430 });
    await settle();
    expect(host.take('rows')).toEqual([]);
    expect(host.store.rows.rowAt(410)?.index).toBe(410);
  });

  it('asks again for what is in view when the revision grows, and keeps the old rows meanwhile', async () => {
    const host = await started();
    host.decided = 0;
    await host.announce();
    host.take('rows');
    host.store.rows.show({ first: 0, last: 30 });
    host.hold();
    host.decided = 10;
    await host.announce();
    expect(host.store.rows.rowAt(0)?.status).toBe('pending');
    await host.release();
    expect(host.take('rows')).toEqual([page(0)]);
    expect(host.store.rows.rowAt(0)?.status).toBe('allowed');
    expect(host.store.rows.rowAt(10)?.status).toBe('pending');
  });

  it('asks once more when the revision grew while an answer was under way', async () => {
    const host = await started();
    host.hold();
    await host.announce();
    await host.announce();
    await host.announce();
    expect(host.take('rows')).toHaveLength(1);
    await host.release();
    expect(host.take('rows')).toEqual([page(0)]);
    await settle();
    expect(host.take('rows')).toEqual([]);
  });

  it('passes over an announcement that is older than what it knows', async () => {
    const host = await started();
    await host.announce();
    host.take('rows');
    host.store.changed({ ...host.state(), revision: 1, mode: 'strict' });
    await settle();
    expect(host.store.session.value?.mode).toBe('filter');
    expect(host.take('rows')).toEqual([]);
  });

  it('drops answers to a filter that is no longer in force', async () => {
    const host = await started();
    host.hold();
    host.store.toggleChip('denied');
    await settle();
    host.store.toggleChip('denied');
    host.store.toggleChip('allowed');
    await settle();
    await host.release(true);
    expect(host.store.rows.total.value).toBe(800);
    expect(host.store.rows.rowAt(4)?.index).toBe(5);
  });

  it('shows why rows could not be read, and tries again with the next revision', async () => {
    const host = await started();
    host.failing = 'The file was deleted';
    await host.announce();
    expect(host.store.rows.failure.value).toBe('The file was deleted');
    expect(host.store.rows.rowAt(0)).toBeDefined();
    host.failing = '';
    await host.announce();
    expect(host.store.rows.failure.value).toBe('');
  });

  it('holds no more pages than a view needs, however far one scrolls', async () => {
    const host = await started();
    host.calls = 100_000;
    await host.announce();
    for (let first = 0; first < 100_000; first += 1000) {
      host.store.rows.show({ first, last: first + 50 });
      await settle();
    }
    expect(host.store.rows.rowAt(99_000)?.index).toBe(99_000);
    expect(host.store.rows.rowAt(0)).toBeUndefined();
  });
});

describe('filter', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('waits until typing pauses', async () => {
    vi.useRealTimers();
    const host = await started();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const query of ['t', 'to', 'tool_1']) host.store.setQuery(query);
    expect(host.store.query.value).toBe('tool_1');
    expect(host.store.filter.value.text).toBe('');
    vi.advanceTimersByTime(500);
    vi.useRealTimers();
    await settle();
    expect(host.take('rows')).toEqual([page(0, { text: 'tool_1', statuses: [] })]);
    expect(host.store.rows.total.value).toBe(333);
  });

  it('takes chips at once and clears everything together', async () => {
    vi.useRealTimers();
    const host = await started();
    host.store.toggleChip('denied');
    await settle();
    expect(host.store.rows.total.value).toBe(200);
    expect(host.store.rows.rowAt(0)?.index).toBe(4);
    host.store.clearFilter();
    await settle();
    expect(host.store.rows.total.value).toBe(1000);
    expect(host.take('rows')).toHaveLength(2);
  });
});

describe('selection', () => {
  it('selects by position and asks for the detail', async () => {
    const host = await started();
    await host.store.selection.moveTo(7);
    await settle();
    expect(host.store.selection.index.value).toBe(7);
    expect(host.store.detail.value.value?.headline).toBe('call 7 at 1');
  });

  it('selects a row that is not here yet when it comes', async () => {
    const host = await started();
    await host.store.selection.moveTo(999);
    expect(host.take('rows')).toEqual([page(900)]);
    expect(host.store.selection.index.value).toBe(999);
  });

  it('skips details that were passed by', async () => {
    const host = await started();
    host.hold();
    for (const position of [1, 2, 3, 4]) await host.store.selection.moveTo(position);
    expect(host.store.detail.loading.value).toBe(true);
    await host.release();
    expect(host.take('detail')).toEqual([{ index: 1 }, { index: 4 }]);
    expect(host.store.detail.value.value?.row.index).toBe(4);
    expect(host.store.detail.loading.value).toBe(false);
  });

  it('stays on its call when the filter moves or hides it', async () => {
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

  it('follows the host, whose wish wins over the filter', async () => {
    const host = await started();
    host.store.toggleChip('denied');
    await settle();
    await host.select(500);
    expect(host.store.selection.index.value).toBe(500);
    expect(host.store.selection.position.value).toBe(500);
    expect(host.store.selection.reveal.value).toEqual({ position: 500, centre: true });
    expect(host.store.chips.value).toEqual([]);
  });

  it('shows why a detail could not be read', async () => {
    const host = await started();
    await host.store.selection.select(5000);
    await settle();
    expect(host.store.detail.failure.value).toBe('There is no call 5000');
  });

  it('closes', async () => {
    const host = await started();
    await host.store.selection.moveTo(7);
    await settle();
    await host.store.selection.select(null);
    expect(host.store.detail.value.value).toBeNull();
    expect(host.store.selection.position.value).toBe(-1);
  });
});

describe('a run', () => {
  it('asks anew for the detail of a call until it is decided, and once more when the run ends', async () => {
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

  it('finds the selected call again as the outcomes under a filter come in', async () => {
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
  it('loads by range, without a gap', async () => {
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

  it('goes on until it has found further filtered items', async () => {
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

  it('drops what belongs to a call that is no longer selected', async () => {
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
  it('shows what failed, until the next one', async () => {
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

describe('what is kept', () => {
  it('is found again after a reload: selection, filter, tab and split', async () => {
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
    expect(after.take('rows')).toEqual([page(0, { text: '', statuses: ['denied'] })]);
  });

  it.each([
    ['nothing', undefined],
    ['another shape', [1, 2]],
    ['wrong parts', { selected: -1, filter: { text: 5, statuses: 'denied' }, tab: null, split: 7 }],
    ['unknown outcomes', { selected: 1.5, filter: { text: '', statuses: ['refused', 3] } }],
  ])('is the default for %s', (_name, kept) => {
    expect(readSaved(kept)).toEqual({
      selected: null,
      filter: { text: '', statuses: [] },
      tab: 'decision',
      split: 0.42,
    });
  });
});
