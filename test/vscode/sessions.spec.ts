/** Followed, imported and exported sessions, comparison of tools, and resending a call. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeHeaderLine, nativeMessageLine } from '../../src/core/trace/write.ts';
import { patiently } from '../support/patience.ts';
import { run, sleep } from '../support/processes/process.ts';
import { type Decision, decisions } from './decisions.ts';
import { fileDialog } from './pages/fileDialog.ts';
import { root } from './install.ts';
import { Panel } from './pages/panel.ts';
import { viewWith } from './pages/views.ts';
import type { Check, Prepared } from './specs.ts';
import type { EditorWindow } from './pages/window.ts';

export const title = 'sessions';

const logFolder = (workspace: string): string => join(workspace, 'live-log');
const logFile = (workspace: string): string => join(logFolder(workspace), 'rpc-messages.jsonl');
const sampleLog = readFileSync(
  join(root, 'media', 'samples', 'files-and-memory', 'gateway-log', 'rpc-messages.jsonl'),
  'utf8',
);
const half = sampleLog.slice(0, sampleLog.indexOf('\n', sampleLog.length / 2) + 1);
const archive = (workspace: string): string => join(workspace, 'session.har');
const bundle = (workspace: string): string => join(workspace, 'trace.guardbundle.json');

export async function prepare({ workspace }: Prepared): Promise<void> {
  mkdirSync(logFolder(workspace));
  writeFileSync(logFile(workspace), half);
  await cli('export', join(workspace, 'trace.guardtrace.jsonl'), '--as', 'har', '--out', archive(workspace));
  mkdirSync(join(workspace, '.vscode'));
  const server = join(root, 'node_modules', '@modelcontextprotocol', 'server-filesystem', 'dist', 'index.js');
  const files = { command: process.execPath, args: [server, join(workspace, 'workspace')] };
  writeFileSync(join(workspace, '.vscode', 'mcp.json'), JSON.stringify({ servers: { files } }));
}

async function cli(...args: readonly string[]): Promise<void> {
  const { code, output } = await run(process.execPath, [join(root, 'dist', 'cli.js'), ...args]);
  assert.equal(code, 0, output);
}

/** The decisions of the command line for the server with the most calls in a gateway log. */
const replayed = (workspace: string): Promise<readonly Decision[]> =>
  decisions(workspace, { trace: join('live-log', 'rpc-messages.jsonl') });

/** Replays the trace and compares the decisions with the command line. */
async function replayWith(window: EditorWindow, panel: Panel): Promise<void> {
  await panel.click('toolbar-guard');
  await window.answer({ pick: /^guard\.wasm/ });
  await panel.click('toolbar-policy');
  await window.answer({ pick: /^policy\.json/ });
  await panel
    .at('run-text')
    .filter({ hasText: /\d+ calls? in/ })
    .waitFor();
}

/** A capture of a client with calls at these milliseconds. */
function captureOf(server: string, calls: readonly number[]): string {
  const start = '2026-05-06T07:08:09.000Z';
  const hello = { id: 0, method: 'initialize', params: { clientInfo: { name: 'assistant' } } };
  return [
    nativeHeaderLine({ tool: 'g', version: '1', start, server, transport: 'stdio', redaction: [] }),
    nativeMessageLine(1, 'client', hello),
    nativeMessageLine(2, 'server', { id: 0, result: {} }),
    ...calls.flatMap((ms) => [
      nativeMessageLine(ms, 'client', { id: ms, method: 'tools/call', params: { name: `tool${ms}`, arguments: {} } }),
      nativeMessageLine(ms + 1, 'server', { id: ms, result: { content: [] } }),
    ]),
  ].join('');
}

export const checks: readonly Check[] = [
  [
    'a followed gateway log decides calls when they are logged',
    async ({ window, workspace }) => {
      await window.run('Guardscope: Follow Gateway Log Directory…');
      await fileDialog(window, "Select the Gateway's Log Directory", logFolder(workspace), true);
      const panel = new Panel(window);
      await panel.at('call-list').waitFor();
      await replayWith(window, panel);
      const before = await panel.shows(await replayed(workspace));
      appendFileSync(logFile(workspace), sampleLog.slice(half.length));
      const expected = await replayed(workspace);
      const after = await panel.shows(expected);
      assert.ok(after.length > before.length);
      await window.screenshot('sessions-followed');
    },
  ],
  [
    'a rotated log starts a new session',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      renameSync(logFile(workspace), `${logFile(workspace)}.1`);
      writeFileSync(logFile(workspace), half);
      await panel.shows(await replayed(workspace));
      await window.screenshot('sessions-rotated');
      await window.run('View: Close All Editors');
    },
  ],
  [
    'an imported HAR replays like the capture that it was made from',
    async ({ window, workspace }) => {
      await window.run('Guardscope: Import Session…');
      await fileDialog(window, 'Import Session', archive(workspace));
      const panel = new Panel(window);
      await panel.at('call-list').waitFor();
      await window.notification('Imported session.har as session.guardtrace.jsonl').waitFor();
      await replayWith(window, panel);
      await panel.shows(await decisions(workspace, { trace: 'session.guardtrace.jsonl' }));
      await window.screenshot('sessions-imported');
      await window.run('Notifications: Clear All Notifications');
      await window.run('View: Close All Editors');
    },
  ],
  [
    'a session is exported as a bundle with its policy and without secrets',
    async ({ window, workspace }) => {
      await window.open('trace.guardtrace.jsonl');
      // A panel that opens takes the focus, which closes a quick pick.
      await new Panel(window).done();
      await window.run('Guardscope: Export Session…');
      await window.answer({ pick: /^\s*Bundle(?! with)/ });
      await fileDialog(window, 'Export Session');
      await window.notification('Exported').waitFor();
      for (const deadline = Date.now() + patiently(10_000); !existsSync(bundle(workspace)) && Date.now() < deadline;)
        await sleep(50);
      const made = readFileSync(bundle(workspace), 'utf8');
      assert.match(made, /"min-integrity"|"allow-only"|"policy"/);
      await window.run('Notifications: Clear All Notifications');
      rmSync(bundle(workspace));
    },
  ],
  [
    'captures of one client open as one session, with the calls of all servers in order of arrival',
    async ({ window, workspace }) => {
      const folder = join(workspace, 'together');
      mkdirSync(folder);
      for (const [server, at] of [
        ['files', [10, 30]],
        ['mail', [20]],
      ] as const) {
        writeFileSync(join(folder, `${server}.guardtrace.jsonl`), captureOf(server, at));
      }
      await window.open('together/files.guardtrace.jsonl');
      const panel = new Panel(window);
      await panel.calls(2);
      await window.run('Guardscope: Open with Other Captures of Its Client');
      await panel.calls(3);
      const rows = await panel.rows();
      assert.deepEqual(
        rows.map(({ text }) => /tool\d+/.exec(text)?.[0]),
        ['tool10', 'tool20', 'tool30'],
      );
      await window.screenshot('sessions-together');
      await window.run('View: Close All Editors');
    },
  ],
  [
    'changed tools of a server are shown',
    async ({ window }) => {
      await window.run('Guardscope: Compare Tools with Another Session…');
      await window.answer({ pick: /^\s*trace\.guardtrace/ });
      await window.answer({ pick: /^\s*memory\.guardtrace/ });
      await window.notification('changed.').waitFor();
      await window.screenshot('sessions-tools');
      await window.run('Notifications: Clear All Notifications');
      await window.run('View: Close All Editors');
    },
  ],
  [
    'a captured call is edited and resent',
    async ({ window, workspace }) => {
      await window.open('trace.guardtrace.jsonl');
      const panel = new Panel(window);
      await panel.at('call-list').waitFor();
      await panel.select(1);
      await window.webview().getByText('Edit and resend').first().click();
      await window.answer({ pick: /^\s*files/ });
      // The session opens next to it, which moves the views.
      await viewWith(window, '[data-testid="empty-live"]');
      const view = await viewWith(window, 'main.compose');
      await view.getByTestId('compose-status').getByText('running').waitFor();
      const path = view.getByTestId('field/path').locator('textarea');
      await path.waitFor();
      assert.equal(await path.inputValue(), '/workspace');
      await path.fill(join(workspace, 'workspace', 'docs'));
      await view.getByTestId('compose-send').click();
      await view.getByTestId('compose-answer').getByText('handbook.md').waitFor();
      await window.screenshot('sessions-edit-and-send');
    },
  ],
];
