/** A gateway's log with two servers: one guard decides one of them, the gateway's configuration both, and menus filter the list. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decisions } from './decisions.ts';
import { Panel } from './pages/panel.ts';
import { themes } from './pages/window.ts';
import type { Check, Prepared } from './specs.ts';

export const title = 'servers';

const trace = 'gateway-log/rpc-messages.jsonl';
const config = 'gateway-log/config.toml';

const server = (id: string): string => `[servers.${id}]
command = "docker"
args = ["run", "--rm", "-i", "stub/${id}"]
guard = "sample"
[servers.${id}.guard_policies.allow-only]
repos = ["workspace/customers", "workspace/docs", "workspace/inbox", "workspace/outbox"]
min-integrity = "approved"
`;

/** Adds the configuration of the gateway; the path of the guard is relative to it. */
export function prepare({ workspace }: Prepared): void {
  const guards = '[guards.sample]\ntype = "wasm"\npath = "../guard.wasm"\n';
  writeFileSync(join(workspace, config), `${server('files')}${server('memory')}${guards}`);
}

export const checks: readonly Check[] = [
  [
    'a guard decides one server, and the rows of the other say why they are not decided',
    async ({ window }) => {
      const panel = new Panel(window);
      await window.run('Guardscope: Open Trace…');
      await window.answer({ pick: /rpc-messages\.jsonl/ });
      await panel.done();
      const skipped = (await panel.rows()).filter(({ status }) => status === 'skipped');
      assert.ok(skipped.length > 0);
      for (const { text } of skipped) assert.match(text, /Not decided: no guard is chosen for "memory"/);
    },
  ],
  [
    'the configuration decides both servers as the command line does',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      await window.run('Guardscope: Choose Gateway Configuration for Trace…');
      await window.answer({ pick: /config\.toml/ });
      await panel.at('toolbar-configuration').getByText('config.toml').waitFor();
      await panel.done();
      const rows = await panel.shows(await decisions(workspace, { trace, config }));
      assert.ok(rows.some(({ text }) => text.includes('memory')));
      assert.ok(rows.some(({ text }) => text.includes('files')));
    },
  ],
  [
    'the menu of servers shows the calls of one, and the filter box can be edited',
    async ({ window }) => {
      const panel = new Panel(window);
      await panel.at('filter-server').click();
      await window
        .webview()
        .getByRole('option', { name: /^memory/ })
        .click();
      await panel.at('filter-clear').waitFor();
      for (const { text } of await panel.rows()) assert.match(text, /memory/);
      await panel.click('filter-clear');
      await panel.at('filter-clear').waitFor({ state: 'detached' });
      assert.ok((await panel.rows()).some(({ text }) => text.includes('files')));
    },
  ],
  [
    'a guard replaces that of one server',
    async ({ window }) => {
      const panel = new Panel(window);
      await window.run('Guardscope: Choose Guard for Trace…');
      await window.answer({ pick: /^memory/ });
      await window.answer({ pick: /guard\.wasm/ });
      await panel.at('toolbar-guard').getByText('for memory').waitFor();
      await panel.done();
      assert.equal((await panel.rows()).filter(({ status }) => status === 'skipped').length, 0);
    },
  ],
  [
    'the panel is legible in every theme at 800, 1280 and 2400 pixels',
    async ({ window }) => {
      const panel = new Panel(window);
      await panel.select(3);
      for (const theme of Object.keys(themes)) {
        await window.theme(theme);
        for (const width of [800, 1280, 2400]) {
          await window.page.setViewportSize({ width, height: 900 });
          await panel.at('filter-server').waitFor();
          await window.screenshot(`servers-${theme}-${width}`);
        }
      }
    },
  ],
];
