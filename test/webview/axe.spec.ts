/** Checks the panel with axe-core in states and themes of the preview: names, landmarks, headings and contrast. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { open, row, tab, withPanel } from './browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules that the page breaks, each with the elements. The content security policy does not apply to what the test runs. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

for (const scenario of [
  'done',
  'changed',
  'marked',
  'whatif',
  'whatifmode',
  'session',
  'noguard',
  'failed',
  'poisoned',
  'problems',
  'cancelled',
  'live',
]) {
  void test(`axe finds nothing in the scenario ${scenario}`, () =>
    withPanel(`scenario=${scenario}`, async (page) => {
      await row(page, 0).waitFor();
      assert.deepEqual(await violations(page), []);
    }));
}

for (const theme of ['dark', 'light', 'hc', 'hcLight']) {
  void test(`axe finds nothing in the tabs of a call in the ${theme} theme`, () =>
    withPanel(`scenario=problems&theme=${theme}`, async (page) => {
      for (const [index, names] of [
        [0, ['decision', 'items', 'guard', 'backend', 'log', 'memory', 'raw']],
        [2, ['decision', 'problems']],
        [6, ['decision', 'problems']],
      ] as const) {
        await open(page, index);
        for (const name of names) {
          await tab(page, name).click();
          await page.locator(`[data-testid=tab-${name}][aria-selected=true]`).waitFor();
          assert.deepEqual(await violations(page), [], `${name} of call ${index + 1}`);
        }
      }
    }));
}

void test('buttons, menus and fields of the toolkit have the names of what they are for', () =>
  withPanel('scenario=session&theme=dark', async (page) => {
    await page.getByRole('button', { name: 'guard github_guard.wasm for github', exact: true }).waitFor();
    await page.getByRole('button', { name: 'configuration config.toml', exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Filter calls', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Export decisions as JSON Lines', exact: true }).waitFor();
    await page.getByRole('search', { name: 'Filter of calls' }).waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    await page.keyboard.press('/');
    await page.keyboard.type('get_file');
    await page.getByRole('button', { name: 'Clear filter', exact: true }).waitFor();
    // The name stays after a render with another text.
    await page.getByRole('textbox', { name: 'Filter calls', exact: true }).waitFor();
  }));
