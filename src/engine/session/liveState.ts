/** Says what the panel shows of a trace that is being written: by a tap, which tells of itself, or by a gateway, whose log grows. */
import type { LiveState } from '../../core/protocol/panel.ts';
import type { FollowedTrace } from '../traceFiles/follow.ts';

/** null when nobody writes it. `follow`: whether the panel keeps the newest call in view. */
export function liveStateOf(
  { live, grew, trace }: Pick<FollowedTrace, 'live' | 'grew' | 'trace'>,
  follow: boolean,
): LiveState | null {
  const shared = { follow, running: trace.calls.filter(({ awaits }) => awaits === 'answer').length };
  // A tap that no guard was given to yet only records.
  const isGuarded = live?.guard !== undefined && !(live.guard === 'noop' && live.mode === 'off');
  if (live !== null)
    return { mode: isGuarded ? (live.mode ?? 'recording') : 'recording', since: live.start, ...shared };
  if (trace.growing !== true || grew === null) return null;
  return { mode: 'recording', since: new Date(grew).toISOString(), ...shared };
}
