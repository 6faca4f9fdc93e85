/** *New Guard…*: its questions, the project that it writes, and the folder that it opens. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { guardLanguages } from '../../../src/core/newGuard/guardProject.ts';
import { newGuardCommand } from '../../../src/host/commands/newGuard.ts';
import { repoPath } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { fakeServices } from '../../support/vscode/hostServices.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-new-guard-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeEach(() => {
  resetVscode();
  const { services } = fakeServices();
  newGuardCommand({ ...services, context: { ...services.context, extensionPath: repoPath('.') } });
});

/** Runs the command with these answers; undefined closes the question. */
async function answer(language?: string, name?: string, parent?: string): Promise<void> {
  fake.pick = () => language;
  fake.enter = () => name;
  fake.chooseFile = () => parent;
  await runCommand('guardscope.newGuard');
}

const opened = (): unknown => fake.executed.find(([id]) => id === 'vscode.openFolder');

it.each(guardLanguages)('writes a project in $title and opens it', async ({ title, id }) => {
  proves('own:new-guard');
  await answer(title, `guard-${id}`, scratch);
  expect(fake.messages).toEqual([]);
  const folder = join(scratch, `guard-${id}`);
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`# guard-${id}\n`);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['.vscode', 'policy.json', 'trace.guardtrace.jsonl']));
  expect(opened()).toMatchObject([
    'vscode.openFolder',
    { fsPath: folder },
    // The window has no folder that would be closed.
    { forceNewWindow: false },
  ]);
});

it('opens another window when this one has a folder', async () => {
  fake.folders.push(scratch);
  await answer('C', 'beside', scratch);
  expect(opened()).toMatchObject(['vscode.openFolder', {}, { forceNewWindow: true }]);
});

it('writes nothing when a question is closed', async () => {
  const before = readdirSync(scratch);
  await answer(undefined, 'closed', scratch);
  await answer('C', undefined, scratch);
  await answer('C', 'closed', undefined);
  expect([readdirSync(scratch), opened(), fake.messages]).toEqual([before, undefined, []]);
});

it('does not accept a name that is not one', async () => {
  await answer('C', 'My Guard', scratch);
  expect(fake.refusals).toEqual([expect.stringContaining('"My Guard" is not a name for a guard')]);
  expect(existsSync(join(scratch, 'My Guard'))).toBe(false);
});

it('says what is in the way, and changes nothing', async () => {
  mkdirSync(join(scratch, 'taken'));
  writeFileSync(join(scratch, 'taken', 'mine.txt'), 'mine');
  await answer('C', 'taken', scratch);
  expect(fake.messages).toMatchObject([
    { kind: 'error', text: expect.stringContaining('is not empty: it has mine.txt. Name a folder') as string },
  ]);
  expect(readdirSync(join(scratch, 'taken'))).toEqual(['mine.txt']);
  expect(opened()).toBeUndefined();
});
