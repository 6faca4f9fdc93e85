/** Opening files: the explorer's menu, the views of the side bar, and the default editor of a capture. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Panel } from './pages/panel.ts';
import type { Check, Prepared } from './specs.ts';

export const title = 'files';

/** Adds a module that is not a guard, and a file that is not a capture. */
export function prepare({ workspace }: Prepared): void {
  mkdirSync(join(workspace, 'more'));
  writeFileSync(join(workspace, 'more', 'empty.wasm'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  writeFileSync(join(workspace, 'broken.guardtrace.jsonl'), 'this is no trace\n');
  copyFileSync(join(workspace, 'memory.guardtrace.jsonl'), join(workspace, 'second.guardtrace.jsonl'));
}

export const checks: readonly Check[] = [
  [
    'the installed extension contains its bundles, media and notices, and no other files',
    ({ profile }) => {
      const folder = readdirSync(profile.extensions).find((name) => name.startsWith('guardscope.guardscope-')) ?? '';
      const home = join(profile.extensions, folder);
      const files = readdirSync(home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(home, join(entry.parentPath ?? entry.path, entry.name)));
      const unexpectedFiles = files.filter(
        (file) =>
          !/^(dist\/([a-z]+\.(js|css)|extension\.cjs|package\.json)|media\/.*|[^/]+\.(json|md|txt)|\.vsixmanifest)$/i.test(
            file,
          ),
      );
      assert.deepEqual(unexpectedFiles, ['dist/THIRD-PARTY-NOTICES.txt']);
      assert.deepEqual(
        files.filter((file) => /node_modules|\/capture\/|\/target\/|\.map$/.test(file)),
        [],
      );
      const notices = readFileSync(join(home, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
      for (const name of ['preact', 'uplot', '@vscode/webview-ui-toolkit'])
        assert.ok(notices.includes(`${name} `), name);
    },
  ],
  [
    'the explorer menu of a capture opens it in the panel',
    async ({ window }) => {
      await window.explorerMenu('memory.guardtrace.jsonl', 'Open Trace…');
      const panel = new Panel(window);
      await panel.done();
      assert.match(await panel.at('status-line').innerText(), /memory\.guardtrace\.jsonl/);
    },
  ],
  [
    'a capture opens in the panel by default',
    async ({ window }) => {
      await window.open('second.guardtrace.jsonl');
      await window.tab('second.guardtrace.jsonl').waitFor();
      assert.match(await new Panel(window).at('status-line').innerText(), /second\.guardtrace\.jsonl/);
    },
  ],
  [
    'the Guards view lists the modules, and marks the one in use and the one that is not a guard',
    async ({ window }) => {
      await window.run('View: Show Guardscope');
      const rows = window.viewRows('Guards');
      await rows.filter({ hasText: 'in use' }).waitFor();
      const texts = await rows.allInnerTexts();
      assert.match(texts.find((text) => /guard\.wasm/.test(text)) ?? '', /in use/);
      assert.match(texts.find((text) => /empty\.wasm/.test(text)) ?? '', /not a guard/);
    },
  ],
  [
    'the Sessions view lists the captures, marks open ones, and opens one',
    async ({ window }) => {
      const rows = window.viewRows('Sessions');
      await rows.filter({ hasText: 'open' }).first().waitFor();
      const texts = await rows.allInnerTexts();
      assert.match(texts.find((text) => /second/.test(text)) ?? '', /open/);
      await rows.filter({ hasText: /^trace\.guardtrace/ }).click();
      const panel = new Panel(window);
      // The panel of the other capture is on show until this one is there.
      await panel
        .at('status-line')
        .getByText(/^trace\.guardtrace\.jsonl$/)
        .waitFor();
      await panel.done();
      await window.screenshot('side-bar');
    },
  ],
  [
    'the explorer menu of a guard inspects it',
    async ({ window }) => {
      await window.explorerMenu('guard.wasm', 'Inspect Guard');
      await window.page.locator('.monaco-editor .view-lines', { hasText: 'label_resource' }).waitFor();
    },
  ],
  [
    'a file that is not a trace opens with an explanation',
    async ({ window }) => {
      await window.open('broken.guardtrace.jsonl');
      const panel = new Panel(window);
      await panel.at('problems-strip').waitFor();
      await panel.at('empty-calls').waitFor();
      await window.screenshot('broken-trace');
    },
  ],
  [
    '"Open Sample Session" opens and replays the sample that comes with the extension',
    async ({ window }) => {
      await window.run('Guardscope: Open Sample Session');
      const panel = new Panel(window);
      await panel.at('status-line').locator('[title*="samples/files-and-memory"]').waitFor();
      await panel.done();
      assert.ok((await panel.rows()).some(({ status }) => status === 'denied'));
    },
  ],
];
