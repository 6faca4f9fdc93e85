/** `replay --call`: shows one call of a session; `--changes`: what changes of calls do to them and to the calls behind them. */
import { Failure } from '../../core/base/failure.ts';
import type { EditedCall } from '../../core/whatIf/callChanges.ts';
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
    help: 'Decide calls with other arguments, another response, other labels of their agent or another mode (JSON), go on from there, and show what is decided differently; with --call, the changes are of that call',
  },
} as const;

/** The call that is shown, or the first that is changed. */
export interface ChosenCall {
  /** Index in the trace. */
  readonly index: number;
  /** Null when the call is shown as it is. */
  readonly changes: readonly EditedCall[] | null;
}

/** The values of the flags; null without them. Throws `cli/usage`, or what `readChanges` throws. */
export async function readChosenCall(args: Arguments): Promise<ChosenCall | null> {
  const number = args.count('call', { least: 1 });
  const file = args.value('changes');
  if (number === undefined && file === undefined) return null;
  for (const flag of ['follow', 'only']) {
    const name = number === undefined ? 'changes' : 'call';
    if (args.has(flag) || args.value(flag) !== undefined)
      throw usage('replay', `--${name} cannot be used with --${flag}`);
  }
  const call = number === undefined ? null : number - 1;
  const changes = file === undefined ? null : await readChangedCalls(file, call);
  const first = Math.min(...(changes ?? []).map((changed) => changed.call));
  return { index: call ?? first, changes };
}

/** The changes of a file, by call. `only`: the call of `--call`; null: the file names the calls. */
async function readChangedCalls(file: string, only: number | null): Promise<readonly EditedCall[]> {
  const written = await readChanges(file);
  return written.map(({ call, tool, changes }) => {
    const index = call ?? only;
    if (index === null) throw usage('replay', `"${file}" does not name its call, so --changes needs --call`);
    if (only !== null && index !== only) {
      throw usage('replay', `--call is ${only + 1}, and "${file}" changes call ${index + 1}; leave --call out`);
    }
    return { call: index, changes, ...(tool === null ? {} : { tool }) };
  });
}

/** Throws `replay/no-such-call` for a call that the trace does not have. */
export function requireCall({ index, changes }: ChosenCall, counts: ServerCounts): void {
  const calls = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const last = Math.max(index, ...(changes ?? []).map(({ call }) => call));
  if (last < calls) return;
  const message = `The trace has no call ${last + 1}; it has ${calls === 1 ? '1 call' : `${calls} calls`}`;
  throw new Failure('replay/no-such-call', message, 'Choose a number of the first column of the table');
}

/** The failure of a call that got no decision. */
export function callNotDecided({ index }: Pick<ChosenCall, 'index'>): Failure {
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
 * Decides the call and those behind it as they are and with the changes, and prints what the changes do: the changed calls and those that are
 * decided differently, or with `json` every record from the first changed call on.
 */
export async function printChanged(
  session: ThreadSession,
  { index, changes }: { readonly index: number; readonly changes: readonly EditedCall[] },
  { json, times, columns }: ChangePrinting,
  output: Output,
): Promise<ChangedSession> {
  const before = new Map<number, DecisionDigest>();
  for await (const { digest } of decisions(session, index, [])) before.set(digest.row.index, digest);
  const changed = new Set(changes.map(({ call }) => call));
  // A mode may begin at any call; what else is changed needs the decision of its call.
  const undecided = changes.find(({ call, changes: { mode: _mode, ...others } }) => {
    return !before.has(call) && Object.keys(others).length > 0;
  });
  if (undecided !== undefined) throw callNotDecided({ index: undecided.call });
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
      await table.add(digest, null, differs || changed.has(digest.row.index));
      if (differs) await output.line('      ', paint('bold', wasText(was)));
    }
  }
  const calls = before.size === 1 ? '1 call' : `${before.size} calls`;
  if (json) return { differing, works };
  await output.line('');
  await output.line(`${differing} of ${calls} from call ${index + 1} on are decided differently`);
  if (changes.some(({ changes: { mode } }) => typeof mode === 'string')) {
    await output.line(
      'The mode is hypothetical: in production the answer of label_agent sets it, else the configuration',
    );
  }
  return { differing, works };
}

interface Decided {
  readonly digest: DecisionDigest;
  readonly record: () => DecisionRecord;
  readonly recordText: () => string;
}

async function* decisions(
  session: ThreadSession,
  index: number,
  changes: readonly EditedCall[],
): AsyncGenerator<Decided> {
  for await (const items of session.decideFrom(index, changes)) {
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
