/** A list in a sentence. */

/** The first `most` texts with commas between, and the number of the rest: `a, b and 3 more`. */
export function listText(texts: readonly string[], most: number): string {
  const rest = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
