/** Items of a replay in a thread: what was written into a batch is read from it, in order. */
import { describe, expect, test } from 'vitest';
import { decisionDigest } from '../../../../src/core/replay/decisionDigest.ts';
import { callItems } from '../../../../src/engine/sessionWorker/host/sessionItems.ts';
import { BatchWriter } from '../../../../src/engine/sessionWorker/shared/batch.ts';
import { decision } from '../../../support/records/decisions.ts';

describe('a batch', () => {
  test('has decisions and look-ups in their order, also where it outgrows its buffer', () => {
    const writer = new BatchWriter();
    const record = decision({ index: 7, tool: `tool ü🦀 ${'x'.repeat(100_000)}` });
    writer.addLookup(3, 4);
    writer.add(JSON.stringify(decisionDigest(record)), JSON.stringify(record));
    writer.addLookup(2 ** 31, 0);
    writer.add('{}', '');
    const { bytes, items } = writer.take();
    const [first, second, third, fourth, ...more] = callItems(bytes);
    expect(items).toBe(4);
    expect(more).toEqual([]);
    expect(first).toEqual({ kind: 'lookup', lookup: 3, madeFor: 4 });
    if (second?.kind !== 'decision' || fourth?.kind !== 'decision') throw new Error('a decision is missing');
    expect(second.record()).toEqual(record);
    expect(second.digest()).toEqual(decisionDigest(record));
    expect(Buffer.from(second.recordBytes).toString()).toBe(second.recordText());
    expect(third).toEqual({ kind: 'lookup', lookup: 2 ** 31, madeFor: 0 });
    expect(fourth.recordBytes.length).toBe(0);
    expect(writer.length).toBe(0);
  });
});
