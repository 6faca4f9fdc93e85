/** Page object of a VS Code window: user actions (palette, files, menus, themes, reload) and visible elements. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { patience, patiently } from '../../support/patience.ts';
import { sleep } from '../../support/processes/process.ts';
import { root } from '../install.ts';

/** The colour themes of the screenshots, by the class that VS Code sets on the body of a webview. */
export const themes: Readonly<
  Record<string, { readonly label: string; readonly body: string; readonly shell: string }>
> = {
  dark: { label: 'Dark Modern', body: 'vscode-dark', shell: 'vs-dark' },
  light: { label: 'Light Modern', body: 'vscode-light', shell: 'vs' },
  'high-contrast': { label: 'Dark High Contrast', body: 'vscode-high-contrast', shell: 'hc-black' },
};

const pictures = join(root, 'test', 'vscode', 'out');

export class EditorWindow {
  /** The page, for actions without a method here. */
  readonly page: Page;
  /** The open folder. */
  readonly folder: string;

  constructor(page: Page, folder: string) {
    this.page = page;
    this.folder = folder;
  }

  /** Waits until the workbench is rendered. The extension host may still be starting. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: patiently(60_000) });
  }

  /** Runs a command by its title in the palette; retries while the extension host is starting. */
  async run(title: string): Promise<void> {
    await this.#retry(60_000, async () => {
      await this.#quickInput(`>${title}`);
      const row = this.#picks(title).filter({ has: this.page.locator('.label-name', { hasText: wholly(title) }) });
      // An open list does not update, so it is opened again after a short wait.
      await row.waitFor({ timeout: 1_500 * Math.min(patience, 3) });
      await row.click();
    });
  }

  /** The titles that the palette lists for a query. */
  async listCommands(text: string): Promise<readonly string[]> {
    await this.#quickInput(`>${text}`);
    await this.#picks('').first().waitFor();
    // The rows of the previous query may still be shown.
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

  /** Picks a row of the quick pick that a command opened, or types an answer if no row is given. */
  async answer({ pick, type }: { readonly pick?: string | RegExp; readonly type?: string }): Promise<void> {
    const input = this.#input();
    await input.waitFor();
    if (type !== undefined) await input.fill(type);
    if (pick !== undefined) await this.#picks(pick).first().click();
    else await input.press('Enter');
  }

  /** Closes the quick pick that a command opened, after it shows a row with this text. */
  async dismiss(row: string): Promise<void> {
    await this.#picks(row).first().waitFor();
    await this.#input().press('Escape');
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
    // The entries of a menu are fixed when it opens, so a menu that opens too early lacks those of the extension.
    await this.#retry(30_000, async () => {
      await row.click({ button: 'right', timeout: patiently(5_000) });
      await item.waitFor({ timeout: patiently(5_000) });
    });
    // A menu ignores the release of the click that opened it.
    await sleep(300);
    await item.click();
    await item.waitFor({ state: 'detached' });
  }

  /** Rows of the view whose heading has this text. */
  viewRows(heading: string): Locator {
    const pane = this.page.locator('.pane', { has: this.page.locator('.pane-header', { hasText: heading }) });
    return pane.locator('.monaco-list-row');
  }

  /** The document of the visible webview: the inner frame with the page of the extension. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').last().frameLocator('iframe#active-frame');
  }

  /** A notification by a part of its text. */
  notification(text: string): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  /** Clicks a button of a notification in the notification center, because a toast disappears after some time. */
  async pressInNotification(text: string, button: string): Promise<void> {
    await this.run('Notifications: Show Notifications');
    const item = this.page.locator('.notifications-center .notification-list-item', { hasText: text }).first();
    await item.hover();
    await item.getByRole('button', { name: button }).click();
  }

  /** Reloads the window with VS Code's command, which first saves the state of the window. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.run('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Switches the colour theme (a key of `themes`) and waits until the window uses it. */
  async theme(name: string): Promise<string> {
    const theme = themes[name];
    if (theme === undefined) throw new Error(`There is no theme "${name}"`);
    const { label, body, shell } = theme;
    await this.run('Preferences: Color Theme');
    await this.answer({ type: label, pick: label });
    await this.page.locator(`.monaco-workbench.${shell}`).waitFor();
    return body;
  }

  /** Saves a screenshot as `test/vscode/out/NAME.png`; returns the path. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes the window, which also ends its extension host. */
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

  /** Retries an action until it succeeds; fails with the last error after the time limit. */
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

/** Matches a whole text. */
function wholly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
