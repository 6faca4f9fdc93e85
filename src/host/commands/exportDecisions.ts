/** "Export Decisions": writes one JSON line per call, in the format of `guardscope replay --json`. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import * as vscode from 'vscode';
import { jsonText } from '../../core/base/jsonText.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** Asks for a file and writes the decisions of the trace to it. */
export async function exportDecisions(document: TraceDocument): Promise<void> {
  const suggestion = `${document.uri.fsPath.replace(/(\.guardtrace)?\.jsonl$/, '')}.decisions.jsonl`;
  const defaultUri = vscode.Uri.file(suggestion);
  const options = { defaultUri, title: 'Export Decisions', filters: { Decisions: ['jsonl'] } };
  const target = await vscode.window.showSaveDialog(options);
  if (target === undefined) return;
  const out = createWriteStream(target.fsPath, { mode: 0o600 });
  let count = 0;
  let hypothetical = 0;
  for (const record of document.session.records()) {
    count++;
    if (record.hypothetical !== undefined) hypothetical++;
    if (!out.write(`${jsonText(record)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  const said = `Exported ${count} decisions to ${vscode.workspace.asRelativePath(target)}`;
  const note = `${hypothetical} of them are hypothetical, because you changed calls; their records say so ("hypothetical")`;
  void vscode.window.showInformationMessage(hypothetical === 0 ? said : `${said}. ${note}`);
}
