/** Checks in a browser of what the panel says of failures, and of how it is laid out: run as `panel.spec.mjs` is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyCommand, open, tab, withPanel } from './browser.mjs';

test('an answer that the gateway cannot take carries no check mark', () =>
  withPanel('', async (page) => {
    await open(page, 15);
    await tab(page, 'guard').click();
    const response = page.locator('[data-testid=guard-call][data-function=label_response]');
    await response.getByText('The gateway cannot take this answer: failed to unmarshal response: invalid ch').waitFor();
    assert.equal(await response.getByRole('img').first().getAttribute('aria-label'), 'failed');
    const resource = page.locator('[data-testid=guard-call][data-function=label_resource]');
    assert.equal(await resource.getByRole('img').first().getAttribute('aria-label'), 'returned');
  }));

test('a policy that the gateway would not take is told once, with the next step', () =>
  withPanel('scenario=policy', async (page) => {
    const note = page.getByTestId('note-policy');
    await note.getByText('Did you mean "approved"?').waitFor();
    assert.equal(await page.locator('.note').count(), 1);
    // The strip tells what the notice does not.
    assert.match(await page.getByTestId('problems-strip').innerText(), /The last line of the trace breaks off/);
    await note.getByText('Open the policy').click();
    assert.deepEqual(await onlyCommand(page), { run: 'openPolicy' });
  }));

test('a policy file that is gone can be replaced, not opened', () =>
  withPanel('scenario=nopolicy', async (page) => {
    const note = page.getByTestId('note-policy');
    await note.getByText('Choose another policy…').click();
    assert.deepEqual(await onlyCommand(page), { run: 'choosePolicy' });
    assert.equal(await note.getByText('Open the policy').count(), 0);
    assert.equal(await page.locator('.note').count(), 1);
    assert.equal(await page.getByTestId('problems-strip').innerText(), '1 problem');
  }));

test('a guard that does not load can be inspected', () =>
  withPanel('scenario=failed', async (page) => {
    const note = page.getByTestId('note-guard');
    await note.getByText('Choose another guard…').waitFor();
    await note.getByText('Inspect the guard').click();
    assert.deepEqual(await onlyCommand(page), { run: 'inspectGuard' });
  }));
