/** State that the panel shows of a trace that is being written: by a tap, which reports its mode, or by a gateway, whose log grows. */
import type { LiveState } from '../protocol/panel.ts';
import type { Trace } from '../trace/model/traceModel.ts';

/** What is known of the trace and its writer. */
export interface WrittenTrace {
  readonly trace: Trace;
  /** What the running tap reports in its live file; null without a tap. */
  readonly live: {
    /** ISO 8601. */
    readonly start: string;
    /** Path of the guard, or `noop`; absent without a guard. */
    readonly guard?: string;
    /** Absent: no guard looks at the traffic. */
    readonly mode?: LiveState['mode'];
    /** Why the guard decides no call; absent while it decides. */
    readonly message?: string;
  } | null;
  /** When the trace grew last, in milliseconds since 1970; null when it did not. */
  readonly grew: number | null;
}

/** Null when the trace is not being written. `follow`: whether the panel keeps the newest call in view. */
export function liveStateOf({ live, grew, trace }: WrittenTrace, follow: boolean): LiveState | null {
  const shared = { follow, running: trace.calls.filter(({ awaits }) => awaits === 'answer').length };
  // A tap that has no guard yet runs with the noop guard switched off, and only records.
  const isGuarded = live?.guard !== undefined && !(live.guard === 'noop' && live.mode === 'off');
  if (live !== null) {
    const mode = isGuarded ? (live.mode ?? 'recording') : 'recording';
    const decides = mode === 'watch' || mode === 'enforce';
    const failed = live.message === undefined || !decides ? {} : { guardFailure: live.message };
    return { mode, since: live.start, ...failed, ...shared };
  }
  if (trace.growing !== true || grew === null) return null;
  return { mode: 'recording', since: new Date(grew).toISOString(), ...shared };
}
