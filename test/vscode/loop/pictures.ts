/** The pictures of README.md, which the tour takes: `UPDATE=1 npm run test:vscode -- tour` writes them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../install.ts';
import type { EditorWindow } from '../pages/window.ts';
import { smallPng } from './smallPng.ts';

/** The size of a window of the tour: its text can be read in a page. */
export const pictureSize = { width: 1200, height: 760 };

const colours = 128;

/** Writes `test/vscode/out/tour-NAME.png`, which nobody commits; with `UPDATE=1`, `media/tour/NAME.png`. */
export async function takePicture({ page }: EditorWindow, name: string): Promise<void> {
  const isUpdate = process.env['UPDATE'] === '1';
  const folder = isUpdate ? join(root, 'media', 'tour') : join(root, 'test', 'vscode', 'out');
  mkdirSync(folder, { recursive: true });
  // Away from what has a hover.
  await page.mouse.move(pictureSize.width / 2, pictureSize.height - 12);
  await page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
  // A browser without a GPU draws in parts what has just changed its place.
  if (isUpdate) await page.waitForTimeout(3_000);
  const png = smallPng(await page.screenshot({ animations: 'disabled' }), colours);
  writeFileSync(join(folder, isUpdate ? `${name}.png` : `tour-${name}.png`), png);
}
