/** Guards that never return, trap or do not load: the panel reports the failure, and VS Code keeps working. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endless, trapping, writeGuard } from './badGuards.ts';
import { decisions } from './decisions.ts';
import { Panel } from './pages/panel.ts';
import type { Check, Prepared } from './specs.ts';
import type { EditorWindow } from './pages/window.ts';

export const title = 'guards';

const trace = 'trace.guardtrace.jsonl';

/** A workspace whose default guard never returns. */
export async function prepare({ workspace }: Prepared): Promise<void> {
  mkdirSync(join(workspace, 'bad'));
  mkdirSync(join(workspace, '.vscode'));
  await writeGuard(join(workspace, 'bad', 'endless.wasm'), endless);
  await writeGuard(join(workspace, 'bad', 'trapping.wasm'), trapping);
  writeFileSync(join(workspace, 'bad', 'broken.wasm'), 'this is no module');
  saveSettings(workspace, { 'guardscope.guard': 'bad/endless.wasm' });
}

const settingsFile = (workspace: string): string => join(workspace, '.vscode', 'settings.json');
const saveSettings = (workspace: string, settings: object): void =>
  writeFileSync(settingsFile(workspace), JSON.stringify(settings));

/** Chooses a guard with the command in the palette. */
async function chooseGuard(window: EditorWindow, file: string | RegExp): Promise<void> {
  await window.run('Guardscope: Choose Guard for Trace…');
  await window.answer({ pick: file });
}

export const checks: readonly Check[] = [
  [
    'a replay that hangs in the guard shows as running, and Cancel ends it',
    async ({ window }) => {
      const panel = new Panel(window);
      await window.open(trace);
      await panel.at('toolbar-cancel').click();
      await panel.at('run-text').getByText('cancelled').waitFor();
      assert.match(await panel.at('run-text').innerText(), /cancelled after 0/);
      await panel.at('toolbar-replay').waitFor();
    },
  ],
  [
    'an endless guard is stopped at the configured deadline, and is poisoned afterwards',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      await window.run('View: Close All Editors');
      saveSettings(workspace, { 'guardscope.guard': 'bad/endless.wasm', 'guardscope.deadlineMs': 400 });
      // VS Code watches the file and reads it shortly after it is written.
      await window.page.waitForTimeout(1_500);
      await window.open(trace);
      await panel.done();
      await panel.at('note-poisoned').waitFor();
      assert.match(await panel.at('note-poisoned').innerText(), /call 1, label_resource/);
      const rows = await panel.rows();
      assert.ok(rows.length > 0 && rows.every(({ status }) => status === 'error'));
      await window.screenshot('guard-endless');
    },
  ],
  [
    'a guard that traps is poisoned at its first call',
    async ({ window }) => {
      const panel = new Panel(window);
      await chooseGuard(window, 'bad/trapping.wasm');
      await panel.at('toolbar-guard').getByText('trapping.wasm').waitFor();
      await panel.done();
      assert.match(await panel.at('note-poisoned').innerText(), /unreachable/);
    },
  ],
  [
    'a file that is not a module is rejected with the reason',
    async ({ window }) => {
      const panel = new Panel(window);
      await chooseGuard(window, 'bad/broken.wasm');
      await panel.at('toolbar-guard').getByText('broken.wasm').waitFor();
      await panel.at('note-guard').waitFor();
      assert.match(await panel.at('note-guard').innerText(), /Cannot load the guard/);
      await window.screenshot('guard-broken');
    },
  ],
  [
    'a working guard chosen afterwards decides as on the command line, and the choice is saved in the settings',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      await chooseGuard(window, /^guard\.wasm/);
      await panel.at('toolbar-guard').getByText('guard.wasm', { exact: true }).waitFor();
      await panel.done();
      await panel.shows(await decisions(workspace));
      const kept = JSON.parse(readFileSync(settingsFile(workspace), 'utf8'));
      assert.equal(kept['guardscope.traces'][trace].guard, 'guard.wasm');
    },
  ],
  [
    'Replay from the palette takes the policy as it is on disk by then',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      copyFileSync(join(workspace, 'policy-public.json'), join(workspace, 'policy.json'));
      await window.run('Guardscope: Replay');
      await panel.shows(await decisions(workspace));
    },
  ],
  [
    'Replay from the title of the editor takes the guard as it was last built',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      assert.equal(await panel.at('note-poisoned').count(), 0);
      copyFileSync(join(workspace, 'bad', 'trapping.wasm'), join(workspace, 'guard.wasm'));
      await window.page.locator('.editor-actions .action-label[aria-label^="Replay"]').click();
      await panel.at('note-poisoned').waitFor();
    },
  ],
];
