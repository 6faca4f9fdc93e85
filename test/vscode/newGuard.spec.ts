/** From nothing to a replayed guard: a project that New Guard… writes, its build task, its trace, and a change of the guard. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { patiently } from '../support/patience.ts';
import { sleep } from '../support/processes/process.ts';
import { decisions } from './decisions.ts';
import { root } from './install.ts';
import { fileDialog } from './pages/fileDialog.ts';
import { Panel } from './pages/panel.ts';
import { EditorWindow } from './pages/window.ts';
import type { Check } from './specs.ts';

export const title = 'new guard';

export const checks: readonly Check[] = [
  [
    'a new project opens in its own window, builds with its task, and the panel decides its trace and shows the flips of a change',
    async ({ window, workspace }) => {
      const parent = dirname(workspace);
      const project = join(parent, 'tour-guard');
      const opened = window.page.context().waitForEvent('page', { timeout: patiently(60_000) });
      opened.catch(() => undefined);
      await window.run('Guardscope: New Guard…');
      await window.answer({ type: 'AssemblyScript', pick: 'AssemblyScript' });
      await window.answer({ type: 'tour-guard' });
      await fileDialog(window, 'Folder to create "tour-guard" in', parent, true);
      const other = new EditorWindow(await opened, project);
      await other.ready();
      // In place of `npm install`.
      symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
      const panel = new Panel(other);
      // The guard is decided with as soon as it is there.
      await other.open('trace.guardtrace.jsonl');
      await panel.calls(10);
      await other.screenshot('new-guard-unbuilt');
      await other.run('Tasks: Run Build Task');
      await built(project);
      await panel.done();
      await panel.shows(await decisions(project));
      const rules = join(project, 'assembly', 'labels.ts');
      const before = await decisions(project);
      const source = readFileSync(rules, 'utf8');
      writeFileSync(rules, source.replace('UNAPPROVED: i32 = 2', 'UNAPPROVED: i32 = 3'));
      await other.run('Tasks: Run Build Task');
      await panel.at('summary-changed').waitFor({ timeout: patiently(60_000) });
      const after = await decisions(project);
      assert.notDeepEqual(
        after.map(({ outcome }) => outcome),
        before.map(({ outcome }) => outcome),
      );
      await panel.shows(after);
      await other.screenshot('new-guard');
      await other.close();
    },
  ],
];

/** Waits for the guard of a project. */
async function built(project: string): Promise<void> {
  for (const deadline = Date.now() + patiently(60_000); !existsSync(join(project, 'guard.wasm'));) {
    if (Date.now() > deadline) throw new Error(`${project} has no guard.wasm`);
    await sleep(200);
  }
}
