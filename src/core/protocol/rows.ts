/** Data that the views show, made from decision records by `presentRow.ts` and `presentDetail.ts`. */
import type { PhaseStatus } from '../difc/account/phaseText.ts';
import type {
  AccessDecision,
  CoarseOutcome,
  EnforcementMode,
  DecisionMark,
  Operation,
  Outcome,
} from '../difc/record/decision.ts';
import type { BackendCallEnd, GuardFunction } from '../difc/record/guardCall.ts';
import type { Problem } from '../base/parsed.ts';

/**
 * Status of a call: its outcome after the replay, `pending` before, `running` while a live session waits for its answer, `skipped` when
 * it is not replayed: its server is not selected, or it is a look-up of the guard.
 */
export type RowStatus = Outcome | 'pending' | 'running' | 'skipped';

/** What the list can be filtered by: a status or a mark. */
export type ChipId = RowStatus | DecisionMark;

/** One call in the list. */
export interface CallRow {
  readonly index: number;
  /** `HH:MM:SS.mmm` in UTC; empty when the trace does not record it. */
  readonly time: string;
  readonly server: string;
  readonly tool: string;
  /** Arguments on one line, at most 120 characters. */
  readonly args: string;
  readonly status: RowStatus;
  readonly operation: Operation | null;
  /** One sentence with the outcome and its deciding reason; empty before the replay. */
  readonly headline: string;
  /** Number of allowed items and of all items; null when the guard did not label items. */
  readonly items: { readonly allowed: number; readonly total: number } | null;
  /** Tags that the agent gained and lost in this call. */
  readonly gained: LabelLists;
  readonly lost: LabelLists;
  /** Time in the guard, in milliseconds; null before the replay. */
  readonly durationMs: number | null;
  /** Linear memory after the call, in bytes; null before the replay or without memory. */
  readonly memoryBytes: number | null;
  readonly backendCalls: number;
  readonly logLines: number;
  /** The highest host_log level from 0 to 3; null without such lines. */
  readonly logLevel: number | null;
  /** Number of warnings and errors, without the failure of the call itself, which is its status; notes are only in the detail. */
  readonly problems: number;
  /** Whether the replay differs from what the capture recorded. */
  readonly differs: boolean;
  /** What sets the decision apart beside its status. */
  readonly marks: readonly DecisionMark[];
}

/** Secrecy and integrity tags. */
export interface LabelLists {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** A text that may be truncated: the view shows `text` and requests the full text when `truncated`. */
export interface TextBlock {
  readonly text: string;
  /** Length of the full text in UTF-8 bytes. */
  readonly bytes: number;
  readonly truncated: boolean;
  /** Whether the text is, or starts like, JSON; then it is shown indented. */
  readonly json: boolean;
}

/** One phase of the explanation. */
export interface PhaseRow {
  readonly id: string;
  readonly title: string;
  readonly status: PhaseStatus;
  readonly sentences: readonly string[];
}

/** One response item with its labels and decision. */
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
  /** Why the item was allowed or withheld, as a sentence. */
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
  /** Number of the line in its guard call, from 1. Lines that were left out count. */
  readonly number: number;
  readonly guardCall: number;
  readonly function: GuardFunction;
  readonly level: number;
  readonly message: string;
  readonly atMs: number;
  readonly attempt: number;
}

/** A line of a guard's stack. */
export interface StackLine {
  readonly text: string;
  /** The library frames that the line stands for; empty for a frame of the guard. */
  readonly folded: readonly string[];
}

/** One guard call. */
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
  /** Why the gateway rejects the guard's answer; null when it does not, or without an answer. */
  readonly answerError: string | null;
  /** The gateway's stack trace; null when it prints none. */
  readonly trace: readonly string[] | null;
  /** What the guard itself said about its end, as the rest of a sentence about its function; null when it said nothing. */
  readonly death: string | null;
  /** The stack in the words of the guard's source, one line each; a folded line has what it stands for. Null when it is not known. */
  readonly stack: { readonly lines: readonly StackLine[]; readonly notes: readonly string[] } | null;
  readonly poisoned: boolean;
  readonly input: TextBlock;
  readonly output: TextBlock | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly logDropped: number;
  /** How many log lines came before those that were left out; null when none was. */
  readonly logGapAt: number | null;
}

/** Data that the panel shows of the selected call. */
export interface CallDetail {
  readonly row: CallRow;
  readonly mode: EnforcementMode | null;
  readonly headline: string;
  readonly phases: readonly PhaseRow[];
  /** Changes that would allow the call, as sentences; empty when it was allowed. */
  readonly remedies: readonly string[];
  readonly resource: ({ readonly description: string } & LabelLists) | null;
  readonly coarse: { readonly outcome: CoarseOutcome; readonly reason: string } | null;
  readonly agentBefore: LabelLists;
  readonly agentAfter: LabelLists;
  /** The first items; request `items` for more. */
  readonly items: readonly ItemRow[];
  readonly itemsTotal: number;
  readonly itemsAllowed: number;
  readonly guardCalls: readonly GuardCallRow[];
  readonly backendCalls: readonly BackendRow[];
  readonly log: readonly LogRow[];
  /** The failure that ended the call first, then the other problems. */
  readonly problems: readonly Problem[];
  readonly args: TextBlock;
  /** The backend's result of phase 3; null when the backend was not called or failed. */
  readonly backendResult: TextBlock | null;
  /** The answer that the client receives; null before the replay. */
  readonly client: TextBlock | null;
  readonly clientIsError: boolean;
  /** Line of the request in the trace file, from 1. */
  readonly line: number;
}

/** Linear memory at one call of the run, for the chart, in bytes; the highest peak when calls are merged. */
export interface MemoryPoint {
  readonly index: number;
  readonly after: number;
  readonly peak: number;
}

/** Criteria of the filter box and the outcome chips. */
export interface RowFilter {
  /** Words to find in tool, server, arguments, status and headline; case-insensitive; empty matches all rows. */
  readonly text: string;
  /** Statuses and marks to show; a row needs one of them. Empty shows all. */
  readonly statuses: readonly ChipId[];
}

/** A page of the filtered list. `rows[0]` is the row at position `from`. */
export interface RowPage {
  readonly from: number;
  readonly total: number;
  readonly rows: readonly CallRow[];
  /** The revision of the session when the rows were read. */
  readonly revision: number;
}
