/** Formats sizes in bytes, the same way in every view and command. */

/** For example `319 B`, `257.3 kB`, `1.2 MB`; 1 kB is 1,000 bytes. */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
