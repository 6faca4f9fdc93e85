/** From a captured session to the reason of a denied call, with the installed extension. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Decision, decisions } from './decisions.ts';
import { fileDialog } from './pages/fileDialog.ts';
import { Panel } from './pages/panel.ts';
import { viewWith } from './pages/views.ts';
import { themes } from './pages/window.ts';
import type { Check } from './specs.ts';

export const title = 'replay';

const trace = 'trace.guardtrace.jsonl';
const first = (records: readonly Decision[], outcome: string): Decision => {
  const found = records.find((record) => record.outcome === outcome);
  assert.ok(found, `the sample has no ${outcome} call`);
  return found;
};

export const checks: readonly Check[] = [
  [
    'the palette lists the commands, and those that need a trace only while one is open',
    async ({ window }) => {
      await window.run('Guardscope: Open Trace…');
      await window.dismiss('Browse…');
      const titles = await window.listCommands('Guardscope: ');
      for (const title of ['Open Trace…', 'Open Sample Session', 'Inspect Guard']) {
        assert.ok(titles.includes(`Guardscope: ${title}`), `${title} is not among ${titles.join(', ')}`);
      }
      assert.ok(!titles.includes('Guardscope: Replay'), 'Replay is offered without a trace');
    },
  ],
  [
    '"Open Trace…" lists the captures of the workspace, opens one and replays it',
    async ({ window }) => {
      await window.run('Guardscope: Open Trace…');
      await window.answer({ pick: new RegExp(`^${trace}`) });
      const status = await new Panel(window).done();
      assert.match(status, /^\d+ calls in \d/);
    },
  ],
  [
    'the rows show the decisions that the command line prints',
    async ({ window, workspace }) => {
      const expected = await decisions(workspace);
      const rows = await new Panel(window).shows(expected);
      for (const [at, { tool }] of expected.entries()) assert.match(rows[at]?.text ?? '', new RegExp(tool));
    },
  ],
  [
    'a denied call shows the reason, the missing tag and the phase that stopped it',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const denied = first(await decisions(workspace), 'denied');
      await panel.select(denied.index);
      assert.notEqual(await panel.at('detail-headline').innerText(), '');
      const missing = [...denied.coarse.secrecyToAdd, ...denied.coarse.integrityToDrop];
      const rules = await panel.at('labels-rules').innerText();
      for (const tag of missing) assert.ok(rules.includes(tag), `${tag} is not in the rules:\n${rules}`);
      const stopped = await panel.at('phase').and(window.webview().locator('[data-status="stopped"]')).innerText();
      assert.match(stopped, /coarse/i);
    },
  ],
  [
    'the Guard tab shows the guard calls, and the Raw tab the response to the client',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const denied = first(await decisions(workspace), 'denied');
      await panel.tab('guard');
      const entries = await panel
        .at('guard-call')
        .evaluateAll((all) => all.map((entry) => entry.getAttribute('data-function')));
      assert.deepEqual(
        entries,
        denied.guardCalls.map((call) => call.function),
      );
      await panel.tab('raw');
      assert.match(await panel.at('text-client').innerText(), /error/);
    },
  ],
  [
    'the items of a filtered call are kept and filtered as on the command line, the filtered ones first',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const filtered = (await decisions(workspace)).find(({ items }) => items.some((item) => !item.allowed));
      assert.ok(filtered, 'the sample filters no item');
      await panel.select(filtered.index);
      await panel.tab('items');
      await panel.at('item-row').first().waitFor();
      const shown = await panel
        .at('item-row')
        .evaluateAll((all) => all.map((item) => item.getAttribute('data-allowed') === 'true'));
      const expected = filtered.items.map(({ allowed }) => allowed);
      assert.deepEqual(shown, [...expected.filter((allowed) => !allowed), ...expected.filter((allowed) => allowed)]);
    },
  ],
  [
    'the filter restricts the list to an outcome, and can be cleared',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const expected = (await decisions(workspace)).filter(({ outcome }) => outcome === 'denied');
      await panel.at('summary-denied').click();
      await panel.at('filter-clear').waitFor();
      assert.deepEqual(
        (await panel.rows()).map(({ index }) => index),
        expected.map(({ index }) => index),
      );
      await panel.at('filter-clear').click();
    },
  ],
  [
    'the memory tab draws the chart',
    async ({ window }) => {
      const panel = new Panel(window);
      await panel.tab('memory');
      const canvas = panel.at('memory-chart').locator('canvas');
      await canvas.waitFor();
      assert.ok(((await canvas.boundingBox())?.width ?? 0) > 100);
    },
  ],
  ...Object.keys(themes).map((theme): Check => [
    `the panel follows the ${theme} theme`,
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      await panel.select(first(await decisions(workspace), 'denied').index);
      await panel.tab('decision');
      const body = await window.theme(theme);
      await window.webview().locator(`body.${body}`).waitFor();
      await window.screenshot(`panel-${theme}`);
    },
  ]),
  [
    'the detail is beside the list in a wide panel',
    async ({ window }) => {
      const panel = new Panel(window);
      await window.theme('dark');
      await window.run('View: Toggle Primary Side Bar Visibility');
      await window.webview().locator('.split-columns').waitFor();
      const [list, detail] = await Promise.all([panel.at('call-list').boundingBox(), panel.at('detail').boundingBox()]);
      assert.ok(
        list !== null && detail !== null && list.x + list.width <= detail.x,
        'the detail is not right of the list',
      );
      await window.screenshot('panel-wide');
      await window.run('View: Toggle Primary Side Bar Visibility');
    },
  ],
  [
    'the exported decisions equal those of the command line',
    async ({ window, workspace }) => {
      await window.webview().getByRole('button', { name: 'Export decisions' }).click();
      await fileDialog(window, 'Export Decisions');
      await window.notification('Exported').waitFor();
      const lines = readFileSync(join(workspace, 'trace.decisions.jsonl'), 'utf8').trimEnd().split('\n');
      const essence = ({ index, tool, args, coarse, items, client }: Decision): object => ({
        index,
        tool,
        args,
        coarse,
        items,
        client,
      });
      const expected = await decisions(workspace);
      assert.deepEqual(
        lines.map((line) => essence(JSON.parse(line) as Decision)),
        expected.map(essence),
      );
    },
  ],
  [
    'the code of a problem opens its documentation',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const surprising = (await decisions(workspace)).find(({ problems }) => problems.some(({ docs }) => docs));
      assert.ok(surprising, 'the sample has no surprise');
      await panel.select(surprising.index);
      await panel.tab('problems');
      await panel.at('problem-docs').first().click();
      await window.tab('Preview').waitFor();
      const page = await viewWith(window, '#what-may-surprise-you-in-the-gateway');
      await page.getByText('integrity-masks-secrecy').first().waitFor();
      await window.screenshot('replay-docs');
      await window.run('View: Close All Editors in Group');
      await window.open(trace);
    },
  ],
  [
    'the line link of a call opens the trace as text at that line',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      await panel.select(first(await decisions(workspace), 'denied').index);
      const link = window.webview().locator('.detail-actions .action-link', { hasText: 'line' });
      const [line = ''] = /\d+/.exec(await link.innerText()) ?? [];
      await link.click();
      await window.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
      await window.run('View: Close Editor');
    },
  ],
  [
    'another policy replays the session again',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const expected = await decisions(workspace, { policy: 'policy-public.json' });
      await window.run('Guardscope: Choose Policy for Trace…');
      await window.answer({ pick: /^policy-public\.json/ });
      await panel.at('toolbar-policy').getByText('policy-public.json').waitFor();
      await panel.done();
      await panel.shows(expected);
      // Against the run with the policy before.
      await panel.click('summary-changed');
      const changed = await panel.rows();
      assert.ok(changed.length > 3 && changed.length < expected.length, `${changed.length} rows have changed`);
      await panel.select(changed[0]?.index ?? 0);
      await panel
        .at('detail-was')
        .getByText(/^was (allowed|filtered|denied|blocked)/)
        .waitFor();
      await window.screenshot('replay-changed');
      await panel.click('filter-clear');
    },
  ],
  [
    'reloading the window restores the panel, the chosen policy, the selected call and its tab',
    async ({ window }) => {
      const panel = new Panel(window);
      await panel.select(2);
      await panel.tab('guard');
      await window.reload();
      await panel.at('toolbar-policy').getByText('policy-public.json').waitFor({ timeout: 60_000 });
      await panel.done();
      await panel.hasSelected(2);
      assert.equal(await panel.at('tab-guard').getAttribute('aria-selected'), 'true');
      await panel.at('guard-call').first().waitFor();
    },
  ],
  [
    'the panel keeps its state while another editor hides it',
    async ({ window }) => {
      const panel = new Panel(window);
      await window.open('policy.json');
      await window.tab(trace).click();
      await panel.done();
      await panel.hasSelected(2);
    },
  ],
  [
    'a guard that is built anew decides the session anew, and one that cannot be used leaves the old decisions',
    async ({ window, workspace }) => {
      const panel = new Panel(window);
      const guard = join(workspace, 'guard.wasm');
      const built = readFileSync(guard);
      const before = await panel.rows();
      // A custom section without a name: other content, the same decisions.
      writeFileSync(guard, Buffer.concat([built, Buffer.from([0, 1, 0])]));
      const began = Date.now();
      await panel
        .at('renewed')
        .getByText(/^guard\.wasm changed at \d\d:\d\d:\d\d: no decision changed$/)
        .waitFor();
      console.log(`    decided anew after ${Date.now() - began} ms`);
      assert.equal((await panel.rows()).length, before.length);
      writeFileSync(guard, 'no module');
      await window.webview().getByText('its content cannot be used').first().waitFor();
      assert.deepEqual(
        (await panel.rows()).map(({ status }) => status),
        before.map(({ status }) => status),
      );
      await window.screenshot('replay-renewed');
      writeFileSync(guard, built);
      await window.webview().getByText('its content cannot be used').first().waitFor({ state: 'detached' });
    },
  ],
  [
    'the panel did not violate its content security policy or throw errors',
    ({ console }) => {
      const bad = console.filter((line) => /content security policy|refused to|guardscope.*error/i.test(line));
      assert.deepEqual(
        bad.filter((line) => !/marketplace|vscode-cdn|webWorkerExtensionHost/.test(line)),
        [],
      );
    },
  ],
];
