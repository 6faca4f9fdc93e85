/** Opens the panel in a browser with the generated data of the preview; every console message is a failure. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { patiently } from '../support/patience.ts';
import { chromium as installedChromium } from '../vscode/install.ts';
import { startPreview } from '../support/preview/server.ts';

/** Members of `window` that the preview's host provides for tests. */
export interface PreviewWindow {
  /** The commands that the view gave. */
  readonly commands?: readonly PreviewCommand[];
  /** Adds calls to the session, by default one. */
  grow(calls?: number): void;
  /** Brings a call into view. */
  selectCall(index: number): void;
}

/** A command of the view to the host. */
export interface PreviewCommand {
  readonly run: string;
  readonly follow?: boolean;
}

let browser: Browser;
let context: BrowserContext;
let server: Awaited<ReturnType<typeof startPreview>>;

before(async () => {
  server = await startPreview(0, process.env['BUNDLES']);
  const executablePath = await installedChromium();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  context = await browser.newContext({ reducedMotion: 'reduce' });
  context.setDefaultTimeout(patiently(30_000));
  // tsx names inner functions with a helper, which functions that run in the page take along.
  await context.addInitScript({ content: 'globalThis.__name = (target) => target;' });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Opens the panel, runs the checks, and fails if anything was written to the console. */
export async function withPanel(
  query: string,
  check: (page: Page) => Promise<void>,
  size = { width: 1000, height: 760 },
): Promise<void> {
  // A tab has session storage of its own, and one context saves starting a process for each check.
  const page = await context.newPage();
  await page.setViewportSize(size);
  const messages: string[] = [];
  page.on(
    'console',
    (message) => void (['error', 'warning'].includes(message.type()) && messages.push(message.text())),
  );
  page.on('pageerror', (error) => void messages.push(error.message));
  await page.goto(`${server.url}?${query}`);
  await page.locator('[data-testid=toolbar-mode]').waitFor();
  await check(page);
  assert.deepEqual(messages, []);
  await page.close();
}

/** The row of a call, by its index in the trace. */
export const row = (page: Page, index: number): Locator =>
  page.locator(`[data-testid=call-row][data-index="${index}"]`);

/** Selects a row by a click beside its controls. */
export const open = (page: Page, index: number): Promise<void> => row(page, index).click({ position: { x: 30, y: 8 } });

/** A tab of the detail. */
export const tab = (page: Page, name: string): Locator => page.getByTestId(`tab-${name}`);

/** The commands that the view gave. */
export const commands = (page: Page): Promise<readonly PreviewCommand[]> =>
  page.evaluate(() => (window as unknown as PreviewWindow).commands ?? []);

/** Adds calls to the session of the preview. */
export const grow = (page: Page, calls = 1): Promise<void> =>
  page.evaluate((count) => (window as unknown as PreviewWindow).grow(count), calls);

/** Waits for the first command of the view and asserts that it is the only one. */
export async function onlyCommand(page: Page): Promise<PreviewCommand | undefined> {
  await page.waitForFunction(() => ((window as unknown as PreviewWindow).commands ?? []).length > 0);
  const [first, ...others] = await commands(page);
  assert.deepEqual(others, []);
  return first;
}
