/** Describes why a guard call ended in a failure, beginning with what the guard itself said about it. */
import { cutText } from '../../base/cutText.ts';
import { innermostOwnFrame } from '../../symbols/libraryFrames.ts';
import { shortPlace } from '../../symbols/stackText.ts';
import type { GuardCallRecord, GuardFunction } from '../record/guardCall.ts';
import { type GuardTexts, lastWords } from './lastWords.ts';
import type { GuardStack } from '../record/stackFrame.ts';

/** Longest line of stderr that a sentence quotes. */
const longestLine = 300;

/** A stack, and the guard function that was called; absent when the guard's start function ran. */
interface WithStack {
  readonly stack?: GuardStack;
  readonly function?: GuardFunction;
}

/** Whether the guard was not entered because it had trapped in an earlier call. */
export function isAfterTrap({ poisoned, attempts }: Pick<GuardCallRecord, 'poisoned' | 'attempts'>): boolean {
  return poisoned && attempts.length === 0;
}

/**
 * Why a guard function failed, for a sentence: with the guard's own words first, when it has any, and then `text`, the gateway's error.
 * `call`: the guard call that ended the tool call. `when`: words behind the verb, with a space in front.
 */
export function failedCallText(
  name: GuardFunction,
  call: GuardCallRecord | undefined,
  text: string,
  when = '',
): string {
  if (call === undefined || call.error === null || isAfterTrap(call)) return `${name} failed${when}: ${text}`;
  const death = deathText(call);
  if (death !== null) return `${name} ${death}${when}, which the gateway reports as: ${text}`;
  return `${name} failed${when}: ${text}${whereText(call)}${loggedText(call)}`;
}

/**
 * The end of a guard in its own words, as the rest of a sentence about one of its functions: `panicked: "…" (lib.rs:10:5)`. Null when
 * the guard wrote nothing that explains its end.
 */
export function deathText(call: GuardTexts & WithStack & { readonly error: string | null }): string | null {
  const words = call.error === null ? null : lastWords(call, call.error);
  if (words === null) return null;
  const { kind, text, place } = words;
  if (kind === 'panicked') return `panicked: "${text}"${place === '' ? whereText(call) : ` (${place})`}`;
  return `stopped${whereText(call)} after it ${kind} "${text}"`;
}

/** The innermost place in the guard's own code, with a space in front; empty when it adds nothing to the name of the called function. */
function whereText({ stack, function: called }: WithStack): string {
  const frame = stack === undefined ? null : innermostOwnFrame(stack.frames);
  if (frame === null || (frame.at === null && frame.function === called)) return '';
  return frame.at === null ? ` in ${frame.function}` : ` in ${frame.function} (${shortPlace(frame.at)})`;
}

/** The last error that the guard logged: usually the actual reason, which the client never sees (gateway spec 1.12). */
function loggedText({ log, stderr }: GuardTexts): string {
  const line = log.findLast(({ level }) => level === 3)?.message.split('\n', 1)[0] ?? '';
  if (line !== '') return `; the guard logged "${line}"`;
  const written = stderr.trimEnd().split('\n').at(-1) ?? '';
  return written === '' ? '' : `; the guard wrote "${cutText(written, longestLine)}" to stderr`;
}
