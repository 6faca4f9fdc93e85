/** Finds one of several webviews by an element in it. */
import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import type { EditorWindow } from './window.ts';

/** The webview that contains an element. */
export async function viewWith(window: EditorWindow, selector: string): Promise<FrameLocator> {
  const frames = window.page.locator('iframe.webview.ready');
  for (let tries = 0; tries < 100; tries++) {
    for (let at = 0; at < (await frames.count()); at++) {
      const frame = frames.nth(at).contentFrame().locator('iframe#active-frame').contentFrame();
      if (
        await frame
          .locator(selector)
          .count()
          .catch(() => 0)
      )
        return frame;
    }
    await window.page.waitForTimeout(200);
  }
  assert.fail(`no view shows ${selector}`);
}
