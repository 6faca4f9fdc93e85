/** Tests of the panel's rows: pages, stale responses and filters. */
import { noFilter } from '../../src/core/protocol/rows.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, settle, started } from './fakeHost.ts';

describe('rows', () => {
  it('requests each page in view once', async () => {
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

  it('reloads the rows in view when the revision grows, and keeps the old rows meanwhile', async () => {
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

  it('requests a page again when the revision grew during the request', async () => {
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

  it('ignores a state that is older than the current one', async () => {
    const host = await started();
    await host.announce();
    host.take('rows');
    host.store.changed({ ...host.state(), revision: 1, mode: 'strict' });
    await settle();
    expect(host.store.session.value?.mode).toBe('filter');
    expect(host.take('rows')).toEqual([]);
  });

  it('drops responses for a previous filter', async () => {
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

  it('shows the failure of a request, and retries with the next revision', async () => {
    const host = await started();
    host.failing = 'The file was deleted';
    await host.announce();
    expect(host.store.rows.failure.value).toBe('The file was deleted');
    expect(host.store.rows.rowAt(0)).toBeDefined();
    host.failing = '';
    await host.announce();
    expect(host.store.rows.failure.value).toBe('');
  });

  it('limits the number of cached pages while scrolling', async () => {
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

  it('applies the query after typing pauses', async () => {
    vi.useRealTimers();
    const host = await started();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const query of ['t', 'to', 'tool_1']) host.store.setQuery(query);
    expect(host.store.query.value).toBe('tool_1');
    expect(host.store.filter.value.text).toBe('');
    vi.advanceTimersByTime(500);
    vi.useRealTimers();
    await settle();
    expect(host.take('rows')).toEqual([page(0, { ...noFilter, text: 'tool_1' })]);
    expect(host.store.rows.total.value).toBe(333);
  });

  it('applies chips immediately, and clears query and chips together', async () => {
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
