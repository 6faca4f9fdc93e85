/** Conversion of a problem to a diagnostic: severity, text and range. */
import { describe, expect, it, vi } from 'vitest';
import type { Position, Problem } from '../../../src/core/base/parsed.ts';
import { toDiagnostic } from '../../../src/host/diagnostics/toDiagnostic.ts';
import { DiagnosticSeverity, fakeDocument } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

type Given = Parameters<typeof toDiagnostic>[1];

function problem(position?: Position): Problem {
  const at = position === undefined ? {} : { position };
  return { severity: 'error', code: 'policy/value', message: 'is wrong', ...at };
}

/** `line:column-line:column` of the diagnostic in this text, or without a text. */
function rangeOf(position: Position | undefined, text?: string): string {
  const document = text === undefined ? undefined : (fakeDocument('/w/a.json', text) as unknown as Given);
  const { start, end } = toDiagnostic(problem(position), document).range;
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

it.each([
  ['error', DiagnosticSeverity.Error],
  ['warning', DiagnosticSeverity.Warning],
  ['info', DiagnosticSeverity.Information],
] as const)('shows the severity %s as that of the editor', (severity, shown) => {
  expect(toDiagnostic({ ...problem(), severity }).severity).toBe(shown);
});

it('has the code, the source, and the next step in a line of its own', () => {
  expect(toDiagnostic({ ...problem(), hint: 'Write it otherwise' })).toMatchObject({
    source: 'Guardscope',
    code: 'policy/value',
    message: 'is wrong\nWrite it otherwise',
  });
  expect(toDiagnostic(problem()).message).toBe('is wrong');
});

describe('the range', () => {
  const text = '{\n  "a": "with \\" quote", "b": -1.5e+3, "c": true\n}';

  it.each([
    ['a string with an escaped quote', 8, '1:7-1:22'],
    ['a number with sign and exponent', 30, '1:29-1:36'],
    ['a literal', 44, '1:43-1:47'],
  ])('is %s at the position', (_what, column, expected) => {
    expect(rangeOf({ line: 2, column }, text)).toBe(expected);
  });

  it('is one character where there is no word, or where the text is not open', () => {
    expect(rangeOf({ line: 1, column: 1 }, text)).toBe('0:0-0:1');
    expect(rangeOf({ line: 2, column: 8 })).toBe('1:7-1:8');
  });

  it('is the whole line without a column, or its first character when the text is not open', () => {
    expect(rangeOf({ line: 2 }, text)).toBe('1:0-1:47');
    expect(rangeOf({ line: 2 })).toBe('1:0-1:1');
  });

  it('is the first character of a line that the text no longer has', () => {
    expect(rangeOf({ line: 9 }, text)).toBe('8:0-8:1');
  });

  it('is the first line without a position', () => {
    expect(rangeOf(undefined, text)).toBe('0:0-0:1');
    expect(rangeOf(undefined)).toBe('0:0-0:1');
  });
});
