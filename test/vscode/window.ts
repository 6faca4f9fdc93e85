/** One VS Code window under test: the gestures of a user (palette, files, menus, themes, reload) and what is seen in it. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { patience, patiently } from '../support/patience.ts';
import { sleep } from '../support/process.ts';
import { root } from './install.ts';

/** The colour themes of the screenshots, by the word that VS Code puts on a webview's body. */
export const themes: Readonly<
  Record<string, { readonly label: string; readonly body: string; readonly shell: string }>
> = {
  dark: { label: 'Dark Modern', body: 'vscode-dark', shell: 'vs-dark' },
  light: { label: 'Light Modern', body: 'vscode-light', shell: 'vs' },
  'high-contrast': { label: 'Dark High Contrast', body: 'vscode-high-contrast', shell: 'hc-black' },
};

const pictures = join(root, 'test', 'vscode', 'out');

export class EditorWindow {
  /** The page, for what has no gesture here. */
  readonly page: Page;
  /** The folder that is open. */
  readonly folder: string;

  constructor(page: Page, folder: string) {
    this.page = page;
    this.folder = folder;
  }

  /** Waits until the workbench is drawn. The extension host may still be starting. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: patiently(60_000) });
  }

  /** Runs a command by its title in the palette; tries again while the extension host is starting. */
  async run(title: string): Promise<void> {
    await this.#retry(60_000, async () => {
      await this.#quickInput(`>${title}`);
      const row = this.#picks(title).filter({ has: this.page.locator('.label-name', { hasText: wholly(title) }) });
      // The list does not grow while it is open: better to ask again soon than to wait.
      await row.waitFor({ timeout: 1_500 * Math.min(patience, 3) });
      await row.click();
    });
  }

  /** The titles that the palette lists for a text. */
  async listCommands(text: string): Promise<readonly string[]> {
    await this.#quickInput(`>${text}`);
    await this.#picks('').first().waitFor();
    // The rows of the text before may still stand there.
    await sleep(500);
    const titles = await this.page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    await this.#input().waitFor({ state: 'hidden' });
    return titles.map((title) => title.trim());
  }

  /** Opens a file of the workspace (a path relative to the folder) in an editor. */
  async open(file: string): Promise<void> {
    await this.#retry(30_000, async () => {
      await this.#quickInput(file);
      const row = this.#picks(basename(file)).first();
      await row.waitFor({ timeout: patiently(5_000) });
      await row.click();
      await this.tab(basename(file)).waitFor({ timeout: patiently(5_000) });
    });
  }

  /** Picks a row of the list that a command opened, or types an answer when no row is named. */
  async answer({ pick, type }: { readonly pick?: string | RegExp; readonly type?: string }): Promise<void> {
    const input = this.#input();
    await input.waitFor();
    if (type !== undefined) await input.fill(type);
    if (pick !== undefined) await this.#picks(pick).first().click();
    else await this.page.keyboard.press('Enter');
  }

  /** Closes the list that a command opened, once it shows a row with this text. */
  async dismiss(row: string): Promise<void> {
    await this.#picks(row).first().waitFor();
    await this.page.keyboard.press('Escape');
    await this.#input().waitFor({ state: 'hidden' });
  }

  /** An editor tab by the start of its name. */
  tab(name: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: name }).first();
  }

  /** Opens the context menu of a file in the explorer and runs an entry of it. */
  async explorerMenu(file: string, entry: string): Promise<void> {
    const { page } = this;
    await this.run('View: Show Explorer');
    const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: file }).first();
    const item = page.locator('.monaco-menu .action-item', { hasText: entry }).first();
    // What a menu holds is settled when it opens: one that opened too early does not get the entries of the extension.
    await this.#retry(30_000, async () => {
      await row.click({ button: 'right', timeout: patiently(5_000) });
      await item.waitFor({ timeout: patiently(5_000) });
    });
    // A menu ignores the release of the very click that opened it.
    await sleep(300);
    await item.click();
    await item.waitFor({ state: 'detached' });
  }

  /** Rows of the view whose heading has this text. */
  viewRows(heading: string): Locator {
    const pane = this.page.locator('.pane', { has: this.page.locator('.pane-header', { hasText: heading }) });
    return pane.locator('.monaco-list-row');
  }

  /** The document of the visible webview: the inner frame, in which the extension's own page runs. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').last().frameLocator('iframe#active-frame');
  }

  /** A notification by a part of its text. */
  notification(text: string): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  /** Clicks a button of a notification in the list of all of them: a toast hides itself after a while. */
  async pressInNotification(text: string, button: string): Promise<void> {
    await this.run('Notifications: Show Notifications');
    const item = this.page.locator('.notifications-center .notification-list-item', { hasText: text }).first();
    await item.hover();
    await item.getByRole('button', { name: button }).click();
  }

  /** Reloads the window by VS Code's own command, which saves the state of the window first. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.run('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Switches the colour theme (a key of `themes`) and waits until the window wears it. */
  async theme(name: string): Promise<string> {
    const theme = themes[name];
    if (theme === undefined) throw new Error(`There is no theme "${name}"`);
    const { label, body, shell } = theme;
    await this.run('Preferences: Color Theme');
    await this.answer({ type: label, pick: label });
    await this.page.locator(`.monaco-workbench.${shell}`).waitFor();
    return body;
  }

  /** Saves what the window shows as `test/vscode/out/NAME.png`; gives the path. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes the window, as a user does: its extension host ends with it. */
  async close(): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.close();
  }

  #input(): Locator {
    return this.page.locator('.quick-input-widget input[type="text"]').first();
  }

  #picks(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
  }

  async #quickInput(text: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#input().waitFor({ timeout: patiently(5_000) });
    await this.#input().fill(text);
  }

  /** Tries again until it succeeds, or the time is over; then it fails with the last error. */
  async #retry(limitMs: number, attempt: () => Promise<void>): Promise<void> {
    for (const deadline = Date.now() + patiently(limitMs); ;) {
      try {
        return await attempt();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await this.page.keyboard.press('Escape');
        await sleep(250);
      }
    }
  }
}

/** Matches a text as a whole. */
function wholly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
