/** The Problems view: mistakes in a policy while it is edited, and lines of a trace that cannot be read. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { run } from '../support/processes/process.ts';
import { root } from './install.ts';
import { Panel } from './pages/panel.ts';
import type { Check, Prepared } from './specs.ts';
import type { EditorWindow } from './pages/window.ts';

export const title = 'problems';

const policy = `{
  "allow-only": {
    "repos": ["acme/widget"],
    "min-integrity": "aproved"
  }
}
`;

export function prepare({ workspace }: Prepared): void {
  writeFileSync(join(workspace, 'typed-policy.json'), policy);
  // A file that is not a policy for guards.
  writeFileSync(join(workspace, 'foreign.json'), '{"Statement":[{"min-integrity":1}]}');
  const [header, ...lines] = readFileSync(join(workspace, 'trace.guardtrace.jsonl'), 'utf8').split('\n');
  writeFileSync(join(workspace, 'damaged.guardtrace.jsonl'), [header, '{"t":1,"dir":', ...lines].join('\n'));
}

/** The problems of a policy, from the command line. */
async function validated(file: string): Promise<readonly { readonly message: string }[]> {
  const { stdout } = await run(process.execPath, [join(root, 'dist', 'cli.js'), 'validate', file, '--json']);
  return (JSON.parse(stdout) as { readonly problems: readonly { readonly message: string }[] }).problems;
}

const markers = (window: EditorWindow): Locator => window.page.locator('.markers-panel .monaco-list-row');

export const checks: readonly Check[] = [
  [
    'a mistake in a policy is marked at its position, with the message of the gateway',
    async ({ window, workspace }) => {
      const [problem] = await validated(join(workspace, 'typed-policy.json'));
      await window.open('typed-policy.json');
      await window.page.locator('.monaco-editor .squiggly-error').first().waitFor();
      await window.run('Problems: Focus on Problems View');
      const row = markers(window)
        .filter({ hasText: problem?.message ?? 'no problem' })
        .first();
      await row.waitFor();
      assert.match(await row.innerText(), /Ln 4, Col/);
      await window.screenshot('problems-policy');
    },
  ],
  [
    'the mark disappears as soon as the mistake is fixed, without saving',
    async ({ window }) => {
      await window.page.locator('.monaco-editor .view-line', { hasText: 'aproved' }).first().click();
      await window.page.keyboard.press('End');
      for (let at = 0; at < '"aproved"'.length; at++) await window.page.keyboard.press('Backspace');
      await window.page.keyboard.type('"approved');
      await window.page.locator('.monaco-editor .squiggly-error').first().waitFor({ state: 'detached' });
      await window.run('File: Revert File');
      await window.page.locator('.monaco-editor .squiggly-error').first().waitFor();
      await window.run('View: Close All Editors');
    },
  ],
  [
    'files that are not policies are ignored',
    async ({ window }) => {
      await window.open('foreign.json');
      await window.page.locator('.monaco-editor .view-line', { hasText: 'Statement' }).first().waitFor();
      await window.page.waitForTimeout(1_000);
      assert.equal(await window.page.locator('.monaco-editor .squiggly-error').count(), 0);
      await window.run('View: Close All Editors');
    },
  ],
  [
    'an unreadable line of a trace is listed while the trace is open, with a link to the line',
    async ({ window }) => {
      await window.open('damaged.guardtrace.jsonl');
      await new Panel(window).at('problems-strip').waitFor();
      const row = markers(window).filter({ hasText: 'This line was skipped' }).first();
      await row.waitFor();
      assert.match(await row.innerText(), /Ln 2, Col/);
      await window.screenshot('problems-trace');
      await window.run('View: Close All Editors');
      await row.waitFor({ state: 'detached' });
    },
  ],
];
