/**
 * Checks of the panel in a browser, without VS Code: `npm test -- browser`. The content security policy is that of the real panel, and every
 * message on the console is a failure. GUARDSCOPE_CHROMIUM names the browser, BUNDLES the folder with `webview.js` and `webview.css`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { commands, grow, open, type PreviewWindow, row, tab, withPanel } from './browser.ts';

/** The index of the selected call in the list. */
const selectedIndex = (page: Page): Promise<string | null> =>
  page.locator('[data-testid=call-row][aria-selected=true]').getAttribute('data-index');

for (const theme of ['dark', 'light', 'hc']) {
  void test(`every tab renders in the ${theme} theme without console messages`, () =>
    withPanel(`theme=${theme}&scenario=problems`, async (page) => {
      for (const index of [0, 1, 6, 7]) {
        await open(page, index);
        for (const name of ['decision', 'items', 'guard', 'backend', 'log', 'memory', 'raw', 'problems']) {
          await tab(page, name).click();
          await page.locator(`[data-testid=tab-${name}][aria-selected=true]`).waitFor();
        }
      }
    }));
}

void test('filter, list and tabs can be used with the keyboard', () =>
  withPanel('calls=5000', async (page) => {
    await row(page, 0).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('get_file');
    await page.getByText(' of 5,000').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.filter-result').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await selectedIndex(page), '0');
    await page.keyboard.press('ArrowDown');
    assert.equal(await selectedIndex(page), '1');
    await page.keyboard.press('PageDown');
    assert.ok(Number(await selectedIndex(page)) > 5);
    await page.keyboard.press('End');
    await row(page, 4999).waitFor();
    assert.equal(await selectedIndex(page), '4999');
    const active = await page.getByTestId('call-list').getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`#${active}`).getAttribute('aria-rowindex'), '5001');
    await page.keyboard.press('Home');
    await row(page, 0).waitFor();
    await page.getByTestId('detail-headline').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-testid=tab-items][aria-selected=true]:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-testid=call-list]:focus').waitFor();
  }));

/** Scrolls the list in small and large steps. Returns the median milliseconds of two frames, and the maximum number of drawn rows. */
function scrolled(page: Page): Promise<{ readonly usual: number; readonly drawn: number }> {
  return page.getByTestId('call-list').evaluate(async (element) => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    let drawn = 0;
    await frame();
    for (let at = 0; at < 60; at++) {
      const began = performance.now();
      element.scrollTop += at < 30 ? 240 : 30_000;
      await frame();
      await frame();
      times.push(performance.now() - began);
      drawn = Math.max(drawn, element.querySelectorAll('[role=row]').length);
    }
    return { usual: times.sort((a, b) => a - b)[30] ?? Infinity, drawn };
  });
}

void test('100,000 calls scroll as smoothly as 1,000, and all can be reached', async () => {
  let few = Infinity;
  await withPanel('calls=1000', async (page) => {
    await row(page, 0).waitFor();
    few = (await scrolled(page)).usual;
  });
  await withPanel('calls=100000', async (page) => {
    await row(page, 0).waitFor();
    const { usual, drawn } = await scrolled(page);
    assert.ok(drawn < 100, `${drawn} rows were drawn at once`);
    assert.ok(usual < 4 * few, `two frames usually took ${usual} ms, and ${few} ms with a thousand calls`);
    await page.getByTestId('call-list').focus();
    await page.keyboard.press('End');
    await row(page, 99_999).waitFor();
    await page.getByTestId('summary-denied').click();
    await page.getByText('11,364 of 100,000').waitFor();
    assert.equal(await page.locator('[data-testid=call-row]:not([data-status=denied])').count(), 0);
  });
});

void test('servers and agents are columns, and their menus filter the list with the keyboard', () =>
  withPanel('scenario=configured&calls=60', async (page) => {
    await row(page, 0).waitFor();
    const headers = page.getByRole('columnheader');
    for (const name of ['Server', 'Agent']) await headers.getByText(name, { exact: true }).waitFor();
    const menu = page.getByTestId('filter-server');
    assert.equal(await menu.getAttribute('aria-label'), 'Filter by server');
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByText('5 of 60').waitFor();
    const input = page.getByTestId('filter-input');
    assert.equal(await input.evaluate((field) => (field as HTMLInputElement).value), 'server:slack');
    assert.equal(await page.locator('[data-testid=call-row]:not([data-status=skipped])').count(), 0);
    await page.getByTestId('row-reason').first().getByText('"config.toml" has no server "slack"').waitFor();
    // The filter box and the menu show the same.
    await input.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('agent:planner');
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[data-testid=filter-agent]')?.value === '=planner',
    );
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[data-testid=filter-server]')?.value === 'all',
    );
    assert.deepEqual(await commands(page), []);
  }));

void test('the detail names server and agent, and what brought each tag: the policy, or a call', () =>
  withPanel('scenario=session&calls=60', async (page) => {
    await open(page, 0);
    const origins = page.getByTestId('labels-origins');
    await origins.getByText('from the policy: label_agent before this call').waitFor();
    assert.match(await origins.innerText(), /All\s+from the policy/);
    await open(page, 3);
    await page.getByText('call 4 · server github · agent planner').waitFor();
    await origins.getByText('of slack (read_channel)').waitFor();
    assert.match(await origins.innerText(), /approved:acme\/widget[^]*from the policy: label_agent before call 1\s/);
    await page.getByTestId('origin-call').getByText('call 11').click();
    await page.locator('[data-testid=call-row][data-index="10"][aria-selected=true]').waitFor();
    await page.getByTestId('empty-undecided').getByText('Choose another configuration…').click();
    await page.waitForFunction(() => (window as unknown as PreviewWindow).commands?.length === 1);
    assert.deepEqual(await commands(page), [{ run: 'chooseConfig' }]);
  }));

void test('the configuration is chosen in the toolbar, and its failure can be opened', async () => {
  await withPanel('scenario=noconfig', async (page) => {
    await page.getByTestId('note-config').getByText('Open configuration').click();
    await page.getByTestId('toolbar-configuration').click();
    await page.waitForFunction(() => (window as unknown as PreviewWindow).commands?.length === 2);
    assert.deepEqual(await commands(page), [{ run: 'openConfig' }, { run: 'chooseConfig' }]);
  });
  await withPanel('scenario=session', async (page) => {
    assert.match(await page.getByTestId('toolbar-guard').innerText(), /github_guard\.wasm\s+for github/);
    await page.getByTestId('gateway-version').getByText('gh-aw-mcpg of').waitFor();
  });
});

void test('rows update during a run, and the selected tab stays when the selection changes', () =>
  withPanel('calls=2000&scenario=pending', async (page) => {
    assert.equal(await row(page, 0).getAttribute('data-status'), 'pending');
    await open(page, 3);
    await tab(page, 'guard').click();
    await page.getByTestId('toolbar-replay').click();
    await page.getByTestId('toolbar-cancel').waitFor();
    await page.locator('[data-testid=call-row][data-index="3"][data-status=filtered]').waitFor();
    await page.getByTestId('guard-call').first().waitFor();
    await page.getByTestId('toolbar-replay').waitFor({ timeout: 20_000 });
    await open(page, 4);
    await page.locator('[data-testid=tab-guard][aria-selected=true]').waitFor();
    assert.deepEqual(await commands(page), [{ run: 'replay' }]);
  }));

void test('items, complete texts and trace lines can be opened', () =>
  withPanel('', async (page) => {
    await open(page, 0);
    await tab(page, 'items').click();
    assert.equal(await page.getByTestId('item-row').count(), 200);
    await page.getByTestId('items-more').click();
    await page.getByTestId('item-row').nth(699).waitFor();
    await page.getByTestId('items-only-filtered').click();
    await page.getByTestId('item-row').first().waitFor({ state: 'detached' });
    await page.getByTestId('items-more').click();
    await page.locator('[data-testid=item-row][data-allowed=false]').nth(200).waitFor();
    assert.equal(await page.locator('[data-testid=item-row][data-allowed=true]').count(), 0);
    await tab(page, 'raw').click();
    const backend = page.getByTestId('text-backendResult');
    await backend.getByRole('button', { name: 'Backend result' }).first().click();
    await backend.getByText('Show all').click();
    await backend.getByText('Title 2999').waitFor();
    await backend.getByRole('button', { name: 'Open in editor: Backend result' }).click();
    await page.getByText('Go to line 1', { exact: true }).click();
    await page.waitForFunction(() => (window as unknown as PreviewWindow).commands?.length === 2);
    assert.deepEqual(await commands(page), [
      { run: 'openText', text: { of: 'backendResult', call: 0 }, title: 'list_issues Backend result' },
      { run: 'revealLine', line: 1 },
    ]);
  }));

void test('a click in the memory chart selects the call', () =>
  withPanel('calls=1000', async (page) => {
    await open(page, 0);
    await tab(page, 'memory').click();
    const over = page.locator('[data-testid=memory-chart] .u-over');
    const box = await over.boundingBox();
    assert.ok(box);
    await over.click({ position: { x: box.width / 2, y: box.height / 2 } });
    await page.waitForFunction(
      () =>
        Number(document.querySelector('[data-testid=call-row][aria-selected=true]')?.getAttribute('data-index')) > 400,
    );
    assert.ok(Number(await selectedIndex(page)) < 600);
  }));

void test('a reload restores selection, filter and tab', () =>
  withPanel('calls=1000', async (page) => {
    await page.getByTestId('summary-denied').click();
    await page
      .locator('[data-testid=call-row][data-status=denied]')
      .nth(2)
      .click({ position: { x: 30, y: 8 } });
    await tab(page, 'log').click();
    const index = await selectedIndex(page);
    await page.reload();
    await page.locator('[data-testid=tab-log][aria-selected=true]').waitFor();
    assert.equal(await selectedIndex(page), index);
    assert.equal(await page.getByTestId('summary-denied').getAttribute('aria-pressed'), 'true');
  }));

void test('the host can reveal a call', () =>
  withPanel('calls=100000', async (page) => {
    await row(page, 0).waitFor();
    await page.evaluate(() => (window as unknown as PreviewWindow).selectCall(54_321));
    await row(page, 54_321).waitFor();
    assert.equal(await selectedIndex(page), '54321');
  }));

for (const [scenario = '', words = '', testId = ''] of [
  ['scenario=noguard', 'Choose a guard to replay this trace', 'choose-guard'],
  ['scenario=failed', 'does not export required function: label_agent', 'note-guard'],
  ['scenario=poisoned', 'every later call fails until the guard is loaded again', 'note-poisoned'],
  ['scenario=cancelled', 'The replay stopped after 10 of 28 calls', 'note-run'],
  ['scenario=empty&calls=0', 'This trace contains no tool calls', 'empty-calls'],
]) {
  void test(`shows the next step for ${scenario}`, () =>
    withPanel(scenario, async (page) => {
      await page.getByTestId(testId).waitFor();
      await page.getByText(words).first().waitFor();
    }));
}

void test('the empty state of a filter has a button that clears the filter', () =>
  withPanel('', async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('nothing like this');
    await page.getByTestId('empty-filter').getByText('Clear filter').click();
    await row(page, 0).waitFor();
  }));

for (const [width, scenario] of [400, 900, 1600].flatMap((at) => [
  [at, 'problems'] as const,
  [at, 'session'] as const,
])) {
  void test(`no element overflows at ${width} pixels (${scenario}), and every control has an accessible name`, () =>
    withPanel(
      `scenario=${scenario}&calls=100000`,
      async (page) => {
        await open(page, 7);
        await page.getByTestId('detail-headline').waitFor();
        const { wide, nameless } = await page.evaluate(() => {
          const edge = document.documentElement.clientWidth + 1;
          const all = [...document.querySelectorAll('.panel *')];
          const scrolled = (element: Element): boolean => element.closest('.tab-strip, .text, .call-rows') !== null;
          return {
            wide: all
              .filter((element) => !scrolled(element) && element.getBoundingClientRect().right > edge)
              .map((element) => element.className),
            nameless: [...document.querySelectorAll('button, vscode-button, [role=tab], [role=separator]')]
              .filter((element) => (element.getAttribute('aria-label') ?? element.textContent ?? '').trim() === '')
              .map((element) => element.outerHTML.slice(0, 120)),
          };
        });
        assert.deepEqual(wide, []);
        assert.deepEqual(nameless, []);
      },
      { width, height: 800 },
    ));
}

void test('a live session follows the newest call until the user scrolls or clicks elsewhere', () =>
  withPanel('scenario=live&calls=200', async (page) => {
    const list = page.getByTestId('call-list');
    const atEnd = (): Promise<boolean> =>
      list.evaluate((grid) => grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 2);
    const pressed = (): Promise<string | null> => page.getByTestId('live-follow').getAttribute('aria-pressed');
    await row(page, 199).waitFor();
    assert.equal(await page.getByTestId('live-mode').innerText(), 'recording');
    assert.equal(await pressed(), 'true');
    await grow(page, 3);
    await row(page, 202).waitFor();
    assert.equal(await row(page, 202).getAttribute('data-status'), 'running');
    assert.equal(await page.getByTestId('summary-running').innerText(), '1\nrunning');
    assert.equal(await atEnd(), true);
    // After scrolling away from the end, new calls do not move the list.
    await list.hover();
    await page.mouse.wheel(0, -600);
    await page.waitForFunction(() => document.querySelector('[data-testid=live-follow]')?.ariaPressed === 'false');
    const before = await list.evaluate((grid) => grid.scrollTop);
    await grow(page, 5);
    await page.waitForFunction(() => document.querySelector('[data-testid=status-line]')?.textContent?.includes('208'));
    assert.equal(await list.evaluate((grid) => grid.scrollTop), before);
    // Scrolling back to the end turns following on, and the selection moves along.
    await page.mouse.wheel(0, 10_000);
    await page.waitForFunction(() => document.querySelector('[data-testid=live-follow]')?.ariaPressed === 'true');
    await list.focus();
    await page.keyboard.press('End');
    await page.waitForFunction(
      () => document.querySelector('.call-row[aria-selected=true]')?.getAttribute('data-index') === '207',
    );
    await grow(page);
    await page.waitForFunction(
      () => document.querySelector('.call-row[aria-selected=true]')?.getAttribute('data-index') === '208',
    );
    assert.equal(await atEnd(), true);
    // A click turns following off.
    await open(page, 206);
    assert.equal(await pressed(), 'false');
    await grow(page);
    await page.waitForFunction(() => document.querySelector('[data-testid=status-line]')?.textContent?.includes('210'));
    assert.equal(await selectedIndex(page), '206');
    await page.getByTestId('live-follow').click();
    await page.waitForFunction(
      () => document.querySelector('.call-row[aria-selected=true]')?.getAttribute('data-index') === '209',
    );
    assert.deepEqual(
      (await commands(page)).map(({ follow }) => follow),
      [false, true, false, true],
    );
  }));

for (const theme of ['dark', 'light', 'hc']) {
  void test(`enforcement is shown in bold capitals in the ${theme} theme`, () =>
    withPanel(`theme=${theme}&scenario=live&live=enforce`, async (page) => {
      assert.equal(await page.getByTestId('live-mode').innerText(), 'ENFORCING');
      const weight = await page.getByTestId('live-mode').evaluate((chip) => getComputedStyle(chip).fontWeight);
      assert.equal(weight, '600');
    }));
}

void test('an empty live session shows that it waits for calls', () =>
  withPanel('scenario=live&calls=0', async (page) => {
    await page.getByTestId('empty-live').waitFor();
    await grow(page);
    await row(page, 0).waitFor();
  }));
