/** The clauses of a policy in the editor: lenses with counts, the way to the calls and back, and the same in a gateway's configuration. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { patiently } from '../../support/patience.ts';
import { Panel } from '../pages/panel.ts';
import type { EditorWindow } from '../pages/window.ts';
import type { Check, Prepared } from '../specs.ts';

export const title = 'policy clauses';

const configuration = `[servers.files]
command = "docker"
args = ["run", "--rm", "-i", "files"]
guard = "sample"

[servers.files.guard_policies.allow-only]
repos = ["workspace/customers", "workspace/docs"]
min-integrity = "approved"

[guards.sample]
type = "wasm"
path = "../guard.wasm"
`;

/** A second trace, which is decided with a configuration. */
export function prepare({ workspace }: Prepared): void {
  mkdirSync(join(workspace, 'gateway'));
  renameSync(join(workspace, 'memory.guardtrace.jsonl'), join(workspace, 'gateway', 'memory.guardtrace.jsonl'));
  writeFileSync(join(workspace, 'gateway', 'gateway.toml'), configuration.replaceAll('files', 'memory'));
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const traces = { 'gateway/memory.guardtrace.jsonl': { config: 'gateway/gateway.toml' } };
  writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'guardscope.traces': traces }));
}

const lens = (window: EditorWindow, text: string | RegExp): Locator =>
  window.page.locator('.codelens-decoration a').filter({ hasText: text });

/** The number of calls that a lens gives. */
async function decidedBy(window: EditorWindow, text: RegExp): Promise<number> {
  const found = lens(window, text).first();
  await found.waitFor({ timeout: patiently(60_000) });
  return Number(/(\d+) (?:of|calls)/.exec(await found.innerText())?.[1]);
}

let decided = 0;

export const checks: readonly Check[] = [
  [
    'lenses on the policy say how many calls each clause decides',
    async ({ window }) => {
      await window.open('trace.guardtrace.jsonl');
      await new Panel(window).done();
      await window.open('policy.json');
      decided = await decidedBy(window, /^workspace\/customers: \d+ calls$/);
      assert.ok(decided > 3, `workspace/customers decides ${decided} calls`);
      await lens(window, /^decides \d+ of 32 calls$/)
        .first()
        .waitFor();
      await window.screenshot('policy-lenses');
      // The schema of VS Code's own JSON support has the meaning, and the extension adds the calls.
      const level = window.page.locator('.monaco-editor .view-line span', { hasText: /^"min-integrity"$/ });
      await level.last().hover();
      const hover = window.page
        .locator('.monaco-hover')
        .filter({ hasText: 'The lowest integrity of what the agent may read' });
      await hover.getByText(/^Decides \d+ of 32 calls: /).waitFor();
      await window.page.keyboard.press('Escape');
    },
  ],
  [
    'a lens shows its calls in the panel',
    async ({ window }) => {
      await lens(window, /^workspace\/customers: /)
        .first()
        .click();
      const panel = new Panel(window);
      await panel.calls(decided);
      assert.ok((await panel.rows()).some(({ index, status }) => index === 28 && status === 'denied'));
      await window.screenshot('policy-lens-calls');
    },
  ],
  [
    'a denied call leads to the clause that decides it',
    async ({ window }) => {
      const panel = new Panel(window);
      await panel.select(28);
      const clause = panel.at('clause-decides').filter({ hasText: '"workspace/customers" in repos' });
      await clause.getByText('allowed').waitFor({ timeout: patiently(60_000) });
      await window.screenshot('policy-clause-of-call');
      await clause.getByTestId('clause').click();
      await window.page.locator('.statusbar-item', { hasText: 'Ln 3, Col 36 (21 selected)' }).waitFor();
      // The policy stands beside the panel, which stays in view.
      await panel.at('call-list').waitFor();
      await window.screenshot('policy-clause-beside');
      await window.run('View: Close All Editors');
    },
  ],
  [
    'a policy in a configuration has lenses and hovers',
    async ({ window }) => {
      await window.open('gateway/memory.guardtrace.jsonl');
      await new Panel(window).done();
      await window.open('gateway/gateway.toml');
      const found = await decidedBy(window, /^decides \d+ of 11 calls$/);
      assert.ok(found > 0, `min-integrity decides ${found} calls`);
      await window.page
        .locator('.monaco-editor .view-line', { hasText: 'min-integrity' })
        .hover({ position: { x: 40, y: 9 } });
      const hover = window.page
        .locator('.monaco-hover')
        .filter({ hasText: 'The lowest integrity of what the agent may read' });
      await hover.getByText(`Decides ${found} of 11 calls`).waitFor();
      await window.screenshot('policy-in-configuration');
      await window.page.keyboard.press('Escape');
    },
  ],
  [
    'and is decided with while it is typed',
    async ({ window }) => {
      const { page } = window;
      await page.locator('.monaco-editor .view-line', { hasText: 'min-integrity' }).click();
      for (const key of ['End', 'ArrowLeft', 'Control+Shift+ArrowLeft']) await page.keyboard.press(key);
      await page.keyboard.type('none');
      // A lens that leads nowhere is not a link.
      const widest = page.locator('.codelens-decoration', { hasText: 'is the widest value' });
      await widest.waitFor({ timeout: patiently(60_000) });
      await window.open('gateway/memory.guardtrace.jsonl');
      const strip = new Panel(window).at('change-strip');
      await strip.getByText('from gateway.toml as saved').waitFor();
    },
  ],
];
