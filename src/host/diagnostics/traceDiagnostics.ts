/** Diagnostics of the open traces: one per problem of the trace, at its line. */
import * as vscode from 'vscode';
import type { Problem } from '../../core/base/parsed.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { type Feature, gather } from '../base/services.ts';
import { toDiagnostic } from './toDiagnostic.ts';

/** The Problems view shows no more than this for one file, and a damaged file may have a problem on each line. */
const maxPerFile = 1000;

export const traceDiagnostics: Feature = ({ sessions }) =>
  gather((store) => {
    const found = store.add(vscode.languages.createDiagnosticCollection('guardscope.trace'));
    const shown = new Map<TraceDocument, { problems: readonly Problem[]; readonly listening: vscode.Disposable }>();
    const show = (): void => {
      found.clear();
      const all = [...shown].flatMap(([{ uri }, { problems }]) => problems.map((problem) => locate(problem, uri)));
      for (const [key, entries] of byFile(all)) found.set(vscode.Uri.parse(key), entries);
    };
    const update = (document: TraceDocument): void => {
      const entry = shown.get(document);
      const { problems } = document.session.trace;
      // The event fires for each decided call; the list of problems is replaced only when the trace grew.
      if (entry === undefined || entry.problems === problems) return;
      entry.problems = problems;
      show();
    };
    const follow = (): void => {
      const open = new Set(sessions.all);
      for (const [document, { listening }] of shown) {
        if (open.has(document)) continue;
        listening.dispose();
        shown.delete(document);
      }
      for (const document of open) {
        if (shown.has(document)) continue;
        shown.set(document, { problems: [], listening: document.session.onDidChange(() => update(document)) });
        update(document);
      }
      show();
    };
    store.add(sessions.onDidChange(follow));
    store.add({ dispose: () => shown.forEach(({ listening }) => listening.dispose()) });
    follow();
  });

/** A problem and the file that its position refers to. */
interface LocatedProblem {
  readonly problem: Problem;
  readonly uri: vscode.Uri;
}

function locate(problem: Problem, trace: vscode.Uri): LocatedProblem {
  const file = problem.position?.file;
  return { problem, uri: file === undefined ? trace : vscode.Uri.file(file) };
}

function byFile(all: readonly LocatedProblem[]): ReadonlyMap<string, readonly vscode.Diagnostic[]> {
  const files = new Map<string, vscode.Diagnostic[]>();
  for (const { problem, uri } of all) {
    const key = uri.toString();
    const entries = files.get(key) ?? [];
    if (entries.length < maxPerFile) entries.push(toDiagnostic(problem));
    files.set(key, entries);
  }
  return files;
}
