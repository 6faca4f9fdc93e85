/** Secrets that finders located in a text, and their replacement in one pass. */

/** A secret in a text: its place, and the rule that found it. */
export interface Hit {
  readonly start: number;
  /** Index after the last character. */
  readonly end: number;
  readonly rule: string;
  /** Whether the secret is a number of a JSON fragment, whose replacement is a number, too. */
  readonly number?: boolean;
  /** Whether the secret has a documented form, whose rule is preferred to that of its place. */
  readonly form?: boolean;
}

/** Beginning of a token that replaces a secret. */
export const markStart = '«redacted:';

/** Returns the token that replaces a secret. */
export function markOf(rule: string, hash: string): string {
  return `${markStart}${rule}:${hash}»`;
}

/**
 * Returns the number that replaces a secret number: negative, because secrets are not, so that it is not redacted again; equal for equal
 * hashes.
 */
export function numberMark(hash: string): string {
  let sum = 2166136261;
  for (let at = 0; at < hash.length; at++) sum = Math.imul(sum ^ hash.charCodeAt(at), 16777619) >>> 0;
  return `-${100_000_000 + (sum % 900_000_000)}`;
}

/** Replaces the secrets of a text; `replacement` gets each secret once, in the order of the text. */
export function replaceHits(text: string, hits: readonly Hit[], replacement: (hit: Hit) => string): string {
  if (hits.length === 0) return text;
  const parts: string[] = [];
  let from = 0;
  for (const hit of disjoint(hits)) {
    parts.push(text.slice(from, hit.start), replacement(hit));
    from = hit.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Orders hits and joins those that overlap: the longest names the rule, and of equal ones the first, which knows the form. */
function disjoint(hits: readonly Hit[]): readonly Hit[] {
  const ordered = [...hits].sort(
    (a, b) => a.start - b.start || b.end - a.end || Number(b.form === true) - Number(a.form === true),
  );
  const result: Hit[] = [];
  for (const hit of ordered) {
    const last = result.at(-1);
    if (last === undefined || hit.start >= last.end) result.push(hit);
    else if (hit.end > last.end) result[result.length - 1] = { ...longer(last, hit), start: last.start, end: hit.end };
  }
  return result;
}

function longer(a: Hit, b: Hit): Hit {
  return b.end - b.start > a.end - a.start ? b : a;
}
