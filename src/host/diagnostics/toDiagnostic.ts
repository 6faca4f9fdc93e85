/** Converts problems to VS Code diagnostics. */
import * as vscode from 'vscode';
import type { Problem, Severity } from '../../core/base/parsed.ts';

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** A JSON string, number or literal at a position. */
const jsonWord = /"(?:[^"\\]|\\.)*"|[\w.+-]+/;

/** `document` is the text that the position refers to, if it is open; it determines the end of the range. */
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
    // The whole line. Without the text the range is one character, because the length of the line is unknown.
    const end = document === undefined || line >= document.lineCount ? 1 : document.lineAt(line).text.length;
    return new vscode.Range(line, 0, line, end);
  }
  const start = new vscode.Position(line, position.column - 1);
  return document?.getWordRangeAtPosition(start, jsonWord) ?? new vscode.Range(start, start.translate(0, 1));
}
