/** What there is to say about a decision beyond itself: missing recordings, differences from the recording, quirks of the gateway. */
import { encodeGoJson } from '../../core/base/goJson.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord } from '../../core/difc/decision.ts';
import { findQuirks } from '../../core/difc/quirks.ts';
import { missHint } from '../../core/trace/cassette.ts';
import type { TraceCall } from '../../core/trace/model.ts';

/** The problems of one replayed call, what matters most first. */
export function findFindings(record: DecisionRecord, call: TraceCall): readonly Problem[] {
  return [
    ...missingAnswer(record, call),
    ...missedLookups(record),
    ...differences(record, call),
    ...redaction(call),
    ...findQuirks(record),
  ];
}

/** The pipeline asked for the backend's answer, and the trace has none. */
function missingAnswer(record: DecisionRecord, call: TraceCall): readonly Problem[] {
  if (call.answer !== undefined || record.endedIn !== 3) return [];
  return [
    {
      severity: 'warning',
      code: 'replay/no-recorded-answer',
      message: `The trace holds no answer to "${call.tool}": in the recorded session it was denied, or the capture ends before it`,
      hint: 'What the client would have received cannot be known; the labels up to the coarse check are right',
      position: { line: call.requestLine },
    },
  ];
}

function missedLookups({ guardCalls }: DecisionRecord): readonly Problem[] {
  const missed = guardCalls.flatMap((call) => call.backendCalls).filter(({ end }) => end === 'no-recorded-answer');
  const seen = new Set<string>();
  return missed.flatMap(({ tool, args }): Problem[] => {
    const question = `${tool} ${encodeGoJson(args)}`;
    if (seen.has(question)) return [];
    seen.add(question);
    const message = `The guard asked for ${question}, which the recorded session never did`;
    return [{ severity: 'warning', code: 'replay/guard-call-not-recorded', message, hint: missHint(tool) }];
  });
}

/** The gateway noted which items it filtered; the replay may see others. */
function differences(record: DecisionRecord, call: TraceCall): readonly Problem[] {
  if (call.filtered.length === 0) return [];
  const now = (record.items ?? []).filter((item) => !item.allowed).map((item) => item.description);
  const then = call.filtered.map((item) => item.description);
  const added = remaining(now, then);
  const gone = remaining(then, now);
  if (added.length === 0 && gone.length === 0) return [];
  const parts = [
    ...(gone.length === 0 ? [] : [`no longer filtered: ${gone.join(', ')}`]),
    ...(added.length === 0 ? [] : [`newly filtered: ${added.join(', ')}`]),
  ];
  return [
    {
      severity: 'info',
      code: 'replay/differs-from-recording',
      message: `The replay filters other items than the recorded session: ${parts.join('; ')}`,
      hint: 'Expected when the guard or the policy changed since; otherwise the guard depends on something that the trace does not hold',
      ...(call.filtered[0] === undefined ? {} : { position: { line: call.filtered[0].line } }),
    },
  ];
}

function redaction(call: TraceCall): readonly Problem[] {
  if (!call.redacted) return [];
  return [
    {
      severity: 'info',
      code: 'replay/redacted',
      message: `The capture redacted parts of "${call.tool}", so the guard sees other values than it did in production`,
      position: { line: call.requestLine },
    },
  ];
}

/** Entries of the first list that the second does not have, counting repetitions. */
function remaining(list: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
  return list.filter((entry) => {
    const left = counts.get(entry) ?? 0;
    counts.set(entry, left - 1);
    return left <= 0;
  });
}
