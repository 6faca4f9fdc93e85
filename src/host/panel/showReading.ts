/** Shows how much of a large trace is read, because its panel is empty until then. */
import * as vscode from 'vscode';
import { sizeText } from '../../core/base/size.ts';

/** From this size on, in bytes, reading a trace takes seconds on a slow machine. */
const largeBytes = 16 * 1024 * 1024;

/** Runs `read` with a function that takes the bytes that are read and the size of the file; the notification goes when `read` ends. */
export async function showReading<T>(
  name: string,
  read: (onRead: (bytes: number, size: number) => void) => Promise<T>,
): Promise<T> {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let show: ((bytes: number, size: number) => void) | undefined;
  try {
    return await read((bytes, size) => {
      if (size < largeBytes) return;
      show ??= begin(name, ended);
      show(bytes, size);
    });
  } finally {
    end();
  }
}

function begin(name: string, ended: Promise<void>): (bytes: number, size: number) => void {
  let progress: vscode.Progress<{ readonly message: string; readonly increment: number }> | undefined;
  let shown = 0;
  const options = { location: vscode.ProgressLocation.Notification, title: `Reading ${name}` };
  void vscode.window.withProgress(options, (own) => {
    progress = own;
    return ended;
  });
  return (bytes, size) => {
    const percent = Math.floor((100 * bytes) / size);
    if (progress === undefined || percent === shown) return;
    progress.report({ message: `${percent}% of ${sizeText(size)}`, increment: percent - shown });
    shown = percent;
  };
}
