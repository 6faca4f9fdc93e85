/** Problems of open traces in the Problems view: in which file and line, and for how long. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { Problem } from '../../../src/core/base/parsed.ts';
import { traceDiagnostics } from '../../../src/host/diagnostics/traceDiagnostics.ts';
import { fakeServices, type FakeServices, FakeTrace } from '../../support/vscode/hostServices.ts';
import { fake, resetVscode } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
beforeEach(() => {
  resetVscode();
  host = fakeServices();
});

function badLine(line: number, file?: string): Problem {
  const position = file === undefined ? { line } : { line, file };
  return { severity: 'error', code: 'trace/bad-line', message: `This line was skipped: ${line}`, position };
}

function open(path: string, ...problems: readonly Problem[]): FakeTrace {
  const trace = new FakeTrace(path);
  trace.session.trace = { problems };
  host.services.sessions.add(trace.document);
  return trace;
}

/** `line message` of each diagnostic, by file. */
function shown(): Readonly<Record<string, readonly string[]>> {
  const files = [...(fake.diagnostics.get('guardscope.trace') ?? [])];
  return Object.fromEntries(
    files.map(([path, found]) => [path, found.map(({ range, message }) => `${range.start.line + 1} ${message}`)]),
  );
}

it('shows the problems of every open trace at their lines, also of traces that were open before', () => {
  open('/w/a.jsonl', badLine(3), badLine(7));
  traceDiagnostics(host.services);
  open('/w/with space#1.jsonl', badLine(1));
  open('/w/good.jsonl');
  expect(shown()).toEqual({
    '/w/a.jsonl': ['3 This line was skipped: 3', '7 This line was skipped: 7'],
    '/w/with space#1.jsonl': ['1 This line was skipped: 1'],
  });
});

it('shows a problem of a log beside the trace in that log', () => {
  traceDiagnostics(host.services);
  open('/w/rpc-messages.jsonl', badLine(2, '/w/gateway.log'), badLine(5));
  expect(shown()).toEqual({
    '/w/gateway.log': ['2 This line was skipped: 2'],
    '/w/rpc-messages.jsonl': ['5 This line was skipped: 5'],
  });
});

it('replaces the problems when the trace grows', () => {
  traceDiagnostics(host.services);
  const trace = open('/w/a.jsonl', badLine(3));
  trace.grow([badLine(3), badLine(4)]);
  expect(shown()['/w/a.jsonl']).toHaveLength(2);
  trace.grow([]);
  expect(shown()).toEqual({});
});

it('removes the problems when the trace is closed, and ignores its later changes', () => {
  traceDiagnostics(host.services);
  const [first, second] = [open('/w/a.jsonl', badLine(3)), open('/w/b.jsonl', badLine(9))];
  host.services.sessions.delete(first.document);
  first.grow([badLine(4)]);
  expect(shown()).toEqual({ '/w/b.jsonl': ['9 This line was skipped: 9'] });
  host.services.sessions.delete(second.document);
  expect(shown()).toEqual({});
});

it('shows at most a thousand problems of one file', () => {
  traceDiagnostics(host.services);
  open('/w/a.jsonl', ...Array.from({ length: 1001 }, (_, index) => badLine(index + 1)), badLine(1, '/w/b.log'));
  const { '/w/a.jsonl': own = [], '/w/b.log': other = [] } = shown();
  expect(own).toHaveLength(1000);
  expect(own.at(-1)).toContain('1000');
  expect(other).toHaveLength(1);
});

it('removes everything when the extension stops', () => {
  const feature = traceDiagnostics(host.services);
  const trace = open('/w/a.jsonl', badLine(3));
  feature.dispose();
  trace.grow([badLine(8)]);
  expect(shown()).toEqual({});
});
