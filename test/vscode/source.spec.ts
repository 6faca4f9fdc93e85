/** Help for authors: lenses and hovers in the source of a guard, and the walkthrough. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { Panel } from './pages/panel.ts';
import type { EditorWindow } from './pages/window.ts';
import type { Check, Prepared } from './specs.ts';

export const title = 'source';

const source = `#[no_mangle]
pub extern "C" fn label_agent(input: *const u8, length: u32, output: *mut u8, size: u32) -> i32 {
    -1
}
`;

/** The functions of the sample's own source are below the first screen. */
export function prepare({ workspace }: Prepared): void {
  writeFileSync(join(workspace, 'small.rs'), source);
}

const lens = (window: EditorWindow, text: string): Locator =>
  window.page.locator('.codelens-decoration a').filter({ hasText: text });

export const checks: readonly Check[] = [
  [
    'lenses above the functions show the decisions of the open session',
    async ({ window }) => {
      await window.open('trace.guardtrace.jsonl');
      await new Panel(window).done();
      await window.open('small.rs');
      await lens(window, '32 calls: 20 allowed, 5 filtered, 4 denied, 2 blocked, 1 error').first().waitFor();
      assert.ok((await lens(window, 'Replay').count()) > 0);
      await window.screenshot('source-lenses');
    },
  ],
  [
    'a hover on a function quotes the document, and its link opens it',
    async ({ window }) => {
      await window.page
        .locator('.monaco-editor .view-line span', { hasText: /^\s*label_agent$/ })
        .last()
        .hover();
      const hover = window.page.locator('.monaco-hover').filter({ hasText: 'Gets the policy' });
      await hover.waitFor();
      await hover.getByText('The interface of a guard').click();
      await window.tab('Preview guard-abi.md').waitFor();
      await window.run('View: Close Editor');
    },
  ],
  [
    'the lens replays the session and shows the panel',
    async ({ window }) => {
      await window.open('small.rs');
      await lens(window, 'Replay').first().click();
      const panel = new Panel(window);
      await panel.done();
      assert.match(await panel.at('status-line').innerText(), /trace\.guardtrace\.jsonl/);
    },
  ],
  [
    'the walkthrough has five steps, and opens the sample session',
    async ({ window }) => {
      await window.run('Welcome: Open Walkthrough...');
      await window.answer({ pick: 'Write a guard with Guardscope' });
      const steps = window.page.locator('.getting-started-step .step-title');
      await steps.first().waitFor();
      assert.deepEqual(await steps.allInnerTexts(), [
        'Open a captured session',
        'Read why a call was denied',
        'See what a change does',
        'Know what the gateway expects',
        'Capture your own server',
      ]);
      await window.screenshot('walkthrough');
      await window.page.getByRole('button', { name: 'Open Sample Session' }).first().click();
      await new Panel(window).done();
    },
  ],
];
