/** The contract between the panel's webview and the extension host: typed requests and change notifications. */
import type { Problem } from '../base/parsed.ts';
import type { ChangeKind } from '../difc/record/changeKind.ts';
import type { EnforcementMode, Outcome } from '../difc/record/decision.ts';
import type { CallClauses } from './clauses.ts';
import type { CallDetail, ItemRow, MemoryPoint, RowFilter, RowPage, TextBlock, RowMark } from './rows.ts';

/** State of one input of the session: its configuration, its guard or its policy. */
export interface InputState {
  /** File name for the header; null when no file is selected. */
  readonly title: string | null;
  /** Path relative to the workspace, for the tooltip. */
  readonly path: string | null;
  readonly status: 'none' | 'loading' | 'ready' | 'failed' | 'poisoned';
  /** Why it failed or is poisoned; empty otherwise. */
  readonly message: string;
  /** The next step when it failed; empty when the only one is to select another file. */
  readonly hint: string;
  /** Whether the file could not be read, so that it cannot be opened either. */
  readonly unreadable: boolean;
}

/** State and progress of the replay. */
export interface RunState {
  readonly status: 'idle' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly durationMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Number of decided calls with each mark; `changed` against the baseline. */
  readonly marks: Readonly<Record<RowMark, number>>;
  /** Number of the guard's look-ups that were not recorded. */
  readonly missedLookups: number;
  /** A sentence when the run failed or was cancelled; empty otherwise. */
  readonly message: string;
  /** Why the calls were decided anew, for example `guard.wasm changed at 14:02:11`; empty for a replay that the user started. */
  readonly renewed: string;
}

/** What the decisions are compared with, and in what they differ. */
export interface ComparisonState {
  /** The baseline, such as `the run before`; empty when there is none. */
  readonly label: string;
  /** Whether the baseline stays when the calls are decided anew. */
  readonly pinned: boolean;
  /** Number of calls that differ, by kind; a call may count for several. Kinds without a call are absent. */
  readonly kinds: Readonly<Partial<Record<ChangeKind, number>>>;
  /** Decided calls of which a recorded session does not say how they were decided; 0 for another baseline. */
  readonly uncompared: number;
  /** Set when two runs with the same inputs differ, so that the guard is not deterministic: the first call that differs. */
  readonly unstable: number | null;
}

/** What a user changed of the calls by hand, so that decisions are hypothetical. */
export interface WhatIfState {
  /** The first changes, in the order of making; `text` is for example `argument /path "a" → "b"`. */
  readonly changes: readonly { readonly call: number; readonly text: string }[];
  readonly total: number;
  /** The mode of all calls, in place of that of the guard; null: none was set by hand. */
  readonly mode: EnforcementMode | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

/** A server of the trace. */
export interface ServerState {
  readonly id: string;
  readonly calls: number;
  /** Why its calls are not decided, as the end of a sentence; null when they are. */
  readonly undecided: string | null;
  /** Whether a guard can be chosen for it: the configuration has it, or there is none. */
  readonly configured: boolean;
}

/** An agent of the trace. */
export interface AgentState {
  readonly id: string;
  readonly calls: number;
}

/** Role of the guard in the live session: `recording` without a guard, `watch` (decides, not enforced), `enforce`, or `off` (switched off). */
export type LiveGuardMode = 'recording' | 'watch' | 'enforce' | 'off';

/** A trace that is being written while it is shown. */
export interface LiveState {
  readonly mode: LiveGuardMode;
  /** Start of the live session in ISO 8601, if known. */
  readonly since: string;
  /** Whether the list scrolls to the newest call. */
  readonly follow: boolean;
  /** Calls of all servers that have no answer yet. */
  readonly running: number;
  /** Why the guard of the running tap decides no call, such as the panic in which it died; absent while it decides. */
  readonly guardFailure?: string;
}

/** State of the session for the header, the toolbar and the status line. */
export interface PanelState {
  /** Grows with every change that invalidates rows. */
  readonly revision: number;
  readonly trace: { readonly title: string; readonly path: string; readonly format: string; readonly calls: number };
  /** The gateway's configuration, whose servers are all decided. */
  readonly config: InputState;
  readonly guard: InputState;
  readonly policy: InputState;
  /** The server whose guard and policy `guard` and `policy` replace; null without a configuration, or when none of the two is chosen. */
  readonly replaced: string | null;
  /** The chosen mode, which a guard's own mode overrides (gateway spec 3.10); null: the modes of the configuration. */
  readonly mode: EnforcementMode | null;
  /** The mode that the guard returned in the last replay; null when it returned none, or when several servers are decided. */
  readonly guardMode: EnforcementMode | null;
  readonly servers: readonly ServerState[];
  /** The agents with the most calls, at most 200, in order of appearance. */
  readonly agents: readonly AgentState[];
  readonly agentsTotal: number;
  readonly run: RunState;
  readonly comparison: ComparisonState;
  readonly whatIf: WhatIfState;
  /** null for a trace that has ended. */
  readonly live: LiveState | null;
  /** Problems of the trace, the policy and the guard; the first 200. */
  readonly problems: readonly Problem[];
  readonly problemsTotal: number;
  /** Whether the workspace is not trusted, so that nothing is replayed. */
  readonly restricted: boolean;
}

/** State that a view restores after a reload. The webview saves it with the `setState` of its API; it is not sent to the host. */
export interface ViewState {
  readonly selected: number | null;
  readonly filter: RowFilter;
  readonly tab: string;
}

/** Names a text that the view requests in full. */
export type TextName =
  | { readonly of: 'args' | 'backendResult' | 'client'; readonly call: number }
  | { readonly of: 'input' | 'output'; readonly call: number; readonly guardCall: number }
  | { readonly of: 'lookup'; readonly call: number; readonly backendCall: number };

/** Commands of the toolbar and the menus. */
export type PanelCommand =
  | {
      readonly run:
        | 'replay'
        | 'cancel'
        | 'chooseConfig'
        | 'chooseGuard'
        | 'choosePolicy'
        | 'openConfig'
        | 'openPolicy'
        | 'inspectGuard'
        | 'exportDecisions'
        /** Compares all later runs with this one, or each with the one before it. */
        | 'pinBaseline'
        | 'unpinBaseline'
        /** Takes the last change of a call back, makes it again, or drops all changes. */
        | 'undoChange'
        | 'redoChange'
        | 'dropChanges'
        /** Writes the changes to a file for `replay --changes`. */
        | 'writeChanges'
        /** Asks for another guard, policy or mode, and compares the decisions with those that it gives. */
        | 'compareWith'
        /** Opens the editor's view of workspace trust. */
        | 'manageTrust';
    }
  | { readonly run: 'setMode'; readonly mode: EnforcementMode | null }
  | { readonly run: 'setFollow'; readonly follow: boolean }
  | { readonly run: 'revealLine'; readonly line: number; readonly file?: string }
  /** Opens a copy of a call to edit and resend. */
  | { readonly run: 'editAndSend'; readonly call: number }
  /** Makes a guard test of a call. */
  | { readonly run: 'createTest'; readonly call: number }
  /** Opens the decision and that of the baseline in the editor's diff view. */
  | { readonly run: 'openComparison'; readonly call: number }
  /** Opens what can be changed of a call in an editor. `place`: where the cursor stands, as a JSON Pointer such as `/data/0`. */
  | { readonly run: 'changeCall'; readonly call: number; readonly place?: string }
  /** Decides all calls in a mode, whatever the guard answers; null: in its own again. */
  | { readonly run: 'setWhatIfMode'; readonly mode: EnforcementMode | null }
  | { readonly run: 'revealProblem'; readonly problem: Problem }
  /** Opens a section of the documentation, as in `Problem.docs`. */
  | { readonly run: 'openDocs'; readonly docs: string }
  /** Opens the policy beside the panel, at a clause. */
  | { readonly run: 'openClause'; readonly clause: string }
  /** Finds the calls that each clause decides, also when it takes long. */
  | { readonly run: 'findClauses' }
  | { readonly run: 'openText'; readonly text: TextName; readonly title: string };

/** Requests of the webview that the host answers. */
export type HostContract = {
  hello: { in: Record<string, never>; out: PanelState };
  rows: { in: { readonly from: number; readonly count: number; readonly filter: RowFilter }; out: RowPage };
  /** Position of a call under a filter; -1 when it is filtered out. */
  locate: { in: { readonly index: number; readonly filter: RowFilter }; out: number };
  detail: { in: { readonly index: number }; out: CallDetail };
  items: { in: { readonly index: number; readonly from: number; readonly count: number }; out: readonly ItemRow[] };
  /** The memory chart, merged into at most `buckets` points. */
  memory: {
    in: { readonly buckets: number };
    out: { readonly points: readonly MemoryPoint[]; readonly limit: number };
  };
  /** The clauses of the policy behind the decision of a call. It begins to find them. */
  clauses: { in: { readonly index: number }; out: CallClauses };
  text: { in: TextName; out: TextBlock };
  command: { in: PanelCommand; out: null };
};

/** Notifications of the host; the view answers with null. */
export type ViewContract = {
  changed: { in: PanelState; out: null };
  select: { in: { readonly index: number }; out: null };
  /** Puts a text into the filter box, in place of all filters. */
  showQuery: { in: { readonly query: string }; out: null };
};
