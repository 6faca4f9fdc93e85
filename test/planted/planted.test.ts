/** The list of planted mistakes: each one is found as its row says, and the list in README.md has every row. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expectOrderly, guardscopeHere } from '../cli/run.ts';
import { planted, writeNotesProject } from '../support/guards/templateMutant.ts';
import { repoPath } from '../support/paths.ts';
import { proves } from '../support/proves.ts';
import { guardMistakes } from './guardMistakes.ts';
import { sessionMistakes } from './sessionMistakes.ts';
import { actionText, templateMistakes } from './templateMistakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-planted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a planted mistake is found in at most three actions', () => {
  it.each(sessionMistakes.map((row, at) => ({ at, ...row })))(
    'a $of $name',
    async ({ at, files, actions, finding, code }) => {
      proves('own:planted-mistakes');
      expect(actions.length).toBeLessThanOrEqual(3);
      const path = (name: string): string => join(folder, `${at}-${name}`);
      for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
      const place = (word: string): string => (Object.hasOwn(files, word) ? path(word) : word);
      let last = { code: null as number | null, text: '' };
      for (const action of actions) {
        const run = await guardscopeHere(action.split(' ').map(place));
        expectOrderly(run);
        last = { code: run.code, text: `${run.stdout}\n${run.stderr}` };
      }
      expect(last.text).toContain(finding);
      expect(last.code).toBe(code);
    },
  );

  it('a guard without mistakes has none of the findings', async () => {
    const right = sessionMistakes.find(({ files }) => Object.hasOwn(files, 'new.wasm'));
    const names = Object.keys(right?.files ?? {});
    for (const name of names) writeFileSync(join(folder, name), right?.files[name] ?? '');
    const args = ['t.guardtrace.jsonl', '--guard', 'g.wasm', '--policy', 'p.json'];
    const placed = args.map((word) => (names.includes(word) ? join(folder, word) : word));
    expect(await guardscopeHere(['replay', ...placed, '--strict'])).toMatchObject({ code: 0, stderr: '' });
    expect(await guardscopeHere(['diff', ...placed])).toMatchObject({ code: 0 });
  });
});

describe('a mistake that is planted in a new guard', () => {
  it('changes the project, and its way in the editor has at most three actions', async () => {
    const project = join(folder, 'project');
    await writeNotesProject(project);
    expect(templateMistakes.length).toBeGreaterThanOrEqual(10);
    for (const { changes, actions } of templateMistakes) {
      for (const [file, text] of Object.entries(planted(changes, project))) {
        expect(readFileSync(join(project, file), 'utf8')).not.toBe(text);
      }
      expect(actions.length).toBeLessThanOrEqual(3);
    }
  });
});

const inEditor = `## In the editor

Each of these is planted in a new AssemblyScript guard (\`guardscope new\`) or its policy while its trace is open in the panel. After the build, the panel
compares with the decisions of the right guard. \`templateMistakes.ts\` has them, and \`test/vscode/loop/planted.spec.ts\` finds each in a real VS Code by these
actions and texts.

`;
const editorHeader =
  '| # | planted mistake | the panel says | actions | what can be read then |\n| --- | --- | --- | --- | --- |';

/** The table of the mistakes that are found in the editor. */
function editorTable(): string {
  const quoted = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ');
  const lines = templateMistakes.map(({ of, name, says, actions, seen }, at) => {
    return `| ${at + 1} | a ${of} ${name} | ${quoted(says)} | ${actions.map(actionText).join(', ')} | ${quoted(seen)} |`;
  });
  return [editorHeader, ...lines, ''].join('\n');
}

const header = '| # | planted mistake | found with | finding |\n| --- | --- | --- | --- |';

/** The table of the mistakes that are found on the command line. */
function table(): string {
  const rows = [
    ...guardMistakes.map(({ name, code, session }) => {
      return [
        `a guard ${name}`,
        [`check g.wasm${session === undefined ? '' : ' --trace t.guardtrace.jsonl'}`],
        code,
      ] as const;
    }),
    ...sessionMistakes.map(({ name, of, actions, finding }) => [`a ${of} ${name}`, actions, finding] as const),
  ];
  const cell = (text: string): string => `\`${text.replaceAll('\n  ', ' … ').replaceAll(/[[\]]/g, '')}\``;
  const lines = rows.map(([name, actions, finding], at) => {
    return `| ${at + 1} | ${name} | ${actions.map(cell).join(', ')} | ${cell(finding)} |`;
  });
  return [header, ...lines, ''].join('\n');
}

it('README.md lists every planted mistake (UPDATE=1 writes the tables)', () => {
  const file = repoPath('test/planted/README.md');
  const text = readFileSync(file, 'utf8');
  const prose = text.slice(0, text.indexOf('## '));
  const expected = `${prose}${inEditor}${editorTable()}\n## On the command line\n\n${table()}`;
  if (process.env['UPDATE'] === '1') writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
  expect(guardMistakes.length + sessionMistakes.length).toBeGreaterThanOrEqual(20);
});
