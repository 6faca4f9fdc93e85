/** Places in a text: spans, lines and columns. */

/** A piece of a text as UTF-16 indexes; `end` is the index after its last character. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Both count from 1, columns in UTF-16 units. */
export interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/** A function from index to place. It reads the text once, and every look-up takes logarithmic time. */
export function linePositions(text: string): (index: number) => LineAndColumn {
  const starts = [0];
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) starts.push(feed + 1);
  return (index) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: index - (starts[low] ?? 0) + 1 };
  };
}
