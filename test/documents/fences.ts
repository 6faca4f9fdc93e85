/** Reads the fenced blocks of a Markdown document, with what their first line says. */

/** A fenced block. */
export interface Fence {
  /** Language of the block. */
  readonly language: string;
  /** The words behind the language: what the block is. */
  readonly what: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The blocks that have words behind their language, in order. */
export function fencesOf(document: string): readonly Fence[] {
  return [...document.matchAll(/^```(\w+) (.+)\n([^]*?)^```$/gm)].map(
    ({ 1: language = '', 2: what = '', 3: text = '', index }) => ({
      language,
      what,
      text,
      line: document.slice(0, index).split('\n').length,
    }),
  );
}
