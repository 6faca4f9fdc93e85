/** The panel after the user changed calls by hand: what the strip says and does, how changed calls are marked, and how one is changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, open, type PreviewWindow, row, tab, withPanel } from './browser.ts';

void test('the strip counts changes and flips, lists what was changed, and has the actions', () =>
  withPanel('scenario=whatif&calls=60', async (page) => {
    const strip = page.getByTestId('what-if');
    await strip.getByText('3 changes').waitFor();
    await strip.getByText(/^\d+ outcomes flipped, \d+ decisions changed$/).waitFor();
    await page.getByTestId('what-if-toggle').click();
    await strip
      .getByRole('list', { name: 'Changes' })
      .getByText('agent loses "private:octo-org/payments" (secrecy)')
      .waitFor();
    // A change leads to its call.
    await strip.getByRole('listitem').first().getByRole('link', { name: 'call 3' }).click();
    await page.getByTestId('detail-headline').getByText('changed by you: arguments').waitFor();
    const actions = ['undoChange', 'redoChange', 'dropChanges', 'writeChanges'];
    for (const action of actions) await page.getByTestId(`what-if-${action}`).click();
    await page.waitForFunction(
      (count) => ((window as unknown as PreviewWindow).commands ?? []).length === count,
      actions.length,
    );
    assert.deepEqual(
      (await commands(page)).map(({ run }) => run),
      actions,
    );
  }));

void test('a changed call has a mark of its own, beside that of another decision, and a filter', () =>
  withPanel('scenario=whatif&calls=60', async (page) => {
    await row(page, 4).getByTestId('edited-mark').waitFor();
    await row(page, 4).getByRole('img', { name: 'changed by you: response, agent' }).waitFor();
    await row(page, 4).getByText('was allowed').waitFor();
    await row(page, 2).getByTestId('edited-mark').waitFor();
    assert.equal(await page.getByTestId('edited-mark').count(), 2);
    await page.getByTestId('filter-input').click();
    await page.keyboard.type('is:edited');
    await page.getByText('2 of 60').waitFor();
    assert.equal(await page.locator('[data-testid=call-row]').count(), 2);
  }));

void test('a call and an item of its response are changed from the detail', () =>
  withPanel('scenario=done&calls=60', async (page) => {
    assert.equal(await page.getByTestId('what-if').count(), 0);
    await open(page, 3);
    await page.getByTestId('change-call').click();
    await open(page, 0);
    await tab(page, 'items').click();
    await page.getByTestId('change-item').first().click();
    await page.waitForFunction(() => ((window as unknown as PreviewWindow).commands ?? []).length === 2);
    const [call, item] = await commands(page);
    assert.deepEqual(call, { run: 'changeCall', call: 3 });
    assert.match(JSON.stringify(item), /^\{"run":"changeCall","call":0,"place":"\/data\/.*\d+"\}$/);
  }));

void test('a mode that the guard does not set is looked at, and said to be hypothetical', () =>
  withPanel('scenario=whatifmode&calls=60', async (page) => {
    await page.getByTestId('what-if-mode').getByText('Production would not do this').waitFor();
    await page.waitForFunction(
      () => document.querySelector<HTMLSelectElement>('[data-testid=toolbar-mode]')?.value === 'by hand strict',
    );
    await page.getByTestId('toolbar-mode').click();
    await page.locator('vscode-option', { hasText: 'filter (set by the guard)' }).click();
    await page.waitForFunction(() => ((window as unknown as PreviewWindow).commands ?? []).length > 0);
    assert.deepEqual(await commands(page), [{ run: 'setWhatIfMode', mode: null }]);
  }));
