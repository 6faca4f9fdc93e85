/** The text documents that may be the source of a guard, and the functions of the interface in them. */
import type * as vscode from 'vscode';
import type { SourceLanguage } from '../../core/source/codeMask.ts';
import { type GuardName, guardNames } from '../../core/source/guardNames.ts';

/** VS Code's ids of languages; AssemblyScript is TypeScript to it. */
const languages: Readonly<Record<string, SourceLanguage>> = {
  rust: 'rust',
  typescript: 'assemblyscript',
  c: 'c',
  cpp: 'c',
};

/** The documents that lenses and hovers are for. */
export const guardSources: vscode.DocumentSelector = Object.keys(languages).map((language) => ({ language }));

/** Longer files are not looked at: no guard is written in them by hand. */
const maxLength = 2_000_000;

/** The functions of the interface that a document declares. */
export function namesIn(document: vscode.TextDocument): readonly GuardName[] {
  const language = languages[document.languageId];
  const text = document.getText();
  return language === undefined || text.length > maxLength ? [] : guardNames(text, language);
}
