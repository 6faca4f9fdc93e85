/** What the views show, as plain data in the user's words; made from engine records by `presentRow.ts` and `presentDetail.ts`. */
import type { PhaseStatus } from '../difc/account/phaseText.ts';
import type { AccessDecision, CoarseOutcome, EnforcementMode, Operation, Outcome } from '../difc/record/decision.ts';
import type { BackendCallEnd, GuardFunction } from '../difc/record/guardCall.ts';
import type { Problem } from '../base/parsed.ts';

/**
 * Where a call stands: an outcome once it was replayed, `pending` before, `running` when the session that is being recorded has no answer
 * to it yet, `skipped` when its server is not replayed.
 */
export type RowStatus = Outcome | 'pending' | 'running' | 'skipped';

/** One call in the list. */
export interface CallRow {
  readonly index: number;
  /** `HH:MM:SS.mmm` in UTC; empty when the trace does not say. */
  readonly time: string;
  readonly server: string;
  readonly tool: string;
  /** Arguments on one line, at most 120 characters. */
  readonly args: string;
  readonly status: RowStatus;
  readonly operation: Operation | null;
  /** One sentence: what happened and the decisive why; empty before the replay. */
  readonly headline: string;
  /** Items that passed and items in all; null when the response was not labelled item by item. */
  readonly items: { readonly allowed: number; readonly total: number } | null;
  /** Tags that the agent carries after the call and did not before, and the other way round. */
  readonly gained: LabelLists;
  readonly lost: LabelLists;
  /** Time in the guard, in milliseconds; null before the replay. */
  readonly durationMs: number | null;
  /** Linear memory after the call, in bytes; null before the replay or without memory. */
  readonly memoryBytes: number | null;
  readonly backendCalls: number;
  readonly logLines: number;
  /** The highest host_log level among 0 to 3 that the call reached; null without lines. */
  readonly logLevel: number | null;
  /** Warnings and errors beside the failure of the call itself, which is its status; notes are in the detail only. */
  readonly problems: number;
  /** Whether a problem says that the replay differs from what the capture recorded. */
  readonly differs: boolean;
}

export interface LabelLists {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** A piece of text that may be long: the view shows `text` and asks for the whole when `truncated`. */
export interface TextBlock {
  readonly text: string;
  /** Length of the whole text in bytes of UTF-8. */
  readonly bytes: number;
  readonly truncated: boolean;
  /** Whether the text is JSON (then it is shown indented). */
  readonly json: boolean;
}

/** One phase of the account: what was asked, what was found, and why it went on or ended. */
export interface PhaseRow {
  readonly id: string;
  readonly title: string;
  readonly status: PhaseStatus;
  readonly sentences: readonly string[];
}

/** One response item with the labels that decided about it. */
export interface ItemRow {
  readonly index: number;
  readonly path: string;
  readonly description: string;
  readonly origin: 'path' | 'default' | 'unlabeled' | 'legacy';
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
  readonly allowed: boolean;
  readonly decision: AccessDecision;
  /** The gateway's own sentence. */
  readonly reason: string;
  /** Which tag decided, in plain words. */
  readonly why: string;
  /** The item's data on one line, at most 200 characters. */
  readonly preview: string;
}

/** One `call_backend`. */
export interface BackendRow {
  readonly guardCall: number;
  readonly tool: string;
  readonly args: string;
  readonly end: BackendCallEnd;
  readonly code: number;
  readonly result: TextBlock | null;
  readonly error: string | null;
  readonly atMs: number;
  readonly durationMs: number;
  readonly attempt: number;
}

/** One `host_log` line. */
export interface LogRow {
  readonly guardCall: number;
  readonly function: GuardFunction;
  readonly level: number;
  readonly message: string;
  readonly atMs: number;
  readonly attempt: number;
}

/** One entry into the guard. */
export interface GuardCallRow {
  readonly function: GuardFunction;
  readonly durationMs: number;
  readonly attempts: readonly {
    readonly bufferSize: number;
    readonly code: number | null;
    readonly hint: number | null;
  }[];
  readonly memory: { readonly before: number; readonly after: number; readonly peak: number } | null;
  readonly grows: readonly {
    readonly from: number;
    readonly to: number;
    readonly by: 'host' | 'guest';
    readonly atMs: number;
  }[];
  readonly error: string | null;
  /** Why the gateway cannot take what the guard answered; null when it can, or when there is no answer. */
  readonly answerError: string | null;
  readonly trace: readonly string[] | null;
  readonly poisoned: boolean;
  readonly input: TextBlock;
  readonly output: TextBlock | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly logDropped: number;
}

/** Everything that the panel shows of the selected call. */
export interface CallDetail {
  readonly row: CallRow;
  readonly mode: EnforcementMode | null;
  readonly headline: string;
  readonly phases: readonly PhaseRow[];
  /** What would make the call pass, as sentences; empty when it passed. */
  readonly remedies: readonly string[];
  readonly resource: ({ readonly description: string } & LabelLists) | null;
  readonly coarse: { readonly outcome: CoarseOutcome; readonly reason: string } | null;
  readonly agentBefore: LabelLists;
  readonly agentAfter: LabelLists;
  /** The first items; ask `items` for more. */
  readonly items: readonly ItemRow[];
  readonly itemsTotal: number;
  readonly itemsAllowed: number;
  readonly guardCalls: readonly GuardCallRow[];
  readonly backendCalls: readonly BackendRow[];
  readonly log: readonly LogRow[];
  /** The failure that ended the call first, then what else there is to say. */
  readonly problems: readonly Problem[];
  readonly args: TextBlock;
  /** What the backend answered in phase 3; null when it was not asked or failed. */
  readonly backendResult: TextBlock | null;
  /** What the client received. */
  readonly client: TextBlock | null;
  readonly clientIsError: boolean;
  /** Line of the request in the trace file, from 1. */
  readonly line: number;
}

/** Linear memory at one call of the run, for the chart. Bytes; the peak of a bucket when calls are merged. */
export interface MemoryPoint {
  readonly index: number;
  readonly after: number;
  readonly peak: number;
}

/** What the filter box and the outcome chips ask for. */
export interface RowFilter {
  /** Matches tool, arguments, headline and server, without regard to case; empty matches all. */
  readonly text: string;
  /** Only these statuses; empty means all. */
  readonly statuses: readonly RowStatus[];
}

/** A part of the list under a filter. `rows[0]` is the row at `from`. */
export interface RowPage {
  readonly from: number;
  readonly total: number;
  readonly rows: readonly CallRow[];
  /** The revision of the session that the rows were read at. */
  readonly revision: number;
}
