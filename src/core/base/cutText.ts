/** Cuts texts to a length. */

/** Cuts a text to at most `length` UTF-16 units, with an ellipsis and never inside a surrogate pair. */
export function cutText(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
