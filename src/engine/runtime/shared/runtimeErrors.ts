/** The errors of the runtime itself, for which the gateway has no text. */
import { Failure } from '../../../core/base/failure.ts';

/** Error of a call that was running, or was requested, when the guard was closed. */
export const guardClosedText = 'the guard was closed';

/** Error of a call whose worker thread ended by itself. */
export function threadDiedText(reason: string): string {
  return `the guard's worker thread ended unexpectedly: ${reason}`;
}

/** Failure of a preparation whose thread ended. */
export function threadDied(reason: string): Failure {
  return new Failure('runtime/thread-died', threadDiedText(reason), 'Load the guard again');
}

/** Failure of a guard whose thread did not end cleanly. */
export function closeFailed(name: string, failures: readonly unknown[]): Failure {
  const reasons = failures.map((each) => (each instanceof Error ? each.message : String(each))).join('; ');
  return new Failure('runtime/close-failed', `Closing the guard "${name}" failed: ${reasons}`);
}
