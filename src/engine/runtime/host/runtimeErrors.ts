/** What the runtime itself has to say, where production has no text: each failure once. */
import { Failure } from '../../../core/base/failure.ts';

/** The sentence of a call that was under way, or asked for, when the guard was closed. */
export const guardClosedText = 'the guard was closed';

/** The sentence of a call whose worker thread ended by itself. */
export function threadDiedText(reason: string): string {
  return `the guard's worker thread ended unexpectedly: ${reason}`;
}

/** The thread that was to prepare a module ended before it was done. */
export function threadDied(reason: string): Failure {
  return new Failure('runtime/thread-died', threadDiedText(reason), 'Load the guard again');
}

/** A guard's thread did not end cleanly. */
export function closeFailed(name: string, failures: readonly unknown[]): Failure {
  const reasons = failures.map((each) => (each instanceof Error ? each.message : String(each))).join('; ');
  return new Failure('runtime/close-failed', `Closing the guard "${name}" failed: ${reasons}`);
}
