/** A call that is changed in an editor beside the panel, in a real VS Code: flips while typing, mistakes at their place, completion, undo. */
import assert from 'node:assert/strict';
import { patiently } from '../../support/patience.ts';
import { sleep } from '../../support/processes/process.ts';
import { Panel } from '../pages/panel.ts';
import { type EditorWindow, themes } from '../pages/window.ts';
import type { Check } from '../specs.ts';

export const title = 'change a call';

/** Call 22 writes what the agent has read; without labels it is denied. */
const write = 21;
const tabName = 'call 22 write_file.guardchange.json';
const cleared = '{"agent": {"secrecy": [], "integrity": []}}';

/** Replaces the text of the call. Typed as by a user, because the editor closes brackets, and a closing one that is typed then replaces its own. */
async function type({ page }: EditorWindow, text: string): Promise<void> {
  await page.locator(`.editor-instance .monaco-editor[data-uri^="guardscope-call:"] .view-lines`).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text, { delay: 20 });
}

/**
 * Replaces the text of the call without a text on the way that can be used: of the first character the editor makes `{}`, which changes nothing
 * and is decided when the machine is slow. The letter before it goes when all is typed.
 */
async function replace({ page }: EditorWindow, text: string): Promise<void> {
  await page.locator(`.editor-instance .monaco-editor[data-uri^="guardscope-call:"] .view-lines`).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(`x${text}`, { delay: 20 });
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('Delete');
}

/** Waits until the write has an outcome in the list. */
async function hasOutcome(window: EditorWindow, outcome: string): Promise<void> {
  const row = window.webview().locator(`[data-testid="call-row"][data-index="${write}"][data-status="${outcome}"]`);
  await row.waitFor({ timeout: patiently(20_000) });
}

export const checks: readonly Check[] = [
  [
    '"Change this call…" opens it beside the panel',
    async ({ window }) => {
      await window.open('trace.guardtrace.jsonl');
      const panel = new Panel(window);
      await panel.done();
      await panel.select(write);
      await panel.click('change-call');
      await window.tab(tabName).waitFor();
    },
  ],
  [
    'what is typed is decided after a pause, and the panel counts what flips',
    async ({ window }) => {
      await type(window, cleared);
      await hasOutcome(window, 'denied');
      const panel = new Panel(window);
      await panel.at('what-if').getByText('2 changes').waitFor();
      assert.match(await panel.at('what-if-flips').innerText(), /^[1-9]\d* outcomes? flipped/);
      await panel.at('detail-headline').getByText('changed by you: agent').waitFor();
    },
  ],
  [
    'the members are completed from the schema',
    async ({ window }) => {
      await replace(window, '{"mode": ');
      // Before the bracket that the editor has closed.
      await window.page.keyboard.press('End');
      await window.page.keyboard.press('ArrowLeft');
      await window.page.keyboard.press('Control+Space');
      const widget = window.page.locator('.suggest-widget.visible');
      await widget
        .getByText('propagate')
        .first()
        .waitFor({ timeout: patiently(20_000) });
      await window.page.keyboard.press('Escape');
      // The text is not JSON, and the last decisions stay.
      await hasOutcome(window, 'denied');
    },
  ],
  [
    'a mistake is marked where it is, and the last decisions stay',
    async ({ window }) => {
      await replace(window, '{"agent": {"secrecy": [""]}}');
      await window.page.locator('.monaco-editor[data-uri^="guardscope-call:"] .squiggly-error').first().waitFor();
      await window.run('Problems: Focus on Problems View');
      await window.page.getByText('The changes of call 22 cannot be used').first().waitFor();
      await window.run('View: Hide Panel');
      await hasOutcome(window, 'denied');
      for (const theme of Object.keys(themes)) {
        await window.theme(theme);
        await window.screenshot(`change-call-${theme}`);
      }
    },
  ],
  [
    'undo in the panel brings the decision and the text back, and closing asks nothing',
    async ({ window }) => {
      const panel = new Panel(window);
      await panel.click('what-if-undoChange');
      await hasOutcome(window, 'allowed');
      await panel.at('what-if').waitFor({ state: 'detached' });
      const lines = window.page.locator('.monaco-editor[data-uri^="guardscope-call:"] .view-lines');
      await lines.getByText('"arguments"').first().waitFor();
      // The text counts as saved a second after it was decided with.
      await sleep(patiently(2_000));
      await lines.click();
      await window.run('View: Close Editor');
      await window.tab(tabName).waitFor({ state: 'detached' });
    },
  ],
];
