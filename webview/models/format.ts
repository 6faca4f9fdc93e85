/** How numbers and long lines are written in the panel: bytes, milliseconds, counts, a line cut before its end. */

/** Bytes of one page of linear memory. */
export const pageBytes = 65_536;

const kib = 1024;
const mib = 1024 * 1024;
const grouping = new Intl.NumberFormat('en-US');

/** `12,345`. */
export function formatCount(count: number): string {
  return grouping.format(count);
}

/** `3 items`, `1 item`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `900 B`, `4.0 KiB`, `16 MiB`: three digits that matter, exact for whole units. */
export function formatBytes(bytes: number): string {
  if (bytes < kib) return `${formatCount(bytes)} B`;
  const [unit, name] = bytes < mib ? [kib, 'KiB'] : [mib, 'MiB'];
  const value = bytes / unit;
  if (Number.isInteger(value)) return `${formatCount(value)} ${name}`;
  return `${formatNumber(value)} ${name}`;
}

/** `0.04 ms`, `1.2 ms`, `340 ms`, `2.31 s`, `3 min 4 s`. */
export function formatMs(ms: number): string {
  if (ms < 0.005) return '0 ms';
  if (ms < 1000) return `${formatNumber(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `18 pages`: linear memory as WebAssembly counts it. */
export function formatPages(bytes: number): string {
  return plural(Math.round(bytes / pageBytes), 'page');
}

/** A signed difference in bytes: `+64 KiB`, `−64 KiB`, `±0`. */
export function formatGrowth(bytes: number): string {
  if (bytes === 0) return '±0';
  return `${bytes > 0 ? '+' : '−'}${formatBytes(Math.abs(bytes))}`;
}

/** How much of a line's end stays when there is no room for all of it. */
const endLength = 20;

/**
 * A line in two parts, of which the view cuts the first; the second is empty for a line that is hardly longer than it, and for one whose
 * end is missing already.
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
