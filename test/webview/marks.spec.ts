/** Checks in a browser what the panel says of calls that passed unfiltered, lack look-ups or changed, and of remedies and phases. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, row, withPanel } from './browser.ts';

void test('a result without labels is shown as unfiltered, counted, and found by its word', () =>
  withPanel('scenario=marked&calls=40', async (page) => {
    const chip = page.getByTestId('summary-unlabeled');
    await chip.waitFor();
    const count = Number(await chip.locator('.chip-count').innerText());
    assert.ok(count > 0);
    await page.keyboard.press('/');
    await page.keyboard.type('is:unfiltered');
    await page.getByText(`${count} of 40`).waitFor();
    assert.equal(await page.getByTestId('call-row').count(), count);
    assert.equal(await page.locator('[data-testid=call-row] .outcome-unlabeled').count(), count);
    assert.match(await page.getByTestId('call-row').first().innerText(), /unfiltered/);
  }));

void test('the status line leads to the calls whose look-ups were not recorded', () =>
  withPanel('scenario=marked&calls=40', async (page) => {
    const count = Number(await page.getByTestId('summary-unrecorded').locator('.chip-count').innerText());
    await page.getByTestId('show-unrecorded').click();
    await page.getByText(`${count} of 40`).waitFor();
    assert.equal(await page.locator('[data-testid=call-row] .outcome-unsure').count(), count);
  }));

void test('n and p go to the next and the previous changed call', () =>
  withPanel('scenario=changed&calls=60', async (page) => {
    await row(page, 4).waitFor();
    for (const [key, index] of [
      ['n', 4],
      ['n', 13],
      ['n', 22],
      ['p', 13],
      ['p', 4],
      ['p', 4],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator(`[data-testid=call-row][data-index="${index}"][aria-selected=true]`).waitFor();
    }
  }));

void test('remedies are never cut, and passed phases are folded before the one that decided', () =>
  withPanel('scenario=done&calls=60', async (page) => {
    await page.getByTestId('summary-blocked').click();
    await page.locator('[data-testid=call-row][data-status=blocked]').first().waitFor();
    await open(page, Number(await page.getByTestId('call-row').first().getAttribute('data-index')));
    const remedies = page.getByTestId('detail-remedies').locator('li');
    await remedies.first().waitFor();
    const before = await remedies.count();
    const more = page.getByTestId('remedies-more');
    const [, hidden = ''] = /^Show (\d+) more$/.exec(await more.innerText()) ?? [];
    await more.click();
    assert.equal(await remedies.count(), before + Number(hidden));
    assert.equal(await page.locator('.detail-head').evaluate((head) => head.scrollHeight > head.clientHeight), false);
    await page.locator('[data-testid=phase][data-status=stopped]').waitFor();
    assert.match(await page.getByTestId('phases-folded').first().innerText(), /passed/);
    assert.equal(await page.locator('[data-testid=phase][data-status=done]').first().isVisible(), false);
  }));

void test('withheld items come first', () =>
  withPanel('calls=40', async (page) => {
    await open(page, 11);
    await page.getByTestId('tab-items').click();
    await page.getByTestId('item-row').first().waitFor();
    const allowed = await page
      .getByTestId('item-row')
      .evaluateAll((rows) => rows.map((item) => Number(item.getAttribute('data-allowed') === 'true')));
    assert.equal(allowed[0], 0);
    assert.deepEqual(
      allowed,
      allowed.toSorted((a, b) => a - b),
    );
  }));

void test('a narrow panel keeps the buttons of its toolbar', () =>
  withPanel(
    '',
    async (page) => {
      await page.getByRole('button', { name: 'Export decisions as JSON Lines' }).waitFor();
      await page.getByRole('button', { name: 'Open policy in editor' }).waitFor();
    },
    { width: 480, height: 700 },
  ));

void test('the status line shows its facts whole at 800 pixels, the link to calls without look-ups among them', () =>
  withPanel(
    'scenario=marked&calls=40',
    async (page) => {
      const line = await page.getByTestId('status-line').boundingBox();
      const link = await page.getByTestId('show-unrecorded').boundingBox();
      assert.ok(line !== null && link !== null);
      assert.ok(link.x + link.width < 800 && link.y >= line.y && link.y + link.height <= line.y + line.height);
      const cut = await page.getByTestId('status-line').evaluate((footer) =>
        [...footer.children]
          .filter((fact) => fact.getBoundingClientRect().bottom <= footer.getBoundingClientRect().bottom + 1)
          .filter((fact) => fact.scrollWidth > fact.clientWidth + 1 && getComputedStyle(fact).display !== 'inline')
          .map((fact) => fact.textContent),
      );
      assert.deepEqual(cut, []);
      await page.getByTestId('show-unrecorded').click();
      await page.getByText(/^\d+ of 40$/).waitFor();
    },
    { width: 800, height: 600 },
  ));

void test('the call that began a session says how many tags label_agent gave, and a wide list has room for arguments', () =>
  withPanel(
    'calls=40',
    async (page) => {
      await row(page, 0).getByTestId('row-began').getByText('+4').waitFor();
      assert.equal(await page.getByTestId('row-began').count(), 1);
      assert.match(
        (await row(page, 0).getByTestId('row-began').getAttribute('title')) ?? '',
        /from the policy, before this call\n\+ secrecy /,
      );
      const text = await row(page, 7).locator('.cell-args').innerText();
      assert.ok(text.length > 121 && !text.endsWith('…'), text);
    },
    { width: 2400, height: 600 },
  ));
