/** Store of decision records: in memory up to the budget, then in a private file that is deleted at the end. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RecordStore } from '../../../src/engine/session/recordStore.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';

const stores: RecordStore[] = [];
const open = (budget?: number): RecordStore => {
  const store = new RecordStore(budget);
  stores.push(store);
  return store;
};
const spillFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('guardscope-'));

afterEach(() => {
  for (const store of stores.splice(0)) store.dispose();
});

describe('RecordStore', () => {
  it.each([
    ['with all in memory', undefined],
    ['with all on disk', 0],
    ['with some in memory and some on disk', 20_000],
  ])('returns every record unchanged, %s', (_name, budget) => {
    const store = open(budget);
    const records = Array.from({ length: 30 }, (_, index) =>
      decision({ index, tool: `tool ${index} ü🦀`, guardCalls: [guardCall({ input: 'x'.repeat(index * 10) })] }),
    );
    for (const record of records) store.add(record);
    expect(store.size).toBe(30);
    for (const record of records) expect(store.get(record.index)).toEqual(record);
    expect([...store.all()]).toEqual(records);
    expect(store.get(99)).toBeUndefined();
  });

  it.each([
    ['in memory', undefined],
    ['on disk', 0],
  ])('decodes encoded records from a larger buffer, %s, and replaces earlier ones', (_name, budget) => {
    const store = open(budget);
    const records = [1, 2, 1].map((index, at) => decision({ index, tool: `tool ${at} ü🦀` }));
    const batch = Buffer.from(records.map((record) => JSON.stringify(record)).join(''));
    let from = 0;
    const encoded = records.map((record) => {
      const bytes = batch.subarray(from, (from += Buffer.byteLength(JSON.stringify(record))));
      return { index: record.index, bytes };
    });
    store.add(decision({ index: 2, tool: 'earlier' }));
    store.addEncoded(encoded);
    batch.fill(0);
    expect([...store.all()]).toEqual([records[2], records[1]]);
    store.delete(1);
    expect(store.get(1)).toBeUndefined();
    expect(store.size).toBe(1);
  });

  it('makes the file readable by its owner only and deletes it on dispose', () => {
    const before = new Set(spillFolders());
    const store = open(0);
    store.add(decision());
    const folder = spillFolders().find((name) => !before.has(name));
    expect(folder).toBeDefined();
    const file = join(tmpdir(), folder ?? '', 'records.jsonl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    store.dispose();
    expect(existsSync(file)).toBe(false);
  });

  it('is empty and usable after clear', () => {
    const store = open(0);
    store.add(decision({ tool: 'old' }));
    store.clear();
    expect(store.get(0)).toBeUndefined();
    store.add(decision({ tool: 'new' }));
    expect(store.get(0)?.tool).toBe('new');
  });
});
