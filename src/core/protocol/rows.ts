/** Data that the views show, made from decision records by `presentRow.ts` and `presentDetail.ts`. */
import type { ChangeKind } from '../difc/record/changeKind.ts';
import type { PhaseStatus } from '../difc/account/phaseText.ts';
import type {
  AccessDecision,
  CoarseOutcome,
  EnforcementMode,
  DecisionMark,
  EditedPart,
  Operation,
  Outcome,
} from '../difc/record/decision.ts';
import type { BackendCallEnd, GuardFunction } from '../difc/record/guardCall.ts';
import type { Problem } from '../base/parsed.ts';

/**
 * Status of a call: its outcome after the replay, `pending` before, `running` while a live session waits for its answer, `skipped` when
 * it is not decided: its server has no guard, or it is a look-up of the guard. The headline of the row says which.
 */
export type RowStatus = Outcome | 'pending' | 'running' | 'skipped';

/** A mark of a decision, that a user changed the call, or that it is decided otherwise than in the baseline. */
export type RowMark = DecisionMark | 'edited' | 'changed';

/** What the list can be filtered by: a status or a mark. */
export type ChipId = RowStatus | RowMark;

/** One call in the list. */
export interface CallRow {
  readonly index: number;
  /** `HH:MM:SS.mmm` in UTC; empty when the trace does not record it. */
  readonly time: string;
  readonly server: string;
  /** The agent that made the call; `default` when the trace does not name it. */
  readonly agent: string;
  readonly tool: string;
  /** Arguments on one line, at most 240 characters. */
  readonly args: string;
  readonly status: RowStatus;
  readonly operation: Operation | null;
  /** One sentence with the outcome and its deciding reason, or why there is no decision; empty before the replay. */
  readonly headline: string;
  /** Number of allowed items and of all items; null when the guard did not label items. */
  readonly items: { readonly allowed: number; readonly total: number } | null;
  /** Tags that label_agent gave the agent from the policy, before this call; absent when it did not run for this call. */
  readonly began?: LabelLists;
  /** Tags that the agent gained in this call, and those that it lost, to label_agent too. */
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
  readonly marks: readonly RowMark[];
  /** Outcome and items in the baseline, where the decision is another one now, for example `filtered 2/3`; absent when nothing changed. */
  readonly was?: string;
  /** In what the decision differs from that of the baseline, by weight; absent when nothing changed. */
  readonly changes?: readonly ChangeKind[];
  /** What a user changed of this call; absent when nothing. */
  readonly edited?: readonly EditedPart[];
}

/** The row of a decision alone, which has not been compared with another run. */
export interface DecidedRow extends CallRow {
  readonly marks: readonly (DecisionMark | 'edited')[];
}

/** Secrecy and integrity tags. */
export interface LabelLists {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** The call that brought a tag of the agent. */
export interface TagOrigin {
  readonly kind: 'secrecy' | 'integrity';
  readonly tag: string;
  /** Index of the call in the trace. */
  readonly index: number;
  /** Server of the call. */
  readonly server: string;
  /** The tool of the call, or `label_agent` when the tag came from the policy before the call. */
  readonly by: string;
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

/** A difference between a decision and that of the baseline. */
export interface ChangeRow {
  readonly kind: ChangeKind;
  /** What changed, for example `was allowed, is denied`. */
  readonly text: string;
  /** The first place in the record that differs, as a JSON Pointer. */
  readonly pointer: string;
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
  /** Where the tags of `agentBefore` came from, in the order of the calls. */
  readonly origins: readonly TagOrigin[];
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
  /** How the decision differs from that of the baseline, by weight; empty when it does not. */
  readonly changes: readonly ChangeRow[];
  /** JSON Pointers into the answer of values that a replay cannot know; empty for most calls. */
  readonly clientUnknown: readonly string[];
  /** Line of the request in its file, from 1. */
  readonly line: number;
  /** The file, where it is not that of the trace: another capture of the session, or the gateway's text log. */
  readonly file?: string;
}

/** Linear memory at one call of the run, for the chart, in bytes; the highest peak when calls are merged. */
export interface MemoryPoint {
  readonly index: number;
  readonly after: number;
  readonly peak: number;
}

/** Criteria of the filter box, its menus and the outcome chips. */
export interface RowFilter {
  /** Words to find in tool, server, agent, arguments, status and headline; case-insensitive; empty matches all rows. */
  readonly text: string;
  /** Servers to show, in any case of letters. Empty shows all. */
  readonly servers: readonly string[];
  /** Agents to show, in any case of letters. Empty shows all. */
  readonly agents: readonly string[];
  /** Statuses and marks to show; a row needs one of them. Empty shows all. */
  readonly statuses: readonly ChipId[];
  /** Clauses of the policy, as their lenses call them, in any case of letters: shows the calls that one of them decides. Empty shows all. */
  readonly clauses: readonly string[];
}

/** The filter that matches every call. */
export const noFilter: RowFilter = { text: '', statuses: [], servers: [], agents: [], clauses: [] };

/** A page of the filtered list. `rows[0]` is the row at position `from`. */
export interface RowPage {
  readonly from: number;
  readonly total: number;
  readonly rows: readonly CallRow[];
  /** The revision of the session when the rows were read. */
  readonly revision: number;
}
