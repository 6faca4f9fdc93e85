/** The contract between the panel's webview and the extension host: typed questions, and announcements of change. */
import type { Problem } from '../base/parsed.ts';
import type { EnforcementMode, Outcome } from '../difc/record/decision.ts';
import type { CallDetail, ItemRow, MemoryPoint, RowFilter, RowPage, TextBlock } from './rows.ts';

/** What stands ready for one role (guard or policy) of the session. */
export interface InputState {
  /** File name for the header; null when nothing is chosen. */
  readonly title: string | null;
  /** Path relative to the workspace, for the tooltip. */
  readonly path: string | null;
  readonly status: 'none' | 'loading' | 'ready' | 'failed' | 'poisoned';
  /** Why it failed or is poisoned; empty otherwise. */
  readonly message: string;
  /** The next step when it failed; empty where there is none beside choosing another. */
  readonly hint: string;
  /** Whether the file itself could not be read, so that there is nothing to open. */
  readonly unreadable: boolean;
}

/** How far the replay is. */
export interface RunState {
  readonly status: 'idle' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly durationMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** A sentence when the run failed or was cancelled; empty otherwise. */
  readonly message: string;
}

/** A server of the trace that can be replayed. */
export interface ServerState {
  readonly id: string;
  readonly calls: number;
  readonly selected: boolean;
}

/** What stands between client and server while the trace is being written: nothing, or a guard that looks, decides, or is switched off. */
export type LiveGuardState = 'recording' | 'watch' | 'enforce' | 'off';

/** A trace that is being written while it is shown. */
export interface LiveState {
  readonly mode: LiveGuardState;
  /** ISO 8601: since when, as far as that is known. */
  readonly since: string;
  /** Whether the newest call is kept in view. */
  readonly follow: boolean;
  /** Calls of all servers that have no answer yet. */
  readonly running: number;
}

/** Everything of the session that the header, the toolbar and the status line show. */
export interface PanelState {
  /** Grows with every change that makes rows stale. */
  readonly revision: number;
  readonly trace: { readonly title: string; readonly path: string; readonly format: string; readonly calls: number };
  readonly guard: InputState;
  readonly policy: InputState;
  /** The mode of servers whose guard names none; the guard's own mode wins (gateway spec 3.10). */
  readonly mode: EnforcementMode;
  /** The mode that the guard itself named in the last replay; null when it named none. */
  readonly guardMode: EnforcementMode | null;
  readonly servers: readonly ServerState[];
  readonly run: RunState;
  /** null for a trace that has ended. */
  readonly live: LiveState | null;
  /** Problems of trace, policy and guard as a whole; the first 200. */
  readonly problems: readonly Problem[];
  readonly problemsTotal: number;
}

/** What a view finds again after a reload. The webview saves it with `setState` of its own API; it never crosses the link. */
export interface ViewState {
  readonly selected: number | null;
  readonly filter: RowFilter;
  readonly tab: string;
}

/** Which long text is wanted whole. */
export type TextName =
  | { readonly of: 'args' | 'backendResult' | 'client'; readonly call: number }
  | { readonly of: 'input' | 'output'; readonly call: number; readonly guardCall: number }
  | { readonly of: 'lookup'; readonly call: number; readonly backendCall: number };

/** Things the toolbar and the menus do. */
export type PanelCommand =
  | {
      readonly run:
        'replay' | 'cancel' | 'chooseGuard' | 'choosePolicy' | 'openPolicy' | 'inspectGuard' | 'exportDecisions';
    }
  | { readonly run: 'setMode'; readonly mode: EnforcementMode }
  | { readonly run: 'setServer'; readonly server: string }
  | { readonly run: 'setFollow'; readonly follow: boolean }
  | { readonly run: 'revealLine'; readonly line: number }
  /** Opens a copy of a call to be edited and sent again. */
  | { readonly run: 'editAndSend'; readonly call: number }
  | { readonly run: 'revealProblem'; readonly problem: Problem }
  /** Opens a section of the documentation, as in `Problem.docs`. */
  | { readonly run: 'openDocs'; readonly docs: string }
  | { readonly run: 'openText'; readonly text: TextName; readonly title: string };

/** Questions that the webview asks and the host answers. */
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
  text: { in: TextName; out: TextBlock };
  command: { in: PanelCommand; out: null };
};

/** Announcements that the host makes; the view answers with null. */
export type ViewContract = {
  changed: { in: PanelState; out: null };
  select: { in: { readonly index: number }; out: null };
};
