/** Extracts the comments of a source file for tests that check their text. */

export interface Comment {
  /** Without comment marks, line breaks as single blanks. */
  readonly text: string;
  /** The lines of the comment without marks, and the number of the first one in the file. */
  readonly lines: readonly string[];
  readonly line: number;
}

/** Comments that start a line, as the formatter writes them: blocks, and runs of `//` lines. */
export function commentsOf(text: string): readonly Comment[] {
  return [...text.matchAll(/^[ \t]*(?:\{?\/\*[^]*?\*\/|\/\/.*(?:\n[ \t]*\/\/.*)*)/gm)].map(({ 0: raw, index }) => {
    const lines = raw
      .split('\n')
      .map((line) => line.replace(/^\s*(?:\{?\/\*\*?|\*(?!\/)|\/\/)? ?/, '').replace(/\*\/$/, ''));
    return { text: lines.map((line) => line.trim()).join(' '), lines, line: text.slice(0, index).split('\n').length };
  });
}
