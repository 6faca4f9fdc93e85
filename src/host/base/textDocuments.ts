/** Read-only virtual documents for texts without a file: long texts of the panel, reports on guards, sides of a diff. */
import * as vscode from 'vscode';
import { type Feature, gather } from './services.ts';

const scheme = 'guardscope-text';

/** Texts that stay available for tabs that are shown again. */
const maxTexts = 50;

/** Texts by path, the newest last. */
const texts = new Map<string, string>();

/** Texts shown so far. Each gets its own URI, because an editor caches the content of a URI. */
let shown = 0;

export const textDocuments: Feature = () =>
  gather((store) => {
    const provider: vscode.TextDocumentContentProvider = {
      provideTextDocumentContent: (uri) =>
        texts.get(uri.path) ?? 'This text is no longer available. Open it again from the panel.',
    };
    store.add(vscode.workspace.registerTextDocumentContentProvider(scheme, provider));
  });

/** Opens a text in a preview tab. The file extension of `title` selects the language. */
export async function showText(title: string, text: string): Promise<void> {
  const uri = textUri(title.replaceAll('/', '-'), text);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

/** Returns the URI of a virtual document with this text, for example for a diff. A later text with the same title replaces it. */
export function textUri(title: string, text: string): vscode.Uri {
  const path = `/${title.replaceAll(/[\\?#]/g, '-')}`;
  texts.delete(path);
  texts.set(path, text);
  for (const oldest of [...texts.keys()].slice(0, Math.max(0, texts.size - maxTexts))) texts.delete(oldest);
  return vscode.Uri.from({ scheme, path, query: String(++shown) });
}
