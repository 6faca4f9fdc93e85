/** Sets a context key, which menus and welcome texts of the manifest depend on. */
import * as vscode from 'vscode';
import type { contextKeys } from './ids.ts';

export function setContext(key: (typeof contextKeys)[keyof typeof contextKeys], value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
