/** Read-only documents for texts that lie in no file: long texts of the panel, the report on a guard. Nothing asks to save them. */
import * as vscode from 'vscode';
import { type Feature, gather } from './services.ts';

const scheme = 'guardscope-text';

/** How many texts are kept for tabs that may be shown again. */
const kept = 50;

/** Texts by path, the latest last. */
const texts = new Map<string, string>();

/** Texts shown so far: each gets an address of its own, because an editor keeps what it once read. */
let shown = 0;

export const textDocuments: Feature = () =>
  gather((store) => {
    const provider: vscode.TextDocumentContentProvider = {
      provideTextDocumentContent: (uri) => texts.get(uri.path) ?? 'This text is gone; open it again from the panel.',
    };
    store.add(vscode.workspace.registerTextDocumentContentProvider(scheme, provider));
  });

/** Shows a text in an editor tab of its own; `title` is the tab's, with an extension that says the language. */
export async function showText(title: string, text: string): Promise<void> {
  const uri = textUri(title.replaceAll('/', '-'), text);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

/** An address under which a text can be shown, for example in a diff; the same path later stands for the newer text. */
export function textUri(title: string, text: string): vscode.Uri {
  const path = `/${title.replaceAll(/[\\?#]/g, '-')}`;
  texts.delete(path);
  texts.set(path, text);
  for (const oldest of [...texts.keys()].slice(0, Math.max(0, texts.size - kept))) texts.delete(oldest);
  return vscode.Uri.from({ scheme, path, query: String(++shown) });
}
