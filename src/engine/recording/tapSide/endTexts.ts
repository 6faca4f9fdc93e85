/** The sentences about the end of a tap: what it waits for, what is missing when the wait was aborted, and what was left out. */
import { sizeText } from '../../../core/base/size.ts';
import type { LostContent } from '../format/tapContract.ts';
import type { RecordingEnd } from './recordingSink.ts';

/** `unwritten`: for example `3 messages (1.2 MB)`. `undecided`: calls that guards have not decided. */
export function waitingText(unwritten: string, undecided: number): string {
  const forGuard = undecided === 0 ? '' : `the guard to decide ${counted(undecided, 'call', 'calls')}, and for `;
  return `waiting for ${forGuard}the capture: ${unwritten} not written yet; another signal aborts the wait`;
}

/** Said when a guard had not decided these calls when the tap ended. `why`: what ended the wait. */
export function undecidedText(undecided: number, why: 'aborted' | 'stopped'): string {
  const calls = counted(undecided, 'call', 'calls');
  return why === 'aborted'
    ? `the wait for the guard was aborted: ${calls} not decided`
    : `the guard did not return at the end of the tap and was stopped: ${calls} not decided`;
}

/** Said when a recording ends before its session. */
export function notRecordedText(reason: string): string {
  return `not recorded any more: ${reason}; the session goes on`;
}

/** What is not in the capture; empty for a complete one, and for a recording that failed, which was reported when it did. */
export function lossTexts({ missing, leftOut }: RecordingEnd): readonly string[] {
  const aborted = `the wait for the capture was aborted: ${missing} not confirmed as written; the recorder finishes what it has`;
  const dropped = `content left out of the capture: that of ${leftOut}, because the queue of the recorder was full; allow a longer one with --queue`;
  return [...(missing === '' ? [] : [aborted]), ...(leftOut === '' ? [] : [dropped])];
}

/** Begins the sentences of a tap that say that a capture is not complete. */
export const lossBeginnings: readonly string[] = [
  'not recorded any more',
  'the wait for the capture was aborted',
  'content left out of the capture',
];

/** For example `1 message and 3 lines of standard error (1.2 MB)`; empty for nothing. */
export function lostText({ messages, stderrLines, bytes }: LostContent): string {
  const parts = [counted(messages, 'message', 'messages'), counted(stderrLines, 'line', 'lines')];
  if (stderrLines > 0) parts[1] += ' of standard error';
  const named = parts.filter((part) => part !== '').join(' and ');
  return named === '' ? '' : `${named} (${sizeText(bytes)})`;
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
