/** `new`: the project that it writes, and what it refuses. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { guardLanguages } from '../../../src/core/newGuard/guardProject.ts';
import { parsePolicyText } from '../../../src/core/policy/parse.ts';
import { createGuardProject } from '../../../src/engine/newGuard/createProject.ts';
import { proves } from '../../support/proves.ts';
import { expectOrderly, expectRefused, guardscope, guardscopeHere } from '../run.ts';

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-new-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const languages = guardLanguages.map(({ id }) => id);

/** All files below a folder, sorted, with slashes. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

describe.each(languages)('new --language %s', (language) => {
  const folder = join(scratch, language, 'my guard');

  it('writes a project with the name of the folder, and says how to build and replay it', async () => {
    proves('own:new-guard');
    const run = await guardscopeHere(['new', folder, '--language', language]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Wrote the guard "my-guard" \(/);
    expect(run.stdout).toContain(`\n  cd "${folder}"\n`);
    const files = filesBelow(folder);
    expect(files).toEqual(expect.arrayContaining(['.gitignore', '.vscode/tasks.json', 'README.md', 'policy.json']));
    for (const file of files) {
      expect(run.stdout, file).toContain(`\n  ${file}\n`);
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/\{\{(?:name|guard)\}\}/);
    }
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# my-guard\n/);
    expect(run.stdout).toMatch(
      /\n {2}guardscope replay trace\.guardtrace\.jsonl --guard \S+ --policy policy\.json\n {2}guardscope test\n$/,
    );
  });

  it('has a policy that the gateway accepts, and tasks of which one is the default build', () => {
    const policy = parsePolicyText(readFileSync(join(folder, 'policy.json'), 'utf8'), 'policy.json');
    expect(policy.problems).toEqual([]);
    const { tasks } = JSON.parse(readFileSync(join(folder, '.vscode', 'tasks.json'), 'utf8')) as {
      readonly tasks: readonly { readonly label: string; readonly group: unknown; readonly problemMatcher: unknown }[];
    };
    const defaults = tasks.filter(({ group }) => (group as { isDefault?: boolean }).isDefault === true);
    expect(defaults.map(({ label }) => label)).toEqual(['build']);
    expect(tasks.map(({ label }) => label)).toEqual(['build', 'build debug', 'watch']);
    for (const { problemMatcher } of tasks) expect(problemMatcher).toHaveProperty('owner');
  });

  it('has the settings that lead to its guard and its policy', () => {
    const text = readFileSync(join(folder, '.vscode', 'settings.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      'guardscope.guard': guardLanguages.find(({ id }) => id === language)?.guard,
      'guardscope.policy': 'policy.json',
    });
  });

  it('refuses to write there again, and changes nothing', async () => {
    const before = filesBelow(folder);
    expectRefused(
      await guardscopeHere(['new', folder, '--language', language]),
      2,
      'new/folder-not-empty',
      `"${folder}" is not empty: it has .`,
      'Name a folder that is empty',
    );
    expect(filesBelow(folder)).toEqual(before);
  });
});

describe('new', () => {
  it('takes another name, and an empty folder with a repository in it', async () => {
    const folder = join(scratch, 'repository');
    mkdirSync(join(folder, '.git'), { recursive: true });
    const run = await guardscope(['new', '.', '--language', 'c', '--name', 'mail-guard'], { cwd: folder });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('Wrote the guard "mail-guard"');
    expect(run.stdout).not.toContain('\n  cd ');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# mail-guard\n/);
  });

  it.each([
    [['new'], 'cli/usage', 'Missing DIR'],
    [['new', 'x'], 'cli/usage', `Missing --language (${languages.join(', ')})`],
    [['new', 'x', '--language', 'go'], 'cli/usage', '--language is "go"; expected one of'],
    [['new', 'x', '--language', 'c', '--name', 'Mail!'], 'new/bad-name', '"Mail!" is not a name for a guard'],
  ])('refuses %j', async (args, code, sentence) => {
    const run = await guardscope(args, { cwd: scratch });
    expectRefused(run, 2, code, sentence);
    expect(existsSync(join(scratch, 'x'))).toBe(false);
  });

  it('refuses a file in the place of the folder', async () => {
    const file = join(scratch, 'file.txt');
    writeFileSync(file, 'mine');
    expectRefused(await guardscopeHere(['new', file, '--language', 'c']), 2, 'new/not-a-folder', `"${file}" is a file`);
    const below = join(file, 'guard');
    expectRefused(await guardscopeHere(['new', below, '--language', 'c']), 2, 'new/unwritable', `"${below}"`);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('leaves nothing behind when a file cannot be written', async () => {
    proves('own:new-guard');
    const templates = join(scratch, 'templates');
    mkdirSync(join(templates, 'common'), { recursive: true });
    mkdirSync(join(templates, 'c', 'a'), { recursive: true });
    writeFileSync(join(templates, 'common', 'a'), 'a file');
    writeFileSync(join(templates, 'c', 'a', 'b'), 'a file below a file');
    const language = guardLanguages.find(({ id }) => id === 'c');
    if (language === undefined) throw new Error('There is no template in C');
    const [present, missing] = [join(scratch, 'present'), join(scratch, 'missing', 'below')];
    mkdirSync(present);
    for (const folder of [present, missing]) {
      await expect(createGuardProject({ templates, folder, language })).rejects.toMatchObject({
        code: 'new/unwritable',
        hint: expect.stringContaining('nothing was written') as string,
      });
    }
    expect(readdirSync(present)).toEqual([]);
    expect(existsSync(join(scratch, 'missing'))).toBe(false);
  });
});
