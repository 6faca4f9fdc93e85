/** An untrusted folder: its traces open, its guards do not run, and trust brings everything to life. */
import assert from 'node:assert/strict';
import { Panel } from './pages/panel.ts';
import type { Check } from './specs.ts';

export const title = 'restricted mode';

export const options = { trusted: false };

export const checks: readonly Check[] = [
  [
    'a capture opens in the panel without a replay, and the panel says why',
    async ({ window }) => {
      await window.open('trace.guardtrace.jsonl');
      await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
      const panel = new Panel(window);
      await panel.calls(32);
      await panel.at('note-restricted').waitFor();
      assert.equal(await panel.at('run-text').innerText(), '');
      await window.screenshot('restricted');
    },
  ],
  [
    'a command that is off says why and offers to manage the trust',
    async ({ window }) => {
      await window.run('Guardscope: Capture MCP Server…');
      await window.notification('is off because this workspace is not trusted').waitFor();
      await window.pressInNotification('is off because', 'Manage Workspace Trust');
    },
  ],
  [
    'the trace is replayed when the workspace is trusted, without a reload',
    async ({ window }) => {
      await window.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
      await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
      await window.open('trace.guardtrace.jsonl');
      const panel = new Panel(window);
      await panel.done();
      await panel.at('note-restricted').waitFor({ state: 'detached' });
    },
  ],
];
