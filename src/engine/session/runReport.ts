/** What a run gets from its view, and what it reports while it goes on: progress, the status of its guards, the problems of its inputs. */
import type { Problem } from '../../core/base/parsed.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { EditedCall } from '../../core/whatIf/callChanges.ts';
import type { Baseline } from './baseline.ts';
import type { SessionServices } from './keptSessions.ts';
import type { ReplaySettings, WhyUndecided } from './runInputs.ts';
import type { RunResults } from './runResults.ts';
import type { TraceFeed } from './traceFeed.ts';

/** Status of the guards after the last attempt to use them. */
export interface GuardStatus {
  readonly status: 'none' | 'loading' | 'ready' | 'failed' | 'poisoned';
  /** Why it failed or is poisoned; empty otherwise. */
  readonly message: string;
}

/** Status of the chosen guards before they are used. */
export function initialGuardStatus({ guard, config }: ReplaySettings): GuardStatus {
  return { status: guard === null && config === null ? 'none' : 'ready', message: '' };
}

/** A change that a run reports; an absent member has not changed. */
export interface RunReport {
  readonly run?: Partial<RunState>;
  readonly guard?: GuardStatus;
  readonly guardProblems?: readonly Problem[];
  readonly policyProblems?: readonly Problem[];
  readonly configProblems?: readonly Problem[];
  /** Which servers the run does not decide. */
  readonly why?: WhyUndecided;
  /** The servers of the configuration; null without one. */
  readonly configured?: ReadonlySet<string> | null;
  readonly server?: string | null;
  /** Every call of this trace that is ready has been decided. */
  readonly trace?: Trace;
  /** The files that the run decides with, beside the trace. */
  readonly files?: readonly string[];
  /** Results that replace those on show. */
  readonly results?: RunResults;
}

/** Inputs of a run. */
export interface RunSetup {
  readonly settings: ReplaySettings;
  /** Texts in place of the content of files, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly services: SessionServices;
  /** See `TraceView.paths`. */
  readonly paths: readonly string[];
  readonly feed: TraceFeed;
  readonly signal: AbortSignal;
  /** What a user changed of the calls, when the run begins. */
  readonly changes: () => readonly EditedCall[];
  /**
   * Takes what the calls are decided without the changes, and gives what the results are compared with; null: they are compared with what they are.
   */
  readonly compareWithout: ((unchanged: RunResults) => Baseline) | null;
  /** Results to fill. */
  readonly results: RunResults;
  /** Whether `results` are on show while they are filled; otherwise they are reported once the run has caught up. */
  readonly isShown: boolean;
  readonly report: (report: RunReport) => void;
}
