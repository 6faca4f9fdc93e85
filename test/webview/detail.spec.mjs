/** Checks in a browser of what the panel says of failures, and of how it is laid out: run as `panel.spec.mjs` is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, tab, withPanel } from './browser.mjs';

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
