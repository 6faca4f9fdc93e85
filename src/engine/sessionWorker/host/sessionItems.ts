/** What a replay in a thread gives its reader: items that are decoded on demand. */
import type { Problem } from '../../../core/base/parsed.ts';
import type { DecisionRecord } from '../../../core/difc/record/decision.ts';
import type { DecisionDigest } from '../../../core/replay/decisionDigest.ts';
import { type BatchItem, batchItems } from '../shared/batch.ts';
import type { GuardLoad } from '../shared/sessionContract.ts';

/** An item of a replay. */
export type ReplayItem =
  /** The guards have been loaded, or failed to; the first item. */
  { readonly kind: 'loaded'; readonly guards: readonly GuardLoad[] } | CallItem;

/** What became of a recorded call. */
export type CallItem =
  | DecisionItem
  /** A call, which may have been given as decided, turned out to be a look-up of the guard. Both are indexes into the trace's calls. */
  | { readonly kind: 'lookup'; readonly lookup: number; readonly madeFor: number };

/** A decided call. An item with the index of an earlier one replaces it. */
export interface DecisionItem {
  readonly kind: 'decision';
  readonly digest: () => DecisionDigest;
  /** The whole record, and its JSON text, when the replay gives records. */
  readonly record: () => DecisionRecord;
  readonly recordText: () => string;
  /** The same in UTF-8: a view of the batch. */
  readonly recordBytes: Uint8Array;
}

/** The items in order, as they come; null at the end when the signal aborted. */
export type ReplayItems = AsyncGenerator<readonly ReplayItem[], ReplayResult | null>;

/** The end of a replay that was not cancelled. */
export interface ReplayResult {
  readonly findings: readonly Problem[];
  /** Whether every guard can still be called. */
  readonly healthy: boolean;
}

/** The items of a batch. */
export function callItems(bytes: Uint8Array): readonly CallItem[] {
  return [...batchItems(bytes)].map(callItem);
}

/** The records of a report of the kind `records`, with the index of their call. */
export function lateRecords(bytes: Uint8Array): readonly { readonly index: number; readonly bytes: Uint8Array }[] {
  return [...batchItems(bytes)].flatMap((item) =>
    item.kind === 'lookup' ? [] : [{ index: Number(textOf(item.digest)), bytes: item.record }],
  );
}

function callItem(item: BatchItem): CallItem {
  if (item.kind === 'lookup') return item;
  const { digest, record } = item;
  return {
    kind: 'decision',
    digest: () => JSON.parse(textOf(digest)) as DecisionDigest,
    record: () => JSON.parse(textOf(record)) as DecisionRecord,
    recordText: () => textOf(record),
    recordBytes: record,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
