/** Answers the file dialogs that VS Code draws itself. */
import { sleep } from '../../support/processes/process.ts';
import type { EditorWindow } from './window.ts';

/**
 * Answers the dialog with a heading; without a path it accepts the proposed one. The dialog replaces text that is typed before it has loaded
 * its first folder, and ignores an answer while it resolves the path.
 */
export async function fileDialog(
  window: EditorWindow,
  heading: string,
  path?: string,
  isFolder = false,
): Promise<void> {
  const widget = window.page.locator('.quick-input-widget', { hasText: heading });
  await widget.waitFor();
  const input = widget.locator('input[type="text"]').first();
  const wanted = isFolder ? `${path}/` : path;
  for (let tries = 0; tries < 15 && (await widget.isVisible()); tries++) {
    await sleep(500);
    if (wanted !== undefined && (await input.inputValue()) !== wanted) await input.fill(wanted);
    else if (isFolder) await answered(widget.getByRole('button', { name: 'OK' }).click({ timeout: 1000 }));
    else await window.page.keyboard.press('Enter');
    await answered(widget.waitFor({ state: 'hidden', timeout: 1500 }));
  }
  await widget.waitFor({ state: 'hidden', timeout: 1000 });
}

/** The dialog may close at any moment. */
const answered = (gesture: Promise<void>): Promise<void> => gesture.catch(() => undefined);
