/** Finds all secrets of a text, at once or in steps. */
import type { Steps } from '../../base/steps.ts';
import { type Hit, markStart } from '../values/hits.ts';
import type { KeyRules } from '../values/secretKeys.ts';
import { TextScan } from './textScan.ts';

/** Texts of at least this length are searched in steps, and this much of them in a step. */
export const longText = 64 * 1024;

/** Shorter texts hold no secret with a form or a key. */
export const shortestText = 6;

const none: readonly Hit[] = [];

/** Returns the secrets of a text in any order; some may overlap. */
export function findSecrets(text: string, keys: KeyRules): readonly Hit[] {
  if (text.length < shortestText) return none;
  const scan = new TextScan(text, keys);
  scan.scan(text.length);
  scan.finish();
  return withoutMarks(text, scan.hits);
}

/** `findSecrets` in steps, for a long text. */
export function* findSecretsInSteps(text: string, keys: KeyRules): Steps<readonly Hit[]> {
  const scan = new TextScan(text, keys);
  for (let at = longText; at < text.length; at += longText) {
    scan.scan(at);
    yield;
  }
  scan.scan(text.length);
  yield;
  scan.finish();
  return withoutMarks(text, scan.hits);
}

/** Hits without those that touch a token of an earlier redaction. */
function withoutMarks(text: string, hits: readonly Hit[]): readonly Hit[] {
  if (hits.length === 0 || !text.includes(markStart)) return hits;
  return hits.filter(({ start, end }) => !text.slice(start, end).includes(markStart) && !isInMark(text, start));
}

function isInMark(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 200), at);
  return before.lastIndexOf(markStart) > before.lastIndexOf('»');
}
