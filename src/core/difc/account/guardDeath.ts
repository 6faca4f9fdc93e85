/** Describes why a guard call ended in a failure, beginning with what the guard itself said about it. */
import { cutText } from '../../base/cutText.ts';
import { innermostOwnFrame } from '../../symbols/libraryFrames.ts';
import { shortPlace } from '../../symbols/stackText.ts';
import type { DecisionRecord } from '../record/decision.ts';
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
  const late = timeoutText({ ...call, error: call.error });
  if (late !== null) return `${name} failed${when}: ${text}; the guard ${late}${loggedText(call)}`;
  const death = deathText(call);
  if (death !== null) return `${name} ${death}${when}, which the gateway reports as: ${text}`;
  return `${name} failed${when}: ${text}${whereText(call)}${loggedText(call)}`;
}

/**
 * The end of a guard in its own words, as the rest of a sentence about one of its functions: `panicked: "…" (lib.rs:10:5)`; for a
 * deadline, the function that it was in. Null when nothing is known but the error.
 */
export function deathText(call: GuardTexts & WithStack & { readonly error: string | null }): string | null {
  if (call.error === null) return null;
  const words = lastWords(call, call.error);
  if (words === null) return timeoutText({ ...call, error: call.error });
  const { kind, text, place } = words;
  if (kind === 'panicked') return `panicked: "${text}"${place === '' ? whereText(call) : ` (${place})`}`;
  return `stopped${whereText(call)} after it ${kind} "${text}"`;
}

/** The guard call that made the guard unusable, or the first that found it unusable; null when all entered it and left it usable. */
export function fatalCall(calls: readonly GuardCallRecord[]): (GuardCallRecord & { readonly error: string }) | null {
  for (const call of calls) if (call.poisoned && call.error !== null) return { ...call, error: call.error };
  return null;
}

/** Why the guard is unusable after a tool call, with the call; null when it is usable. */
export function fatalSentence({ index, guardCalls }: Pick<DecisionRecord, 'index' | 'guardCalls'>): string | null {
  const fatal = fatalCall(guardCalls);
  if (fatal === null) return null;
  const death = deathText(fatal);
  const why = death === null ? fatal.error : `${death}, which the gateway reports as: ${fatal.error}`;
  return `${why} (call ${index + 1}, ${fatal.function})`;
}

/** Where a guard was when its deadline passed: `was in parse (lib.rs:10:5) when its time ran out`; null when it is not known. */
function timeoutText({ error, stack }: WithStack & { readonly error: string }): string | null {
  const frame = stack === undefined || !deadlinePassed.test(error) ? null : innermostOwnFrame(stack.frames);
  if (frame === null) return null;
  const place = frame.at === null ? '' : ` (${shortPlace(frame.at)})`;
  return `was in ${frame.function}${place} when its time ran out`;
}

/** The error of a guard that was stopped at its deadline (wazero spec 6.1), behind the gateway's prefix. */
const deadlinePassed = /module closed with context deadline exceeded$/;

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
