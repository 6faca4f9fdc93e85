/** The host reads the journal that the worker writes, also when the worker was stopped in the middle. */
import { describe, expect, test } from 'vitest';
import { JournalWriter, readJournal } from '../../../../src/engine/runtime/shared/journal.ts';
import { SharedState, words } from '../../../../src/engine/runtime/shared/workerContract.ts';

function setup() {
  const shared = new SharedState();
  const parts: Uint8Array[] = [];
  const writer = new JournalWriter(shared, (part) => parts.push(part));
  writer.begin();
  const read = (received: readonly Uint8Array[] = parts): string[] => {
    const entries: string[] = [];
    readJournal(shared, received, (kind, time, a, b, c, bytes) => {
      entries.push([kind, time, a, b, c, bytes.length > 99 ? bytes.length : Buffer.from(bytes).toString()].join(' '));
    });
    return entries;
  };
  return { shared, parts, writer, read };
}

describe('the journal', () => {
  test('returns kinds, times, numbers and payloads as written', () => {
    const { writer, read } = setup();
    writer.add('log', 1.5, -1, 2, 3, Buffer.from('abc'));
    writer.add('attempt', 2, 4_194_304);
    writer.add('ask', 3, 1, 0, 4, Buffer.from('tool'), Buffer.from('{}'));
    expect(read()).toEqual(['log 1.5 -1 2 3 abc', 'attempt 2 4194304 0 0 ', 'ask 3 1 0 4 tool{}']);
  });

  test('posts full parts in order, and an entry longer than the shared memory as a part of its own', () => {
    const { writer, read, parts } = setup();
    for (let index = 0; index < 5; index++) writer.add('log', 0, index, 0, 0, new Uint8Array(400_000));
    writer.add('output', 0, 5, 0, 0, new Uint8Array(3_000_000));
    writer.add('log', 0, 6);
    expect(parts).toHaveLength(4);
    expect(read().map((entry) => entry.split(' ')[2])).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  test('reads a part once when the thread was stopped right after posting it', () => {
    const { shared, writer, read, parts } = setup();
    writer.add('log', 0, 1, 0, 0, new Uint8Array(600_000));
    const stopped = shared.get(words.journal);
    writer.add('log', 0, 2, 0, 0, new Uint8Array(600_000));
    expect(parts).toHaveLength(1);
    shared.set(words.journal, stopped);
    expect(read().map((entry) => entry.split(' ')[2])).toEqual(['1']);
  });

  test('is empty after begin', () => {
    const { writer, read } = setup();
    writer.add('log', 0, 1);
    writer.begin();
    expect(read()).toEqual([]);
  });
});
