/** The loop from an empty folder: capture, a guard from the template, flips, decisions accepted as a test, a mistake, and a test that fails. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Locator } from 'playwright-core';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { planted } from '../../support/guards/templateMutant.ts';
import { patiently } from '../../support/patience.ts';
import { run } from '../../support/processes/process.ts';
import { decisions } from '../decisions.ts';
import { resetSettings } from '../harness.ts';
import { root } from '../install.ts';
import { fileDialog } from '../pages/fileDialog.ts';
import { Panel } from '../pages/panel.ts';
import { EditorWindow } from '../pages/window.ts';
import type { Check, Prepared } from '../specs.ts';
import { pictureSize, takePicture } from './pictures.ts';

export const title = 'tour';
export const empty = true;

const cli = join(root, 'dist', 'cli.js');
const home = (workspace: string): string => join(workspace, '..', '..');
const clientFile = (workspace: string): string => join(home(workspace), '.cursor', 'mcp.json');
const projectOf = (workspace: string): string => join(workspace, 'notes-guard');
const testFile = (workspace: string): string => join(projectOf(workspace), 'notes.guardtest.json');

/** A client with one server, and the command line on the path of terminals. */
export function prepare({ profile, workspace }: Prepared): void {
  assert.equal(profile.root, home(workspace));
  mkdirSync(join(profile.root, '.cursor'), { recursive: true });
  const notes = { command: process.execPath, args: [join(root, 'test', 'vscode', 'loop', 'notesServer.mjs')] };
  writeFileSync(clientFile(workspace), JSON.stringify({ mcpServers: { notes } }, undefined, 2));
  const bin = join(profile.root, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'guardscope'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`, { mode: 0o755 });
  const os = process.platform === 'darwin' ? 'osx' : 'linux';
  resetSettings(profile, {
    settings: {
      [`terminal.integrated.env.${os}`]: { PATH: `${bin}:${process.env['PATH']}`, PS1: '$ ', ENV: '' },
      [`terminal.integrated.profiles.${os}`]: { plain: { path: '/bin/sh' } },
      [`terminal.integrated.defaultProfile.${os}`]: 'plain',
      // Its text is in the document then.
      'terminal.integrated.gpuAcceleration': 'off',
      // For the pictures.
      'testing.automaticallyOpenTestResults': 'neverOpen',
      'breadcrumbs.enabled': false,
      'editor.minimap.enabled': false,
    },
  });
}

/** The calls of the agent in its client. It looks notes up before it reads them, so that the capture has what the guard will ask. */
const calls: readonly (readonly [tool: string, args: Readonly<Record<string, string>>])[] = [
  ['list_notes', {}],
  ...['n1', 'n2', 'n3', 'n4', 'n5'].flatMap((id): [string, Readonly<Record<string, string>>][] => [
    ['note_info', { id }],
    ['read_note', { id }],
  ]),
  ['search_notes', { word: 'close' }],
  ['add_note', { folder: 'team', text: 'Ben opens on Friday.' }],
  ['add_note', { folder: 'public', text: 'Ben opens on Friday.' }],
];

const staffOnly = "author.kind == Kind.Text && author.text == 'staff'";
const editorToo = "author.kind == Kind.Text && (author.text == 'staff' || author.text == 'editor')";
const tagged = "if (this.folder != 'public') putFolder";
const forgotten = "if (this.folder == 'board') putFolder";

/** The window of the project, from the second check on. */
let project: EditorWindow;

export const checks: readonly Check[] = [
  [
    'a server of a client is captured, and its session is in the panel while it goes on',
    async ({ window, workspace }) => {
      assert.deepEqual(readdirSync(workspace), []);
      await window.page.setViewportSize(pictureSize);
      await window.run('Guardscope: Capture MCP Server…');
      await window.answer({ pick: /^\s*notes/ });
      await window.page.getByPlaceholder('Add a tap to "notes"').waitFor();
      await window.answer({ pick: 'Add Tap' });
      await window.notification('is captured from its next start').waitFor();
      await window.run('Notifications: Clear All Notifications');
      const client = await startClient(workspace);
      try {
        for (const [name, args] of calls) await client.callTool({ name, arguments: args });
        await window.run('View: Show Guardscope');
        const row = window.viewRows('Sessions').first();
        await row.filter({ hasText: `recording · ${calls.length} calls` }).waitFor();
        await row.click();
        await new Panel(window).calls(calls.length);
        await window.run('Notifications: Clear All Notifications');
        await takePicture(window, 'capture');
      } finally {
        await client.close();
      }
      await window.page.locator('.statusbar-item', { hasText: '1 session' }).waitFor({ state: 'detached' });
    },
  ],
  [
    'a guard from the template decides the captured session as soon as it is built',
    async ({ window, workspace }) => {
      const opened = window.page.context().waitForEvent('page', { timeout: patiently(60_000) });
      opened.catch(() => undefined);
      await window.run('Guardscope: New Guard…');
      await window.answer({ type: 'AssemblyScript', pick: 'AssemblyScript' });
      await window.answer({ type: 'notes-guard' });
      await fileDialog(window, 'Folder to create "notes-guard" in', workspace, true);
      project = new EditorWindow(await opened, projectOf(workspace));
      await project.page.setViewportSize(pictureSize);
      await project.ready();
      // In place of `npm install`.
      symlinkSync(join(root, 'node_modules'), join(projectOf(workspace), 'node_modules'));
      await project.run('View: Show Guardscope');
      await project
        .viewRows('Sessions')
        .filter({ hasText: /^\s*notes/ })
        .first()
        .click();
      const panel = new Panel(project);
      await panel.calls(calls.length);
      await project.run('Tasks: Run Build Task');
      await panel.done();
      await panel.shows(await decisions(projectOf(workspace), { trace: captureOf(workspace) }));
      await takePicture(project, 'guard');
    },
  ],
  [
    'a changed rule is built, and the panel shows what flips',
    async ({ workspace }) => {
      const panel = new Panel(project);
      await project.run('View: Toggle Primary Side Bar Visibility');
      await change(workspace, staffOnly, editorToo);
      await panel.at('change-outcome').waitFor({ timeout: patiently(60_000) });
      await panel.at('call-list').press('n');
      await panel.tab('changes');
      await panel.at('changes').getByText('was withheld, is passed').first().waitFor();
      await takePicture(project, 'flips');
    },
  ],
  [
    'the decisions are accepted as a guard test, which passes in the Test Explorer',
    async ({ workspace }) => {
      await project.run('Guardscope: Create Guard Test…');
      await project.answer({ pick: `All ${calls.length} calls` });
      await fileDialog(project, 'Create Guard Test', testFile(workspace));
      await project.notification(`accepts ${calls.length} decisions`).waitFor();
      await project.run('Notifications: Clear All Notifications');
      await project.run('View: Show Testing');
      await project.run('Test: Run All Tests');
      await testItem('notes', 'Passed').waitFor();
      await testItem('guard', 'Passed').waitFor();
      await takePicture(project, 'accept');
    },
  ],
  [
    'a mistake flips decisions in the panel, and the guard test fails in the Test Explorer',
    async ({ workspace }) => {
      const panel = new Panel(project);
      await project.tab('notes-').click();
      await change(workspace, tagged, forgotten);
      const lost = panel.at('changes').getByText('secrecy lost "private:notes/team"').first();
      await lost.waitFor({ timeout: patiently(60_000) });
      // The failure of a test that is open is shown in it.
      await project.tab('notes.guardtest.json').click();
      await project.run('Test: Run All Tests');
      await testItem('notes', 'Failed').waitFor();
      await project.run('Test: Peek Output');
      await project.page.locator('.peekview-widget').first().waitFor();
      await takePicture(project, 'break');
    },
  ],
  [
    'the command line, as in CI, fails with what changed and exit code 1',
    async ({ workspace }) => {
      const { code, output } = await run(process.execPath, [cli, 'test'], { cwd: projectOf(workspace) });
      assert.equal(code, 1, output);
      assert.match(output, /private:notes\/team/);
      await project.run('Terminal: Create New Terminal');
      await project.run('View: Toggle Maximized Panel');
      await project.page.locator('.terminal-wrapper.active .xterm-rows').getByText('$').first().waitFor();
      await project.page.keyboard.type('guardscope test; echo "exit code $?"\n');
      await project.page.locator('.terminal-wrapper.active .xterm-rows').getByText('exit code 1').first().waitFor();
      await takePicture(project, 'ci');
      await project.close();
      // Specs behind this one have the same home folder.
      rmSync(join(home(workspace), '.cursor'), { recursive: true });
      rmSync(join(projectOf(workspace), captureOf(workspace)));
    },
  ],
];

/** The client of `clientFile`, which starts its server with the tap. */
async function startClient(workspace: string): Promise<Client> {
  const { mcpServers } = JSON.parse(readFileSync(clientFile(workspace), 'utf8')) as {
    readonly mcpServers: { readonly notes: { readonly command: string; readonly args: string[] } };
  };
  const client = new Client({ name: 'notes-agent', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ ...mcpServers.notes, env: { HOME: home(workspace) }, stderr: 'pipe' }),
  );
  await client.listTools();
  return client;
}

/** The capture of the session, relative to the project. */
function captureOf(workspace: string): string {
  const folder = join(home(workspace), '.guardscope', 'captures');
  const [file = '', ...others] = readdirSync(folder).filter((each) => /^notes-.*\.guardtrace\.jsonl$/.test(each));
  assert.deepEqual(others, []);
  return relative(projectOf(workspace), join(folder, file));
}

/** Changes the rules as their author does, and starts the build task. */
async function change(workspace: string, from: string, to: string): Promise<void> {
  for (const [file, text] of Object.entries(
    planted([{ file: 'assembly/labels.ts', from, to }], projectOf(workspace)),
  )) {
    writeFileSync(join(projectOf(workspace), file), text);
  }
  await project.run('Tasks: Run Build Task');
}

/** A guard test in the Test Explorer. */
function testItem(name: string, state: 'Passed' | 'Failed'): Locator {
  return project.page.locator(`.test-explorer .monaco-list-row[aria-label*="${name}"][aria-label*="${state}"]`).first();
}
