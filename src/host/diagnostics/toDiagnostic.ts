/** Makes entries of VS Code's Problems view of problems that a reader found. */
import * as vscode from 'vscode';
import type { Problem, Severity } from '../../core/base/parsed.ts';

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** A text in quotes, or a word or number without: what a position in JSON points at. */
const jsonWord = /"(?:[^"\\]|\\.)*"|[\w.+-]+/;

/** `document`: the text that the positions count in, when it is at hand; it tells how far what is marked goes. */
export function toDiagnostic(problem: Problem, document?: vscode.TextDocument): vscode.Diagnostic {
  const { severity, code, message, hint } = problem;
  const text = hint === undefined ? message : `${message}\n${hint}`;
  const diagnostic = new vscode.Diagnostic(rangeOf(problem, document), text, severities[severity]);
  diagnostic.source = 'Guardscope';
  diagnostic.code = code;
  return diagnostic;
}

function rangeOf({ position }: Problem, document: vscode.TextDocument | undefined): vscode.Range {
  const line = Math.max(0, (position?.line ?? 1) - 1);
  if (position?.column === undefined) {
    // A whole line; where its text is not at hand, VS Code draws no further than it goes.
    const end = document === undefined || line >= document.lineCount ? 1 : document.lineAt(line).text.length;
    return new vscode.Range(line, 0, line, end);
  }
  const start = new vscode.Position(line, position.column - 1);
  return document?.getWordRangeAtPosition(start, jsonWord) ?? new vscode.Range(start, start.translate(0, 1));
}
