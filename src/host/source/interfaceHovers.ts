/** Hovers on the functions of the guard interface in source, and the command that shows the document about them. */
import * as vscode from 'vscode';
import { abiHeading, abiSummary } from '../../core/source/abiSection.ts';
import { commands } from '../base/ids.ts';
import { type Feature, gather } from '../base/services.ts';
import { showDocs } from '../base/showDocs.ts';
import { guardSources, namesIn } from './guardDocuments.ts';

const page = 'media/docs/guard-abi.md';

export const interfaceHovers: Feature = ({ context: { extensionUri } }) =>
  gather((store) => {
    let reading: Thenable<string> | undefined;
    const readDocument = (): Thenable<string> =>
      (reading ??= vscode.workspace.fs
        .readFile(vscode.Uri.joinPath(extensionUri, page))
        .then((bytes) => Buffer.from(bytes).toString()));
    store.add(
      vscode.languages.registerHoverProvider(guardSources, {
        async provideHover(document, position) {
          const offset = document.offsetAt(position);
          const found = namesIn(document).find(({ name, at }) => at <= offset && offset <= at + name.length);
          if (found === undefined) return undefined;
          const heading = abiHeading(found.name);
          const text = new vscode.MarkdownString(abiSummary(await readDocument(), heading));
          const section = encodeURIComponent(JSON.stringify([heading.replaceAll(' ', '-')]));
          text.appendMarkdown(`\n\n[The interface of a guard](command:${commands.showInterface}?${section})`);
          text.isTrusted = { enabledCommands: [commands.showInterface] };
          const range = new vscode.Range(
            document.positionAt(found.at),
            document.positionAt(found.at + found.name.length),
          );
          return new vscode.Hover(text, range);
        },
      }),
    );
    store.add(
      vscode.commands.registerCommand(commands.showInterface, async (section?: unknown) => {
        await showDocs(extensionUri, typeof section === 'string' ? `${page}#${section}` : page);
      }),
    );
  });
