/** Calls that a user changes in an editor beside the panel: each pause in typing decides anew, and mistakes are marked in the text. */
import * as vscode from 'vscode';
import { type Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { callKey } from '../../core/diff/alignCalls.ts';
import { mistakeIn, placeOfPointer, readEditedText } from '../../core/whatIf/editedText.ts';
import { type Feature, gather } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { toDiagnostic } from '../diagnostics/toDiagnostic.ts';
import { CallFiles } from './callFiles.ts';

const scheme = 'guardscope-call';

/** Milliseconds after the last change before the calls are decided. */
const pauseMs = 150;

/** Milliseconds after which a text that was decided with counts as saved, so that closing its editor asks nothing. */
const saveAfterMs = 1000;

/** A call that is open in an editor. */
interface OpenCall {
  readonly document: TraceDocument;
  readonly index: number;
  /** What was called: a trace that was captured anew may have another call in its place. */
  readonly key: string;
  /** The text that the changes were written into last: it is no change of the user, and may be older than the next one elsewhere. */
  written: string;
}

/** By the URI of the text. */
const openCalls = new Map<string, OpenCall>();
const files = new CallFiles();

export const editCalls: Feature = ({ sessions }) =>
  gather((store) => {
    const found = store.add(vscode.languages.createDiagnosticCollection('guardscope.changes'));
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const later = (document: vscode.TextDocument, ms: number, run: () => Promise<void>): void => {
      const key = document.uri.toString();
      clearTimeout(timers.get(key));
      timers.set(
        key,
        setTimeout(() => void run(), ms),
      );
    };
    const decide = async (document: vscode.TextDocument): Promise<void> => {
      const open = openCalls.get(document.uri.toString());
      if (open === undefined || document.isClosed) return;
      const isShown = sessions.all.includes(open.document);
      const text = document.getText();
      const problem = text === open.written ? null : await decideWith(open, text, isShown);
      found.set(document.uri, problem === null ? [] : [toDiagnostic(problem, document)]);
      if (problem === null)
        later(document, saveAfterMs, async () => void (document.isDirty && (await document.save())));
    };
    store.add(vscode.workspace.registerFileSystemProvider(scheme, files, { isCaseSensitive: true }));
    store.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (openCalls.has(document.uri.toString())) later(document, pauseMs, () => decide(document));
      }),
    );
    store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        found.delete(uri);
        openCalls.delete(uri.toString());
      }),
    );
    store.add({ dispose: () => timers.forEach((timer) => clearTimeout(timer)) });
    store.add({ dispose: () => openCalls.clear() });
    void closeForgotten();
  });

/** Opens a call to be changed beside the panel. `place`: JSON Pointer of the value that is selected. Throws `changes/not-decided`. */
export async function openCall(document: TraceDocument, index: number, place = '/arguments'): Promise<void> {
  const { session } = document;
  const text = textOf(document, index);
  const call = session.call(index);
  if (call === undefined) return;
  const name = `call ${index + 1} ${call.tool.replaceAll(/[^\w.-]/g, '_')}.guardchange.json`;
  const uri = vscode.Uri.from({ scheme, path: `${document.uri.path}/${name}` });
  const key = callKey(call);
  const before = openCalls.get(uri.toString());
  openCalls.set(uri.toString(), { document, index, key, written: before?.written ?? text });
  if (before === undefined) files.put(uri, text);
  else if (before.key !== key) await renewTexts(document);
  const { line = 1, column = 1 } = placeOfPointer(text, place);
  const at = new vscode.Position(line - 1, column - 1);
  const options = { viewColumn: vscode.ViewColumn.Beside, selection: new vscode.Range(at, at) };
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), options);
}

/** Shows the changes in the editors of a trace's calls as they are now, after they were changed elsewhere. */
export async function renewTexts(document: TraceDocument): Promise<void> {
  for (const text of vscode.workspace.textDocuments) {
    const open = openCalls.get(text.uri.toString());
    if (open?.document !== document || !isSameCall(open)) continue;
    const now = textOf(document, open.index);
    if (isSameValue(text.getText(), now)) continue;
    open.written = now;
    const edit = new vscode.WorkspaceEdit();
    edit.replace(text.uri, new vscode.Range(0, 0, text.lineCount, 0), now);
    await vscode.workspace.applyEdit(edit);
  }
}

/** What is wrong with the text; null when the calls are decided with it. */
async function decideWith(open: OpenCall, text: string, isShown: boolean): Promise<Problem | null> {
  const { document, index } = open;
  const read = readEditedText(text, index);
  if (!read.ok) return read.problem;
  open.written = '';
  if (!isShown) return gone(index, 'its trace is closed');
  if (!isSameCall(open)) return gone(index, 'the trace was captured anew and has another call in its place');
  try {
    const mistake = await document.session.changes.set(index, read.value, Date.now());
    return mistake === null ? null : mistakeIn(text, index, mistake);
  } catch (thrown) {
    const failure: Failure = toFailure(thrown);
    return { ...failureToProblem(failure), position: { line: 1 } };
  }
}

function gone(index: number, why: string): Problem {
  return {
    severity: 'warning',
    code: 'changes/no-such-call',
    message: `Call ${index + 1} cannot be changed here any more: ${why}`,
    hint: 'Open a call of the panel with "Change this call"',
    position: { line: 1 },
  };
}

function isSameCall({ document, index, key }: OpenCall): boolean {
  const call = document.session.call(index);
  return call !== undefined && callKey(call) === key;
}

function textOf({ session }: TraceDocument, index: number): string {
  return `${jsonText(session.changes.editable(index), 2)}\n`;
}

function isSameValue(one: string, other: string): boolean {
  const [a, b] = [readEditedText(one, 0), readEditedText(other, 0)];
  return a.ok && b.ok && jsonText(a.value) === jsonText(b.value);
}

/** The editor restores tabs of texts that were in memory only. */
async function closeForgotten(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const ours = tabs.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === scheme);
  if (ours.length > 0) await vscode.window.tabGroups.close(ours);
}
