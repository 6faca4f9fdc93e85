/** What a row of the tables of token formats says, and how the tables are read. */

/** The documented form of the tokens of a service. */
export interface TokenFormat {
  /** Name in the token that replaces the secret, and in the header of the capture. */
  readonly rule: string;
  /** Beginnings of the tokens, of at least two characters. A token begins where no letter or digit is before it. */
  readonly prefixes: readonly string[];
  /** Pattern of what follows the prefix; no letter, digit or `_` may follow the match. Linear: no repetition inside of a repetition. */
  readonly body: string;
  /** Public page that documents the form, or the service if the form is only known from its tokens. */
  readonly source: string;
  /** For beginnings that ordinary identifiers have, too: the body needs small letters, capitals and digits. */
  readonly mixed: boolean;
}

/** A form without a prefix: a mark that occurs in the token, and the pattern of the whole token. */
export interface MarkedFormat {
  readonly rule: string;
  /** What each token contains; the pattern is applied only to runs of characters with it. */
  readonly mark: string;
  /** Least length of the longest part of the token between separators. */
  readonly longest: number;
  readonly pattern: RegExp;
  readonly source: string;
}

/**
 * Reads a table with a format in each line: `rule | prefixes | body | source`, with spaces between the prefixes. `(mixed)` after the rule
 * sets this member.
 */
export function formatTable(text: string): readonly TokenFormat[] {
  return rowsOf(text).map(([name = '', prefixes = '', body = '', source = '']) => ({
    rule: name.replace(' (mixed)', ''),
    prefixes: prefixes.split(' '),
    body,
    source,
    mixed: name.endsWith(' (mixed)'),
  }));
}

/** Reads a table with a marked format in each line: `rule | mark | longest | pattern | source`. */
export function markedTable(text: string): readonly MarkedFormat[] {
  return rowsOf(text).map(([rule = '', mark = '', longest = '', pattern = '', source = '']) => ({
    rule,
    mark,
    longest: Number(longest),
    pattern: new RegExp(pattern, 'g'),
    source,
  }));
}

function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' | '));
}
