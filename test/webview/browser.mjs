/** The panel in a browser, over the preview's invented data; every message on the console is a failure. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { chromium as installedChromium } from '../vscode/install.mjs';
import { startPreview } from '../support/preview/server.ts';

let browser;
let server;

before(async () => {
  server = await startPreview(0, process.env.BUNDLES);
  const executablePath = await installedChromium();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Opens the panel, runs the checks, and fails when the console said anything. */
export async function withPanel(query, check, size = { width: 1000, height: 760 }) {
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && said.push(message.text())));
  page.on('pageerror', (error) => void said.push(error.message));
  await page.goto(`${server.url}?${query}`);
  await page.locator('[data-testid=toolbar-mode]').waitFor();
  await check(page);
  assert.deepEqual(said, []);
  await context.close();
}

export const row = (page, index) => page.locator(`[data-testid=call-row][data-index="${index}"]`);
export const open = (page, index) => row(page, index).click({ position: { x: 30, y: 8 } });
export const tab = (page, name) => page.getByTestId(`tab-${name}`);
/** The commands that the view gave. */
export const commands = (page) => page.evaluate(() => window.commands ?? []);

/** The only command that the view gave, as soon as it did. */
export async function onlyCommand(page) {
  await page.waitForFunction(() => window.commands?.length > 0);
  const [first, ...others] = await commands(page);
  assert.deepEqual(others, []);
  return first;
}
