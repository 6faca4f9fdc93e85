/** Where captures go: the default folder, a folder that the user chose, and links that lead out of the workspace. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WorkspaceFolder } from 'vscode';
import { captureOptions, prepareCaptureFolder } from '../../../src/host/base/captureFolders.ts';
import { proves } from '../../support/proves.ts';
import { fake, resetVscode, Uri } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let root = '';
let workspace: WorkspaceFolder;

beforeEach(() => {
  resetVscode();
  root = realpathSync(mkdtempSync(join(tmpdir(), 'guardscope-folders-')));
  mkdirSync(join(root, 'w'));
  mkdirSync(join(root, 'elsewhere'));
  workspace = { uri: Uri.file(join(root, 'w')), name: 'w', index: 0 } as unknown as WorkspaceFolder;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const prepare = async (): Promise<string> => {
  const { folder } = captureOptions(workspace);
  await prepareCaptureFolder(folder, workspace);
  return folder;
};

it('creates the default folder for its owner only, with a file that keeps captures out of commits', async () => {
  const folder = await prepare();
  expect(folder).toBe(join(root, 'w', '.guardscope', 'captures'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  await prepare();
});

it.each(['.guardscope', join('.guardscope', 'captures')])('refuses a link at %s that leads out', async (link) => {
  proves('own:settings-of-a-workspace');
  mkdirSync(join(root, 'w', link, '..'), { recursive: true });
  symlinkSync(join(root, 'elsewhere'), join(root, 'w', link));
  await expect(prepare()).rejects.toThrow(`to "${join(root, 'elsewhere')}`);
  expect(existsSync(join(root, 'elsewhere', 'captures'))).toBe(false);
});

it('accepts a link that stays in the workspace, and a folder outside that the user chose', async () => {
  mkdirSync(join(root, 'w', 'data'));
  symlinkSync(join(root, 'w', 'data'), join(root, 'w', '.guardscope'));
  expect(await prepare()).toBe(join(root, 'w', '.guardscope', 'captures'));
  for (const chosen of [join(root, 'elsewhere', 'mine'), '../elsewhere/other']) {
    fake.settings.set('guardscope.capture.folder', chosen);
    expect(existsSync(await prepare())).toBe(true);
  }
});
