/** Browser checks of the panel's failure messages and layout; runs like `panel.spec.ts`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyCommand, open, row, tab, withPanel } from './browser.ts';

void test('a response that the gateway rejects is marked as failed', () =>
  withPanel('', async (page) => {
    await open(page, 15);
    await tab(page, 'guard').click();
    const response = page.locator('[data-testid=guard-call][data-function=label_response]');
    await response.getByText('The gateway rejects this response: failed to unmarshal response: invalid ch').waitFor();
    assert.equal(await response.getByRole('img').first().getAttribute('aria-label'), 'failed');
    const resource = page.locator('[data-testid=guard-call][data-function=label_resource]');
    assert.equal(await resource.getByRole('img').first().getAttribute('aria-label'), 'returned');
  }));

void test('a policy that the gateway rejects is reported once, with the next step', () =>
  withPanel('scenario=policy', async (page) => {
    const note = page.getByTestId('note-policy');
    await note.getByText('Did you mean "approved"?').waitFor();
    assert.equal(await page.locator('.note').count(), 1);
    // The strip shows the problems that the notice does not show.
    assert.match(await page.getByTestId('problems-strip').innerText(), /The last line of the trace breaks off/);
    await note.getByText('Open policy').click();
    assert.deepEqual(await onlyCommand(page), { run: 'openPolicy' });
  }));

void test('a missing policy file can be replaced but not opened', () =>
  withPanel('scenario=nopolicy', async (page) => {
    const note = page.getByTestId('note-policy');
    await note.getByText('Choose another policy…').click();
    assert.deepEqual(await onlyCommand(page), { run: 'choosePolicy' });
    assert.equal(await note.getByText('Open policy').count(), 0);
    assert.equal(await page.locator('.note').count(), 1);
    assert.equal(await page.getByTestId('problems-strip').innerText(), '1 problem');
  }));

void test('a guard that does not load can be inspected', () =>
  withPanel('scenario=failed', async (page) => {
    const note = page.getByTestId('note-guard');
    await note.getByText('Choose another guard…').waitFor();
    await note.getByText('Inspect guard').click();
    assert.deepEqual(await onlyCommand(page), { run: 'inspectGuard' });
  }));

/** The WCAG contrast ratio of two colours; a translucent colour is blended with the ground. */
function contrast(colour: string, ground: string): number {
  const parts = (text: string): number[] => (text.match(/[\d.]+/g) ?? []).map(Number);
  const below = parts(ground);
  const [red = 0, green = 0, blue = 0, alpha = 1] = parts(colour);
  const seen = [red, green, blue].map((value, at) => value * alpha + (below[at] ?? 0) * (1 - alpha));
  const light = (rgb: readonly number[]): number =>
    rgb
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, at) => sum + value * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
  const [more = 0, less = 0] = [light(seen), light(below)].sort((a, b) => b - a);
  return (more + 0.05) / (less + 0.05);
}

for (const theme of ['dark', 'light', 'hc', 'hcLight']) {
  void test(`outcomes and chart lines have enough contrast in the ${theme} theme`, () =>
    withPanel(`theme=${theme}`, async (page) => {
      await open(page, 0);
      await tab(page, 'memory').click();
      await page.locator('.legend-peak').waitFor();
      const { ground, colours } = await page.evaluate(() => {
        const style = (selector: string, pseudo?: string): CSSStyleDeclaration =>
          getComputedStyle(document.querySelector(selector) ?? document.body, pseudo);
        return {
          ground: getComputedStyle(document.body).backgroundColor,
          colours: {
            ...Object.fromEntries(
              ['allowed', 'filtered', 'denied', 'blocked', 'error'].map((outcome) => [
                outcome,
                style(`[data-testid=summary-${outcome}] .icon`).color,
              ]),
            ),
            ...Object.fromEntries(
              ['after', 'peak', 'limit'].map((line) => [line, style(`.legend-${line}`, '::before').borderTopColor]),
            ),
          },
        };
      });
      const faint = Object.entries(colours).filter(([, colour]) => contrast(colour, ground) < 3);
      assert.deepEqual(faint, []);
    }));
}

void test('arguments use the labels column of a row without labels, and keep their end visible', () =>
  withPanel('calls=40', async (page) => {
    const wide = row(page, 1).locator('.cell-tool');
    const narrow = row(page, 0).locator('.cell-tool');
    assert.equal(await wide.getAttribute('aria-colspan'), '2');
    const [wideBox, narrowBox] = [await wide.boundingBox(), await narrow.boundingBox()];
    assert.ok(wideBox !== null && narrowBox !== null && wideBox.width > narrowBox.width + 100);
    const { start, end, cell } = await narrow.evaluate((element) => {
      const { scrollWidth = 0, clientWidth = 0 } = element.querySelector('.args-start') ?? {};
      const right = (of: Element | null): number => of?.getBoundingClientRect().right ?? Number.NaN;
      return { start: scrollWidth - clientWidth, end: right(element.querySelector('.args-end')), cell: right(element) };
    });
    assert.ok(start > 0, 'the start is cut');
    assert.ok(end <= cell, `${end} of ${cell}`);
  }));

for (const size of [
  { width: 400, height: 600 },
  { width: 1000, height: 400 },
]) {
  void test(`the tabs and their content are in view at ${size.width} × ${size.height}`, () =>
    withPanel(
      '',
      async (page) => {
        await page
          .locator('[data-testid=call-row][data-status=denied]')
          .first()
          .click({ position: { x: 30, y: 8 } });
        await page.getByTestId('detail-remedies').waitFor();
        const pane = await page.locator('.detail').evaluate((element) => element.getBoundingClientRect());
        const strip = await page.locator('.tab-strip').evaluate((element) => element.getBoundingClientRect());
        assert.ok(strip.bottom < pane.bottom - 16, `${strip.bottom} of ${pane.bottom}`);
        assert.ok(strip.top > pane.top + 40);
      },
      size,
    ));
}

void test('the whole chart is in view in an editor of common size', () =>
  withPanel(
    '',
    async (page) => {
      await open(page, 0);
      await tab(page, 'memory').click();
      const chart = await page.getByTestId('memory-chart').boundingBox();
      const { bottom } = await page.getByTestId('detail').evaluate((element) => element.getBoundingClientRect());
      assert.ok(chart !== null && chart.y + chart.height <= bottom, `${JSON.stringify(chart)} of ${bottom}`);
    },
    { width: 1080, height: 790 },
  ));

void test('a mode that the guard overrides explains why, and another one can be looked at', () =>
  withPanel('scenario=pending', async (page) => {
    const mode = page.getByTestId('toolbar-mode');
    assert.equal(await mode.isEnabled(), true);
    assert.match((await mode.getAttribute('title')) ?? '', /if the guard does not set difc_mode/);
    await page.getByTestId('toolbar-replay').click();
    await page.waitForFunction(
      () => document.querySelector<HTMLSelectElement>('[data-testid=toolbar-mode]')?.value === 'by the guard',
    );
    assert.equal(await page.locator('vscode-option', { hasText: 'filter (set by the guard)' }).count(), 1);
    assert.equal(
      await mode.getAttribute('title'),
      'The guard sets difc_mode filter in label_agent, which takes precedence; another mode can be looked at',
    );
    // The modes that take effect without the guard's are not offered.
    assert.deepEqual(
      await page
        .locator('vscode-option')
        .allTextContents()
        .then((texts) => texts.filter((text) => /filter|strict/.test(text))),
      ['filter (set by the guard)', 'what if: strict', 'what if: filter'],
    );
  }));

void test('the lines of the Log tab are found by text and level, and counted', () =>
  withPanel('', async (page) => {
    await open(page, 1);
    await tab(page, 'log').click();
    const rows = page.getByTestId('log-row');
    await rows.first().waitFor();
    const all = await rows.count();
    const text = page.getByTestId('log-text');
    await text.click();
    await page.keyboard.type('PANIC:');
    const found = rows.filter({ hasText: /panic:/ });
    await page.getByText(`${await found.count()} of ${all} lines`).waitFor();
    assert.equal(await rows.count(), await found.count());
    assert.ok((await rows.count()) > 0 && (await rows.count()) < all);
    // The text stays when another call is selected, and is shown as what hides its lines.
    await open(page, 0);
    await page.getByText(/^0 of \d+ lines$/).waitFor();
    await page.getByText('No line has this level and text').waitFor();
    assert.equal(await text.evaluate((field) => (field as HTMLInputElement).value), 'PANIC:');
    await text.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await rows.first().waitFor();
    const lines = await rows.count();
    await page.getByText(`${lines} of ${lines} lines`).waitFor();
    await page.getByTestId('log-level').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-testid=log-row]')].every(
        (line) => Number(line.getAttribute('data-level')) >= 3,
      ),
    );
  }));

void test('the clauses that decide a call lead to their place in the policy', () =>
  withPanel('', async (page) => {
    await open(page, 0);
    const card = page.getByTestId('clauses');
    await card.getByText('Without it: allowed').waitFor();
    await card.getByText('With "none" as min-integrity: filtered 2/3').waitFor();
    await card.getByText('Change only labels: repos 4 entries').waitFor();
    await card.getByText('min-integrity "approved"').click();
    assert.deepEqual(await onlyCommand(page), { run: 'openClause', clause: 'min-integrity' });
  }));

void test('the card of clauses says what is not known', () =>
  withPanel('', async (page) => {
    await open(page, 1);
    await page.getByTestId('clauses-none').waitFor();
    await open(page, 2);
    await page.getByTestId('clauses-searching').waitFor();
    assert.equal(await page.getByTestId('clauses').getAttribute('aria-busy'), 'true');
    await open(page, 4);
    await page.getByTestId('clauses').getByText('Not known: the gateway would refuse the policy').waitFor();
    await open(page, 3);
    await page.getByText('Find the clauses (about 40 s)').click();
    assert.deepEqual(await onlyCommand(page), { run: 'findClauses' });
  }));
