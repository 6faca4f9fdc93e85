/** `replay --call`: shows one call of a session, and what a change of it does to it and to the calls behind it (`--changes`). */
import { Failure } from '../../core/base/failure.ts';
import type { CallChanges } from '../../core/trace/model/callChanges.ts';
import { isSameDecision } from '../../core/replay/sameDecision.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { DecisionDigest } from '../../core/replay/decisionDigest.ts';
import type { ServerCounts } from '../../core/trace/model/busiestServer.ts';
import { readChanges } from '../../engine/guard/readWrittenJson.ts';
import type { ThreadSession } from '../../engine/sessionWorker/host/threadSession.ts';
import { type Arguments, usage } from './args.ts';
import { DecisionTable, type TableColumns } from './decisionTable.ts';
import { type Output, paint } from './output.ts';
import { recordLine } from './printReplay.ts';

/** The flags that choose one call. */
export const callFlags = {
  call: {
    kind: 'value',
    value: 'N',
    help: 'Show one call, with everything that --explain shows; N is its number in the table. The calls behind it are not decided',
  },
  changes: {
    kind: 'value',
    value: 'FILE',
    help: 'With --call: decide that call with other arguments, another answer or other labels of its agent (JSON), go on from there, and show what is decided differently',
  },
} as const;

/** The call that is shown. */
export interface ChosenCall {
  /** Index in the trace. */
  readonly index: number;
  /** Null when the call is shown as it is. */
  readonly changes: CallChanges | null;
}

/** The values of the flags; null without them. Throws `cli/usage`, or what `readChanges` throws. */
export async function readChosenCall(args: Arguments): Promise<ChosenCall | null> {
  const number = args.count('call', { least: 1 });
  const file = args.value('changes');
  if (number === undefined) {
    if (file !== undefined) throw usage('replay', '--changes needs --call');
    return null;
  }
  for (const flag of ['follow', 'only']) {
    if (args.has(flag) || args.value(flag) !== undefined) throw usage('replay', `--call cannot be used with --${flag}`);
  }
  return { index: number - 1, changes: file === undefined ? null : await readChanges(file) };
}

/** Throws `replay/no-such-call` for a call that the trace does not have. */
export function requireCall({ index }: ChosenCall, counts: ServerCounts): void {
  const calls = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (index < calls) return;
  const message = `The trace has no call ${index + 1}; it has ${calls === 1 ? '1 call' : `${calls} calls`}`;
  throw new Failure('replay/no-such-call', message, 'Choose a number of the first column of the table');
}

/** The failure of a call that got no decision. */
export function callNotDecided({ index }: ChosenCall): Failure {
  const message = `Call ${index + 1} has no decision: it is a look-up of a guard, or of a server that is not replayed`;
  return new Failure('replay/no-such-call', message, 'Choose a number of the first column of the table');
}

/** What is printed of the changed session. */
export interface ChangePrinting {
  readonly json: boolean;
  readonly times: boolean;
  readonly columns: TableColumns;
}

/** What a change does: how many calls from the changed one on are decided differently, and whether the guards work in them. */
export interface ChangedSession {
  readonly differing: number;
  readonly works: boolean;
}

/**
 * Decides the call and those behind it as they are and with the changes, and prints what the change does: the changed call and the calls
 * that are decided differently, or with `json` every record from the changed call on.
 */
export async function printChanged(
  session: ThreadSession,
  { index, changes }: { readonly index: number; readonly changes: CallChanges },
  { json, times, columns }: ChangePrinting,
  output: Output,
): Promise<ChangedSession> {
  const before = new Map<number, DecisionDigest>();
  for await (const { digest } of decisions(session, index, {})) before.set(digest.row.index, digest);
  const table = new DecisionTable(output, false, columns);
  let differing = 0;
  let works = true;
  for await (const { digest, ...decision } of decisions(session, index, changes)) {
    const was = before.get(digest.row.index);
    const differs = was === undefined || !isSameDecision(was, digest);
    if (differs) differing++;
    works &&= !digest.failed;
    if (json) await output.encodedJson(recordLine(decision, times));
    else {
      await table.add(digest, null, differs || digest.row.index === index);
      if (differs) await output.line('      ', paint('bold', wasText(was)));
    }
  }
  const calls = before.size === 1 ? '1 call' : `${before.size} calls`;
  if (json) return { differing, works };
  await output.line('');
  await output.line(`${differing} of ${calls} from call ${index + 1} on are decided differently`);
  return { differing, works };
}

interface Decided {
  readonly digest: DecisionDigest;
  readonly record: () => DecisionRecord;
  readonly recordText: () => string;
}

async function* decisions(session: ThreadSession, index: number, changes: CallChanges): AsyncGenerator<Decided> {
  for await (const items of session.fork(index, changes)) {
    for (const item of items) {
      if (item.kind === 'decision') yield { ...item, digest: item.digest() };
    }
  }
}

function wasText(was: DecisionDigest | undefined): string {
  if (was === undefined) return 'was no decision';
  const { status, items, headline } = was.row;
  const counts = items === null ? '' : `, ${items.allowed} of ${items.total} items`;
  return `was ${status}${counts}: ${headline}`;
}
