/** Decides the calls of a view with other inputs, and makes that run what the view is compared with. */
import { Failure } from '../../core/base/failure.ts';
import type { ReplaySettings } from './runInputs.ts';
import type { SessionServices } from './keptSessions.ts';
import { TraceView } from './traceView.ts';

/**
 * The view itself does not change but for its comparison. A new configuration replaces guard and policy. Throws `session/not-compared` when the
 * other inputs cannot be used.
 */
export async function decideOtherwise(
  view: TraceView,
  patch: Partial<ReplaySettings>,
  label: string,
  services: SessionServices,
): Promise<void> {
  const replaced = (patch.config ?? null) === null ? {} : { guard: null, policy: null };
  const other = new TraceView(view.paths, view.trace, { ...view.settings, ...replaced, ...patch }, services);
  try {
    await other.replay();
    const { status, message } = other.run;
    if (status !== 'done') {
      const problem = other.problems.find(({ severity }) => severity === 'error');
      const reason = message === '' ? (problem?.message ?? status) : message;
      throw new Failure(
        'session/not-compared',
        `The calls cannot be decided with ${label}: ${reason}`,
        'Choose another file',
      );
    }
    // The other run has the calls as they were captured.
    const whole = view.changes.edited.length === 0 ? label : `${label} without your changes`;
    view.comparison.compareWith(other.comparison.asBaseline(whole));
  } finally {
    other.dispose();
  }
}
