/** Finds the problems in the output of a task as VS Code does. */

type Pattern = { readonly regexp: string } & Readonly<
  Partial<Record<'file' | 'line' | 'severity' | 'message', number>>
>;

/** A task of `tasks.json`. */
export interface Task {
  readonly label: string;
  readonly problemMatcher: { readonly pattern: Pattern | readonly Pattern[] };
}

/** The problems in the output of a task: consecutive lines match the patterns one after the other. */
export function matchProblems(patterns: readonly Pattern[], output: string): readonly object[] {
  const lines = output.split('\n');
  return lines.flatMap((_, start) => {
    const problem: Record<string, string> = {};
    for (const [offset, { regexp, ...groups }] of patterns.entries()) {
      const match = new RegExp(regexp).exec(lines[start + offset] ?? '');
      if (match === null) return [];
      for (const [name, group] of Object.entries(groups)) problem[name] = match[group] ?? '';
    }
    const { file = '', line = '', severity = '', message = '' } = problem;
    return [{ file, line, severity, message }];
  });
}
