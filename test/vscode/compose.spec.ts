/** The compose view: a server of the workspace, the form for a tool's schema, the answer, and the session in the panel. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { root } from './install.ts';
import { viewWith } from './pages/views.ts';
import { type EditorWindow, themes } from './pages/window.ts';
import type { Check, Prepared } from './specs.ts';

export const title = 'compose';

const server = (name: string): string => join(root, 'node_modules', '@modelcontextprotocol', name, 'dist', 'index.js');

export function prepare({ workspace }: Prepared): void {
  const files = [server('server-filesystem'), '${workspaceFolder}/workspace'];
  const servers = {
    files: { command: process.execPath, args: files },
    everything: { command: process.execPath, args: [server('server-everything')] },
    broken: { command: 'no-such-program', args: [] },
  };
  mkdirSync(join(workspace, '.vscode'));
  writeFileSync(join(workspace, '.vscode', 'mcp.json'), JSON.stringify({ servers }, null, 2));
}

/** The compose view; the panel of the session is another webview. */
const composer = (window: EditorWindow): Promise<FrameLocator> => viewWith(window, 'main.compose');

async function choose(view: FrameLocator, tool: string): Promise<void> {
  await view.getByTestId('compose-tool').click();
  await view.locator('vscode-option', { hasText: new RegExp(`^${tool}( |$)`) }).click();
}

export const checks: readonly Check[] = [
  [
    'New Call… starts a server, and its tools come with a form',
    async ({ window }) => {
      await window.run('Guardscope: New Call…');
      await window.answer({ pick: /^\s*everything/ });
      const view = await composer(window);
      await view.getByTestId('compose-status').getByText('running').waitFor();
      await choose(view, 'get-sum');
      await view.getByTestId('field/a').waitFor();
      await window.screenshot('compose-form');
    },
  ],
  [
    'schema problems are shown, and the call can be sent anyway',
    async ({ window }) => {
      const view = await composer(window);
      await view.getByTestId('field/a').locator('input').fill('x');
      await view.getByText('a must be a number').waitFor();
      assert.match(await view.getByTestId('compose-send').innerText(), /Send anyway/);
      await view.getByTestId('field/a').locator('input').fill('2');
      await view.getByTestId('field/b').locator('input').fill('40');
      await view.getByTestId('compose-send').click();
      await view
        .getByTestId('compose-call-status')
        .getByText(/^Answered in/)
        .waitFor();
      assert.match(await view.getByTestId('compose-answer').innerText(), /42/);
    },
  ],
  [
    'an answer is removed when another tool is selected',
    async ({ window }) => {
      const view = await composer(window);
      await choose(view, 'echo');
      await view.getByTestId('compose-answer').waitFor({ state: 'detached' });
      assert.doesNotMatch(await view.getByTestId('compose-call-status').innerText(), /Answered/);
    },
  ],
  [
    'the call is captured in a session that is open in the panel',
    async ({ window, workspace }) => {
      const files = readdirSync(join(workspace, '.guardscope', 'captures')).filter((file) =>
        file.endsWith('.guardtrace.jsonl'),
      );
      assert.equal(files.length, 1);
      assert.match(files[0] ?? '', /^everything-.*-calls\.guardtrace\.jsonl$/);
      const panel = await viewWith(window, '[data-testid="call-row"]');
      await panel.getByTestId('call-row').filter({ hasText: 'get-sum' }).waitFor();
      for (const theme of Object.keys(themes).reverse()) {
        await window.theme(theme);
        await window.screenshot(`compose-${theme}`);
      }
    },
  ],
  [
    'the view shows why a server does not start',
    async ({ window }) => {
      await window.run('View: Close All Editors');
      await window.run('Guardscope: New Call…');
      await window.answer({ pick: /^\s*broken/ });
      const view = await composer(window);
      await view.getByTestId('compose-status').getByText('failed to start').waitFor();
      await view.getByText('Command not found: "no-such-program"').waitFor();
      await window.screenshot('compose-broken');
    },
  ],
];
