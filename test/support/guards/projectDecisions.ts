/** What the command line decides in a project that `guardscope new` wrote. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectFiles } from '../../../src/core/newGuard/guardProject.ts';
import { guardscopeHere } from '../../cli/run.ts';

/** The outcomes that a guard of a project gives the calls of its trace: `1 list_notes filtered`. Fails for a warning. */
export async function decided(folder: string, module: string): Promise<readonly string[]> {
  const files = [
    join(folder, projectFiles.trace),
    '--guard',
    join(folder, module),
    '--policy',
    join(folder, projectFiles.policy),
  ];
  const { code, stdout, stderr } = await guardscopeHere(['replay', ...files, '--json', '--strict']);
  expect(stderr).not.toMatch(/: (?:warning|error): /);
  expect(code).toBe(0);
  const records = stdout.trimEnd().split('\n');
  return records.map((line, index) => {
    const { tool, outcome } = JSON.parse(line) as { readonly tool: string; readonly outcome: string };
    return `${index + 1} ${tool} ${outcome}`;
  });
}
