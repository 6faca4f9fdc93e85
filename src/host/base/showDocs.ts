/** Shows packaged documents. */
import * as vscode from 'vscode';

/** Opens a page of the packaged documentation as a Markdown preview, at the section. `docs`: a path in the extension, and the section behind `#`. */
export async function showDocs(extension: vscode.Uri, docs: string): Promise<void> {
  const [page = '', section = ''] = docs.split('#');
  // The packager renames README.md to readme.md.
  const pages = [page, page.toLowerCase()].map((name) => vscode.Uri.joinPath(extension, name));
  for (const uri of pages) {
    try {
      await vscode.workspace.fs.stat(uri);
    } catch {
      continue;
    }
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri.with({ fragment: section }));
    return;
  }
}
