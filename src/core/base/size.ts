/** Sizes for people: decimal units, the same everywhere. */

/** `319 B`, `257.3 kB`, `1.2 MB`: a kB is 1,000 bytes. */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
