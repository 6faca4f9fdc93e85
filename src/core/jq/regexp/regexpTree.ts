/** The syntax tree of a regular expression of Go. */

/** Whether a character, as a code point, belongs to a set. */
export type RuneTest = (rune: number) => boolean;

/** A place without width. */
export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word';

/** A part of an expression. A group without an index is not captured. */
export type RegexpNode =
  | { readonly k: 'set'; readonly test: RuneTest }
  | { readonly k: 'assert'; readonly what: Assertion }
  | { readonly k: 'all' | 'any'; readonly items: readonly RegexpNode[] }
  | { readonly k: 'group'; readonly of: RegexpNode; readonly index: number }
  | {
      readonly k: 'repeat';
      readonly of: RegexpNode;
      readonly least: number;
      readonly most: number;
      readonly isGreedy: boolean;
    };

/** An expression that Go refuses, in Go's words. */
export class RegexpError extends Error {}
