/** The panel after a run that is compared with another: what the strip counts, how it filters, and what a call says of its change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PreviewWindow, row, withPanel } from './browser.ts';

void test('the strip counts changes by kind, and a kind filters the list', () =>
  withPanel('scenario=changed&calls=60', async (page) => {
    const strip = page.getByTestId('change-strip');
    await strip.getByText(/^\d+ decisions differ from the run before$/).waitFor();
    const chip = page.getByTestId('change-items');
    const count = Number(await chip.locator('.chip-count').textContent());
    assert.ok(count > 0);
    await chip.click();
    await page.getByText(' of 60').waitFor();
    assert.equal(await page.locator('[data-testid=call-row]').count(), count);
    assert.equal(await chip.getAttribute('aria-pressed'), 'true');
    await chip.click();
    await page.locator('.filter-result').waitFor({ state: 'detached' });
  }));

void test('a changed call says what it was, names the first place that differs, and opens both decisions', () =>
  withPanel('scenario=changed&calls=60', async (page) => {
    await row(page, 4).getByText('was allowed').waitFor();
    await row(page, 4).click();
    await page.getByTestId('tab-changes').click();
    const changes = page.getByTestId('changes');
    await changes.getByText('was allowed, is denied').waitFor();
    await changes.getByText('/resource/integrity/2').waitFor();
    await page.getByTestId('open-comparison').click();
    await page.getByTestId('pin').click();
    // A command reaches the host of the page as a message.
    await page.waitForFunction(
      (expected) => {
        const { commands = [] } = window as unknown as PreviewWindow;
        return expected.every((run) => commands.some((command) => command.run === run));
      },
      ['openComparison', 'pinBaseline'],
    );
  }));

void test('the strip stays away while nothing is compared', () =>
  withPanel('scenario=done&calls=20', async (page) => {
    await row(page, 0).waitFor();
    assert.equal(await page.getByTestId('change-strip').count(), 0);
  }));

void test('against what was recorded, the strip counts the calls of which the trace says nothing', () =>
  withPanel('scenario=recorded&calls=60', async (page) => {
    const strip = page.getByTestId('change-strip');
    await strip.getByText(/^\d+ decisions differ from what was recorded$/).waitFor();
    await strip.getByText('12 calls without a recorded decision').waitFor();
    await row(page, 4).getByText('was allowed').waitFor();
    await strip.getByText('Compare with the run before').waitFor();
  }));
