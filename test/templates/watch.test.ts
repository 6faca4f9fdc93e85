/** The task "watch" of new projects: it builds at its start and whenever a source was saved, also after a build that failed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { patiently } from '../support/patience.ts';
import { rulesOf, templateLanguages, writeTemplateProject } from '../support/guards/templateProjects.ts';
import { stopGroup } from '../support/processes/process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-watch-task-'));
const running: ChildProcess[] = [];
afterAll(async () => {
  await Promise.all(running.map(stopGroup));
  rmSync(scratch, { recursive: true, force: true });
});

interface WatchTask {
  readonly label: string;
  readonly command: string;
  readonly problemMatcher: { readonly background: { readonly beginsPattern: string; readonly endsPattern: string } };
}

// That of Rust needs cargo-watch, which rustup does not bring along; rust-analyzer builds without it.
const watched = templateLanguages.filter(({ language }) => language.id !== 'rust');

describe.each(watched)('the watch task in $language.title', ({ language, missing }) => {
  if (missing !== null) {
    it(`does not run on this machine: ${missing}`, () => expect(missing).toMatch(/install/));
    return;
  }

  it('builds at the start, after a change, and again after a mistake, with lines that VS Code waits for', async () => {
    const folder = await writeTemplateProject(language, join(scratch, language.id));
    const { tasks } = JSON.parse(readFileSync(join(folder, '.vscode', 'tasks.json'), 'utf8')) as {
      readonly tasks: readonly WatchTask[];
    };
    const task = tasks.find(({ label }) => label === 'watch');
    if (task === undefined) throw new Error('There is no task "watch"');
    const { beginsPattern, endsPattern } = task.problemMatcher.background;
    const child = spawn(task.command, { cwd: folder, shell: true, detached: true });
    running.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    const count = (pattern: string): number => output.match(new RegExp(pattern, 'gm'))?.length ?? 0;
    /** Waits for the end of build number `n`. */
    const builds = (n: number): Promise<void> =>
      vi.waitFor(() => expect([count(beginsPattern), count(endsPattern)], output).toEqual([n, n]), {
        timeout: patiently(60_000),
        interval: 50,
      });
    const guard = (): string => readFileSync(join(folder, language.guard), 'latin1');
    const { file, line } = rulesOf[language.id];
    const source = readFileSync(join(folder, file), 'utf8');

    await builds(1);
    const first = guard();
    writeFileSync(join(folder, file), `${source}${line}\n`);
    await builds(2);
    expect(output).toContain('missing');
    expect(guard()).toBe(first);
    writeFileSync(join(folder, file), source.replaceAll('notes/', 'files/'));
    await builds(3);
    expect(guard()).toContain(language.id === 'c' ? 'files/' : 'f\0i\0l\0e\0s\0/\0');
  }, 200_000);
});
