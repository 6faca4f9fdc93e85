/** Formats bytes, milliseconds, counts and long lines for the panel. */

/** Bytes of one page of linear memory. */
export const pageBytes = 65_536;

const kib = 1024;
const mib = 1024 * 1024;
const grouping = new Intl.NumberFormat('en-US');

/** A count with thousands separators, such as `12,345`. */
export function formatCount(count: number): string {
  return grouping.format(count);
}

/** A count with its noun, such as `3 items` or `1 item`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Bytes with three significant digits, such as `900 B`, `4.25 KiB` or `16 MiB`; whole units are exact. */
export function formatBytes(bytes: number): string {
  if (bytes < kib) return `${formatCount(bytes)} B`;
  const [unit, name] = bytes < mib ? [kib, 'KiB'] : [mib, 'MiB'];
  const value = bytes / unit;
  if (Number.isInteger(value)) return `${formatCount(value)} ${name}`;
  return `${formatNumber(value)} ${name}`;
}

/** Milliseconds as a duration, such as `0.04 ms`, `340 ms`, `2.31 s` or `3 min 4 s`. */
export function formatMs(ms: number): string {
  if (ms < 0.005) return '0 ms';
  if (ms < 1000) return `${formatNumber(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Bytes of linear memory as WebAssembly pages, such as `18 pages`. */
export function formatPages(bytes: number): string {
  return plural(Math.round(bytes / pageBytes), 'page');
}

/** A signed difference in bytes, such as `+64 KiB`, `−64 KiB` or `±0`. */
export function formatGrowth(bytes: number): string {
  if (bytes === 0) return '±0';
  return `${bytes > 0 ? '+' : '−'}${formatBytes(Math.abs(bytes))}`;
}

/** Characters at the end of a line that stay visible when the line is cut. */
const endLength = 20;

/**
 * Splits a line into a part that the view may cut and an end that it keeps. The end is empty for a short line and for a line that is
 * already truncated.
 */
export function splitEnd(line: string): { readonly start: string; readonly end: string } {
  const letters = Array.from(line);
  if (letters.length < 1.5 * endLength || line.endsWith('…')) return { start: line, end: '' };
  return { start: letters.slice(0, -endLength).join(''), end: letters.slice(-endLength).join('') };
}

function formatNumber(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
