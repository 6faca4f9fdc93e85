/** Page object of the trace panel: the rows of the list, the selected call and the tabs. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Locator } from 'playwright-core';
import { patiently } from '../../support/patience.ts';
import { sleep } from '../../support/processes/process.ts';
import type { Decision } from '../decisions.ts';
import type { EditorWindow } from './window.ts';

/** Height of a row of the call list, in pixels. */
const rowHeight = 24;

/** A row of the call list. */
export interface Row {
  /** Position in the list, from 0. */
  readonly position: number;
  /** Index of the call in the trace, from 0. */
  readonly index: number;
  readonly status: string;
  readonly text: string;
}

export class Panel {
  readonly #window: EditorWindow;

  constructor(window: EditorWindow) {
    this.#window = window;
  }

  /** The element with a `data-testid`. */
  at(id: string): Locator {
    return this.#window.webview().getByTestId(id);
  }

  /** Clicks an element, after the hover of the previous element no longer covers it. */
  async click(id: string): Promise<void> {
    const { page } = this.#window;
    await page.mouse.move(700, 600);
    await page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
    await this.at(id).click();
  }

  /** Waits until a replay is done; returns its text in the toolbar. */
  async done(): Promise<string> {
    const text = this.at('run-text').and(this.#window.webview().locator('.run-done'));
    await text.waitFor({ timeout: patiently(60_000) });
    return text.innerText();
  }

  /** Waits until the list has a number of calls, for sessions that grow. */
  async calls(count: number): Promise<void> {
    await this.#window
      .webview()
      .locator(`[data-testid="call-list"][aria-rowcount="${count + 1}"]`)
      .waitFor();
    await this.#window.webview().locator('[data-testid="call-list"][aria-busy="false"]').waitFor();
  }

  /** All rows of the list in order, read by scrolling, because the list draws only the rows in view. */
  async rows(): Promise<readonly Row[]> {
    const list = this.at('call-list');
    await this.#window.webview().locator('[data-testid="call-list"][aria-busy="false"]').waitFor();
    const total = Number(await list.getAttribute('aria-rowcount')) - 1;
    const found = new Map<number, Row>();
    for (let first = 0; first < total; first += 10) {
      await list.evaluate((grid, top) => grid.scrollTo(0, top), first * rowHeight);
      const last = Math.min(first + 10, total) - 1;
      // A list that became shorter does not draw this row.
      await this.#drawn(last).waitFor({ timeout: patiently(4_000) });
      for (const row of await this.at('call-row').evaluateAll(readRows)) found.set(row.position, row);
    }
    assert.equal(found.size, total, 'rows that the list drew');
    return [...found.values()].sort((a, b) => a.position - b.position);
  }

  /** Waits until the list shows these decisions of the command line, call by call; otherwise fails with the difference. */
  async shows(expected: readonly Decision[]): Promise<readonly Row[]> {
    const wanted = expected.map(({ index, outcome }) => ({ index, status: outcome }));
    for (const deadline = Date.now() + patiently(15_000); ; await sleep(250)) {
      // A list that follows a session scrolls while it is read.
      const drawn = await this.rows().catch((error: Error) => error);
      if (drawn instanceof Error && Date.now() > deadline) throw drawn;
      if (drawn instanceof Error) continue;
      // Calls to servers that are not replayed have no decision.
      const rows = drawn.filter(({ status }) => status !== 'skipped');
      const shown = rows.map(({ index, status }) => ({ index, status }));
      if (isDeepStrictEqual(shown, wanted)) return rows;
      if (Date.now() > deadline) assert.deepEqual(shown, wanted);
    }
  }

  /** Selects a call by its index in the trace and waits for its detail. */
  async select(index: number): Promise<void> {
    const { position } = (await this.rows()).find((row) => row.index === index) ?? {};
    assert.ok(position !== undefined, `the list has no call ${index + 1}`);
    await this.at('call-list').evaluate((grid, top) => grid.scrollTo(0, top), Math.max(0, position - 2) * rowHeight);
    await this.#drawn(position).click();
    await this.hasSelected(index);
  }

  /** Opens a tab of the detail. */
  async tab(id: string): Promise<void> {
    await this.at(`tab-${id}`).click();
    await this.#window.webview().locator(`[data-testid="tab-${id}"][aria-selected="true"]`).waitFor();
  }

  /** Waits until a call is selected in the list and shown in the detail. */
  async hasSelected(index: number): Promise<void> {
    const frame = this.#window.webview();
    await frame.locator(`[data-testid="call-row"][data-index="${index}"][aria-selected="true"]`).waitFor();
    await this.#detailOf(index).waitFor();
  }

  #detailOf(index: number): Locator {
    const heading = new RegExp(`^call ${(index + 1).toLocaleString('en')} `);
    return this.#window.webview().locator('.detail-facts', { hasText: heading });
  }

  #drawn(position: number): Locator {
    return this.#window.webview().locator(`[data-testid="call-row"][data-position="${position}"]`);
  }
}

function readRows(rows: readonly (HTMLElement | SVGElement)[]): readonly Row[] {
  return rows.map((row) => ({
    position: Number(row.dataset['position']),
    index: Number(row.dataset['index']),
    status: row.dataset['status'] ?? '',
    text: row.textContent ?? '',
  }));
}
