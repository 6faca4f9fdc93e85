/** Times of traces: ISO 8601 texts, and milliseconds since 1970. */

/** Parses an ISO 8601 string into milliseconds since 1970; null when it is not one. */
export function parseTime(text: unknown): number | null {
  const time = typeof text === 'string' && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** Formats a time as ISO 8601 with milliseconds, UTC; null for a time outside the range of `Date`. */
export function isoTime(time: number): string | null {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null;
}
