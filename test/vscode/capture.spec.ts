/** From a configured MCP server to a replayed session: captured with a tap in its configuration, and through VS Code without file changes. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { patiently } from '../support/patience.ts';
import { sleep } from '../support/processes/process.ts';
import { decisions } from './decisions.ts';
import { addExtension } from './harness.ts';
import { root } from './install.ts';
import { Panel } from './pages/panel.ts';
import { type EditorWindow, themes } from './pages/window.ts';
import type { Check, Prepared } from './specs.ts';

export const title = 'capture';

// Otherwise VS Code hides its commands for MCP servers.
export const options = { settings: { 'chat.disableAIFeatures': false } };

const server = (name: string): string => join(root, 'node_modules', '@modelcontextprotocol', name, 'dist', 'index.js');
const secret = 'do-not-show-me';
const configFile = (workspace: string): string => join(workspace, '.vscode', 'mcp.json');
const captureFolder = (workspace: string): string => join(workspace, '.guardscope', 'captures');
const folderOf = (workspace: string): string => join(workspace, 'workspace');

/** A configuration as written by hand, with a comment, irregular spaces and a secret. */
const config = `// mine
{
  "servers": {
    "memory": { "command": ${JSON.stringify(process.execPath)}, "args": [${JSON.stringify(server('server-memory'))}],
      "env": { "API_KEY": "${secret}" } },
    "files": {
      "command": ${JSON.stringify(process.execPath)},
      "args": [ ${JSON.stringify(server('server-filesystem'))},   "\${workspaceFolder}/workspace" ],
    }
  }
}
`;

export function prepare({ profile, workspace }: Prepared): void {
  addExtension(profile, join(root, 'test', 'vscode', 'caller'));
  mkdirSync(join(workspace, '.vscode'));
  writeFileSync(configFile(workspace), config);
  mkdirSync(join(profile.root, '.cursor'));
  writeFileSync(join(profile.root, '.cursor', 'mcp.json'), '{\n  "mcpServers": {\n    "x": {,}\n  }\n}\n');
}

/** Starts or stops a server in VS Code's list. */
async function mcpServer(window: EditorWindow, name: string, action: string): Promise<void> {
  await window.run('MCP: List Servers');
  // Rows move while the list loads its servers, so the list is filtered to one server.
  await window.answer({ type: name, pick: name });
  await window.answer({ pick: action });
}

/** The result of a call by the stand-in for a language model. */
interface Answer {
  readonly text?: string;
  readonly error?: string;
  /** The available tools, when the requested one is missing. */
  readonly missing?: readonly string[];
}

/** Calls tools like a language model and returns their answers. waits until VS Code lists the tool. */
async function call(
  window: EditorWindow,
  workspace: string,
  ...calls: readonly (readonly [tool: string, input?: object])[]
): Promise<readonly [Answer, ...Answer[]]> {
  const file = join(workspace, 'answers.json');
  writeFileSync(join(workspace, 'calls.json'), JSON.stringify(calls.map(([tool, input = {}]) => ({ tool, input }))));
  for (const deadline = Date.now() + patiently(30_000); ; await sleep(500)) {
    rmSync(file, { force: true });
    await window.run('Caller: Call Tools');
    // VS Code asks for confirmation before it runs a tool that is not read-only.
    const yes = window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Yes' });
    while (!existsSync(file) && Date.now() < deadline) {
      if (await yes.isVisible()) await yes.click();
      await sleep(50);
    }
    const answers = JSON.parse(readFileSync(file, 'utf8')) as [Answer, ...Answer[]];
    if (answers.every(({ missing }) => missing === undefined)) return answers;
    if (Date.now() > deadline) assert.fail(`VS Code does not know the tool: ${answers[0].missing?.join(', ')}`);
  }
}

/** The file name of the only capture of a server. */
function captureOf(workspace: string, name: string): string {
  const files = readdirSync(captureFolder(workspace)).filter(
    (file) => file.startsWith(`${name}-`) && file.endsWith('.guardtrace.jsonl'),
  );
  const [capture = '', ...others] = files;
  assert.deepEqual(others, []);
  return capture;
}

const statusBar = (window: EditorWindow, text: string): Locator =>
  window.page.locator('.statusbar-item', { hasText: text });

export const checks: readonly Check[] = [
  [
    'the list shows the servers by client, and an invalid file with its line',
    async ({ window }) => {
      await window.run('Guardscope: Capture MCP Server…');
      const row = (text: string): Locator =>
        window.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
      await row('files').waitFor();
      await row('memory').waitFor();
      await row('VS Code, .vscode/mcp.json').first().waitFor();
      await window.screenshot('capture-list');
      await row('mcp.json, line 3').click();
      await window.notification('The configuration of Cursor is not JSON').waitFor();
      await window.pressInNotification('The configuration of Cursor', 'Open File at Line 3');
      await window.page.locator('.statusbar-item', { hasText: 'Ln 3,' }).waitFor();
      await window.run('View: Close All Editors');
    },
  ],
  [
    'choosing a server shows the change with its secrets masked; Cancel changes nothing',
    async ({ window, workspace }) => {
      await window.run('Guardscope: Capture MCP Server…');
      await window.answer({ pick: /^\s*files/ });
      await window.answer({ pick: 'Add a tap to the configuration' });
      await window.page.getByPlaceholder('Add a tap to "files"').waitFor();
      const diff = window.page.locator('.monaco-diff-editor');
      await diff.getByText('"tap"').first().waitFor();
      assert.ok(!(await diff.innerText()).includes(secret), 'the diff shows a secret');
      await window.screenshot('capture-change');
      await window.answer({ pick: 'Cancel' });
      await diff.waitFor({ state: 'detached' });
      assert.equal(readFileSync(configFile(workspace), 'utf8'), config);
    },
  ],
  [
    'Add Tap adds the tap and says how to restart the server',
    async ({ window, workspace }) => {
      await window.run('Guardscope: Capture MCP Server…');
      await window.answer({ pick: /^\s*files/ });
      await window.answer({ pick: 'Add a tap to the configuration' });
      await window.page.getByPlaceholder('Add a tap to "files"').waitFor();
      await window.answer({ pick: 'Add Tap' });
      await window.notification('is captured from its next start').waitFor();
      assert.match(readFileSync(configFile(workspace), 'utf8'), /"tap", "--out"/);
      assert.equal(readFileSync(join(captureFolder(workspace), '.gitignore'), 'utf8'), '*\n');
      await window.run('Notifications: Clear All Notifications');
    },
  ],
  [
    'a running session appears in a notification, the status bar and the Sessions view, with its number of calls',
    async ({ window, workspace }) => {
      await window.run('View: Show Guardscope');
      await mcpServer(window, 'files', 'Start Server');
      await window.notification('Recording the session of "files"').waitFor();
      await statusBar(window, '1 session').waitFor();
      const [first, listed] = await call(
        window,
        workspace,
        ['list_allowed_directories'],
        ['list_directory', { path: folderOf(workspace) }],
      );
      // VS Code sends its workspace folder to the server.
      assert.ok(first.text?.includes(workspace), JSON.stringify(first));
      assert.match(listed?.text ?? '', /README\.md/);
      const row = window.viewRows('Sessions').first();
      await row.filter({ hasText: 'recording · 2 calls' }).waitFor();
      await call(window, workspace, ['read_text_file', { path: join(folderOf(workspace), 'README.md') }]);
      await row.filter({ hasText: 'recording · 3 calls' }).waitFor();
      await window.run('View: Toggle Panel Visibility');
      await window.screenshot('capture-live');
    },
  ],
  [
    'Open of the notification shows the panel, which follows the newest call',
    async ({ window, workspace }) => {
      await window.pressInNotification('Recording the session', 'Open');
      const panel = new Panel(window);
      await panel.calls(3);
      await call(window, workspace, ['list_directory', { path: join(folderOf(workspace), 'inbox') }]);
      await panel.calls(4);
      await window.screenshot('capture-panel-live');
    },
  ],
  [
    'a guard watches the session from the next call',
    async ({ window, workspace }) => {
      const row = window.viewRows('Sessions').first();
      await row.click({ button: 'right' });
      const item = window.page.locator('.monaco-menu .action-item', { hasText: 'Watch Live Session' }).first();
      await item.waitFor();
      await window.screenshot('capture-menu');
      await sleep(300);
      await item.click();
      await window.answer({ pick: /^guard\.wasm/ });
      await window.answer({ pick: /^policy\.json/ });
      await row.filter({ hasText: 'watching · guard.wasm' }).waitFor();
      await call(window, workspace, ['list_directory', { path: folderOf(workspace) }]);
      // The panel uses the same guard and policy, and decides new calls.
      const panel = new Panel(window);
      await panel.calls(5);
      await panel.at('run-text').filter({ hasText: '5' }).waitFor();
      await window.screenshot('capture-watching');
    },
  ],
  [
    'after a confirmation, the client receives what the gateway would send, and the status bar is red',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      await window.run('Guardscope: Enforce Guard on Live Session…');
      const dialog = window.page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      await window.screenshot('capture-enforce-question');
      await dialog.getByRole('button', { name: 'Enforce' }).click();
      await statusBar(window, 'Enforcing: files').waitFor();
      const [answer] = await call(window, workspace, [
        'read_text_file',
        { path: join(folderOf(workspace), 'private', 'salaries.md') },
      ]);
      assert.match(answer.error ?? '', /filtered by integrity policy/);
      await panel.calls(6);
      for (const theme of Object.keys(themes)) {
        await window.theme(theme);
        await window.screenshot(`capture-enforcing-${theme}`);
      }
      await window.theme('dark');
      await statusBar(window, 'Enforcing: files').click();
      await window.answer({ pick: 'Stop Enforcing' });
      await statusBar(window, '1 session').waitFor();
      const [open] = await call(window, workspace, [
        'read_text_file',
        { path: join(folderOf(workspace), 'private', 'salaries.md') },
      ]);
      assert.match(open.text ?? '', /Salary bands 2026/);
    },
  ],
  [
    'a stopped session is a capture that replays as on the command line, and leaves the status bar',
    async ({ window, workspace }) => {
      await mcpServer(window, 'files', 'Stop Server');
      await statusBar(window, '1 session').waitFor({ state: 'detached' });
      const capture = captureOf(workspace, 'files');
      await window.viewRows('Sessions').first().filter({ hasText: 'open' }).waitFor();
      const panel = new Panel(window);
      await panel.done();
      await panel.shows(await decisions(workspace, { trace: join('.guardscope', 'captures', capture) }));
      await window.screenshot('capture-replayed');
    },
  ],
  [
    'releasing the server restores the file byte for byte',
    async ({ window, workspace }) => {
      await window.run('Guardscope: Release MCP Server…');
      await window.answer({ pick: /^\s*files/ });
      await window.answer({ pick: 'Remove Tap' });
      await window.notification('The entry of "files" was restored').waitFor();
      assert.equal(readFileSync(configFile(workspace), 'utf8'), config);
    },
  ],
  [
    'a server captured through VS Code is offered a second time without file changes',
    async ({ window, workspace }) => {
      await window.run('Guardscope: Capture MCP Server…');
      await window.answer({ pick: /^\s*memory/ });
      await window.answer({ pick: 'Capture through VS Code' });
      await window.notification('Start "memory (captured)" in VS Code').waitFor();
      await window.run('Notifications: Clear All Notifications');
      await mcpServer(window, 'memory (captured)', 'Start Server');
      // VS Code does not ask before it starts a server of an extension, so Guardscope does.
      const dialog = window.page.locator('.monaco-dialog-box');
      await dialog.getByText('Start "memory" as .vscode/mcp.json defines it?').waitFor();
      await dialog.getByRole('button', { name: 'Start' }).click();
      await window.notification('Recording the session of "memory"').waitFor();
      await call(
        window,
        workspace,
        ['create_entities', { entities: [{ name: 'guard', entityType: 'module', observations: ['labels'] }] }],
        ['read_graph'],
      );
      await window.viewRows('Sessions').first().filter({ hasText: 'recording · 2 calls' }).waitFor();
      assert.equal(readFileSync(configFile(workspace), 'utf8'), config);
      const capture = captureOf(workspace, 'memory');
      const text = readFileSync(join(captureFolder(workspace), capture), 'utf8');
      assert.ok(!text.includes(secret));
      await window.screenshot('capture-published');
      await window.run('Guardscope: Show Live Sessions');
      const panel = new Panel(window);
      await panel.calls(2);
      await mcpServer(window, 'memory (captured)', 'Stop Server');
      await statusBar(window, '1 session').waitFor({ state: 'detached' });
      // The guard chosen for sessions of the other server does not apply to this server.
      await panel.at('toolbar-guard').filter({ hasText: 'Choose guard' }).waitFor();
      await panel.click('toolbar-guard');
      await window.answer({ pick: /^guard\.wasm/ });
      await panel.click('toolbar-policy');
      await window.answer({ pick: /^policy\.json/ });
      await panel.done();
      await panel.shows(await decisions(workspace, { trace: join('.guardscope', 'captures', capture) }));
      await window.screenshot('capture-published-replayed');
    },
  ],
];
