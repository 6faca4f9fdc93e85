/** Tests of following a live trace: the newest call stays in view until the user selects or scrolls elsewhere. */
import { describe, expect, it } from 'vitest';
import type { LiveState } from '../../src/core/protocol/panel.ts';
import { liveLook } from '../../webview/models/live.ts';
import { FakeHost, page, settle, started } from './fakeHost.ts';

const live: LiveState = { mode: 'recording', since: '2026-05-06T07:08:09.000Z', follow: true, running: 0 };

async function recording(state: Partial<LiveState> = {}): Promise<FakeHost> {
  const host = new FakeHost();
  host.calls = 10;
  host.live = { ...live, ...state };
  return started(host);
}

/** Adds calls to the trace. */
async function grow(host: FakeHost, by = 1): Promise<void> {
  host.calls += by;
  await host.announce();
  await settle();
}

const isOn = (host: FakeHost): boolean => host.store.follow.isOn.value;

describe('following', () => {
  it('is off for a trace that is not being written', async () => {
    const host = await started();
    expect([isOn(host), host.store.follow.live.value]).toEqual([false, null]);
    host.store.follow.scrolled(true);
    host.store.follow.chose(0, null);
    expect(isOn(host)).toBe(false);
    expect(host.take('command')).toEqual([]);
  });

  it('starts with the setting of the host when the trace becomes live', async () => {
    expect(isOn(await recording())).toBe(true);
    expect(isOn(await recording({ follow: false }))).toBe(false);
    const host = await started();
    host.live = live;
    await host.announce();
    expect(isOn(host)).toBe(true);
    host.live = null;
    await host.announce();
    expect(isOn(host)).toBe(false);
  });

  it('requests new rows and increases the total', async () => {
    const host = await recording();
    await grow(host, 5);
    expect(host.take('rows')).toEqual([page(0)]);
    expect(host.store.rows.total.value).toBe(15);
    expect(host.store.rows.rowAt(14)?.index).toBe(14);
    expect(host.store.selection.index.value).toBeNull();
  });

  it('moves the selection to each new call', async () => {
    const host = await recording();
    await host.store.selection.moveTo(9);
    await grow(host);
    expect(host.store.selection.index.value).toBe(10);
    expect(host.store.detail.value.value?.row.index).toBe(10);
    await grow(host, 3);
    expect(host.store.selection.position.value).toBe(13);
  });

  it('moves it also when the page of the new call was requested before the call', async () => {
    const host = await recording();
    await grow(host, 198);
    host.store.rows.show({ first: 190, last: 208 });
    await settle();
    await host.store.selection.moveTo(207);
    host.hold();
    await host.announce();
    host.calls++;
    await host.announce();
    await host.release();
    await settle();
    expect(host.store.selection.index.value).toBe(208);
  });

  it('follows the newest call that matches the filter', async () => {
    const host = await recording();
    await host.store.selection.moveTo(9);
    host.store.toggleChip('pending');
    await settle();
    await grow(host, 2);
    expect(host.store.selection.index.value).toBe(9);
    host.decided = 0;
    await host.announce();
    await settle();
    expect(host.store.selection.index.value).toBe(11);
  });
});

describe('following stops when the user', () => {
  it.each<[string, (host: FakeHost) => void]>([
    ['clicks a row', (host) => host.store.follow.chose(3, null)],
    ['clicks the newest row', (host) => host.store.follow.chose(9, null)],
    ['selects another row by key', (host) => host.store.follow.chose(8, 'ArrowUp')],
    ['scrolls away', (host) => host.store.follow.scrolled(false)],
    ['presses the button', (host) => host.store.follow.set(false)],
  ])('%s', async (_name, act) => {
    const host = await recording();
    await host.store.selection.moveTo(9);
    host.take('command');
    act(host);
    await settle();
    expect(isOn(host)).toBe(false);
    // The host stores the setting for the next time that the panel is created.
    expect(host.take('command')).toEqual([{ run: 'setFollow', follow: false }]);
    await grow(host);
    expect(host.store.selection.index.value).toBe(9);
  });

  it('gets another call revealed by the host', async () => {
    const host = await recording();
    await host.select(4);
    expect(isOn(host)).toBe(false);
    await grow(host);
    expect(host.store.selection.index.value).toBe(4);
  });
});

describe('following starts again when the user', () => {
  it.each<[string, (host: FakeHost) => void]>([
    ['scrolls to the end', (host) => host.store.follow.scrolled(true)],
    ['presses End', (host) => host.store.follow.chose(9, 'End')],
    ['presses the button', (host) => host.store.follow.set(true)],
  ])('%s', async (_name, act) => {
    const host = await recording({ follow: false });
    await host.store.selection.moveTo(9);
    await grow(host);
    expect(host.store.selection.index.value).toBe(9);
    act(host);
    await settle();
    expect(isOn(host)).toBe(true);
    expect(host.store.selection.index.value).toBe(10);
    expect(host.take('command')).toEqual([{ run: 'setFollow', follow: true }]);
  });

  it('does not start again when the newest row is selected with an arrow key', async () => {
    const host = await recording({ follow: false });
    host.store.follow.chose(9, 'ArrowDown');
    expect(isOn(host)).toBe(false);
  });
});

it('clears the selection when the replaced file does not have the call', async () => {
  const host = await recording({ follow: false });
  await host.store.selection.moveTo(9);
  await settle();
  host.calls = 2;
  await host.announce();
  await settle();
  expect(host.store.selection.index.value).toBeNull();
  expect(host.store.detail.value.value).toBeNull();
});

it('the live chip names the guard mode and its start time', () => {
  expect(liveLook(live)).toEqual({
    word: 'recording',
    meaning: 'This session is recorded without a guard. Since 07:08:09 UTC',
  });
  expect(liveLook({ ...live, mode: 'watch' }).word).toBe('watching');
  expect(liveLook({ ...live, mode: 'enforce' }).word).toBe('ENFORCING');
  expect(liveLook({ ...live, mode: 'off', since: 'unknown' })).toMatchObject({
    word: 'guard off',
    meaning: expect.not.stringContaining('Since'),
  });
});
