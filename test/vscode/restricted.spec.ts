/** An untrusted folder: its guards do not run. */
import assert from 'node:assert/strict';
import type { Check } from './specs.ts';

export const title = 'restricted mode';

export const options = { trusted: false };

export const checks: readonly Check[] = [
  [
    'the extension does not run, and a capture opens as text',
    async ({ window }) => {
      await window.open('trace.guardtrace.jsonl');
      await window.page.locator('.monaco-editor .view-lines').first().waitFor();
      await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
      const titles = await window.listCommands('Guardscope: Open Trace…');
      assert.deepEqual(
        titles.filter((title) => title.startsWith('Guardscope')),
        [],
      );
    },
  ],
];
