/** Splits a command line that a user typed into words. */

/**
 * Splits at blanks outside of quotes, like a shell: quotes may begin and end inside a word, and nothing else is special. In double quotes a
 * backslash stands before a quote or another backslash; elsewhere it is itself, as in paths of Windows. null when a quote is not closed.
 */
export function splitCommand(text: string): readonly string[] | null {
  const words = text.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+|["']/gs) ?? [];
  if (words.some((word) => word === '"' || word === "'")) return null;
  return words.map((word) =>
    word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, (_, double?: string, single?: string) => {
      return double?.replaceAll(/\\(["\\])/g, '$1') ?? single ?? '';
    }),
  );
}
