/** Planted mistakes in a new guard: each is found in at most three actions by the text on the screen, after its build has replaced a right one. */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles } from '../../../src/core/newGuard/guardProject.ts';
import { type EditorAction, type TemplateMistake, templateMistakes } from '../../planted/templateMistakes.ts';
import { buildGuard } from '../../support/guards/compileGuard.ts';
import { planted, writeNotesProject } from '../../support/guards/templateMutant.ts';
import { patiently } from '../../support/patience.ts';
import { sleep } from '../../support/processes/process.ts';
import { Panel } from '../pages/panel.ts';
import type { EditorWindow } from '../pages/window.ts';
import type { Check, Prepared } from '../specs.ts';

export const title = 'planted mistakes';
export const empty = true;

export async function prepare({ workspace }: Prepared): Promise<void> {
  await writeNotesProject(workspace);
  writeFileSync(join(workspace, 'guard.wasm'), await buildGuard(workspace));
}

export const checks: readonly Check[] = [
  [
    'the session is decided with the right guard',
    async ({ window }) => {
      await window.open(projectFiles.trace);
      await new Panel(window).done();
    },
  ],
  ...templateMistakes.map((mistake): Check => [
    `a ${mistake.of} that ${mistake.name} is found in ${mistake.actions.length} actions`,
    ({ window, workspace }) => find(mistake, window, workspace),
  ]),
];

async function find(mistake: TemplateMistake, window: EditorWindow, workspace: string): Promise<void> {
  const panel = new Panel(window);
  const file = mistake.of === 'guard' ? 'guard.wasm' : projectFiles.policy;
  const right = readFileSync(join(workspace, file));
  const files = planted(mistake.changes, workspace);
  const wrong = mistake.of === 'guard' ? await buildGuard(workspace, files) : (files[file] ?? '');
  // The keys of the list begin at its first call when none is selected.
  if (await panel.at('detail-close').isVisible()) await panel.click('detail-close');
  await replace(panel, workspace, file, wrong);
  try {
    for (const text of mistake.says) await reads(window, text);
    await panel.at('call-list').focus();
    for (const action of mistake.actions) await act(action, window, panel);
    for (const text of mistake.seen) await reads(window, text);
    await window.screenshot(`planted-${templateMistakes.indexOf(mistake) + 1}`);
  } finally {
    // As it was, for the next mistake.
    if (!(await isPanelShown(window))) await window.run('View: Close Editor');
    if (await panel.at('filter-clear').isVisible()) await panel.click('filter-clear');
    await replace(panel, workspace, file, right);
  }
}

async function act(action: EditorAction, window: EditorWindow, panel: Panel): Promise<void> {
  if ('key' in action) {
    const before = await selected(window);
    await panel.at('call-list').press(action.key);
    await window.webview().locator(`.detail[aria-busy="false"]`).waitFor();
    for (const deadline = Date.now() + patiently(10_000); (await selected(window)) === before; await sleep(50)) {
      if (Date.now() > deadline) assert.fail(`"${action.key}" selected no other call`);
    }
  } else if ('tab' in action) await panel.tab(action.tab);
  else if ('kind' in action) {
    const count = await panel.at(`change-${action.kind}`).locator('.chip-count').innerText();
    await panel.click(`change-${action.kind}`);
    await panel.calls(Number(count));
    await panel.at('call-list').focus();
  } else await window.run(action.command);
}

/** The index of the selected call, as a text; empty without one. */
async function selected(window: EditorWindow): Promise<string> {
  const rows = window.webview().locator('[data-testid="call-row"][aria-selected="true"]');
  return (await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-index')))).join();
}

/** Replaces a file as a build does, and waits until the panel says that it has decided with it. */
async function replace(panel: Panel, workspace: string, file: string, content: string | Uint8Array): Promise<void> {
  const renewed = panel.at('renewed');
  const before = (await renewed.count()) > 0 ? await renewed.innerText() : '';
  // The panel says when the file changed, in seconds: two changes are told apart by it.
  const next = (Math.floor(Date.now() / 1000) + 1) * 1000;
  if (before !== '') await sleep(next - Date.now());
  const made = join(workspace, `${file}.new`);
  writeFileSync(made, content);
  renameSync(made, join(workspace, file));
  for (const deadline = Date.now() + patiently(30_000); ; await sleep(50)) {
    const now = (await renewed.count()) > 0 ? await renewed.innerText() : '';
    if (now !== before && now.startsWith(file)) return;
    if (Date.now() > deadline) assert.fail(`the panel does not say that ${file} changed, but "${now}"`);
  }
}

/** Waits until the visible panel or editor has a text. */
async function reads(window: EditorWindow, text: string): Promise<void> {
  for (const deadline = Date.now() + patiently(20_000); ; await sleep(100)) {
    const shown = await shownText(window);
    if (shown.includes(text)) return;
    if (Date.now() > deadline) assert.fail(`the screen does not say ${JSON.stringify(text)}, but:\n${shown}`);
  }
}

async function shownText(window: EditorWindow): Promise<string> {
  const { page } = window;
  const shown = (await isPanelShown(window))
    ? window.webview().locator('body')
    : page.locator('.editor-instance .view-lines');
  // An editor that opens meanwhile hides the panel.
  const text = await shown
    .first()
    .innerText({ timeout: patiently(2_000) })
    .catch(() => '');
  return text.replaceAll(/\s+/g, ' ');
}

async function isPanelShown({ page }: EditorWindow): Promise<boolean> {
  return (await page.locator('iframe.webview.ready:visible').count()) > 0;
}
