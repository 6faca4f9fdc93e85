/** Problems of policies in the editor: which files are checked, when, and what is underlined. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Disposable } from 'vscode';
import { policyDiagnostics } from '../../../src/host/diagnostics/policyDiagnostics.ts';
import { fakeServices, type FakeServices, FakeTrace } from '../../support/vscode/hostServices.ts';
import { fake, type FakeDocument, fakeDocument, fire, resetVscode } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

/** Time until a typed change is checked, and a little more. */
const pauseMs = 200;

const misspelled = '{\n  "allow-only": { "repos": "all", "min-integrity": "aproved" }\n}';
const good = misspelled.replace('aproved', 'approved');

let host: FakeServices;
let feature: Disposable;

beforeEach(() => {
  vi.useFakeTimers();
  resetVscode();
  host = fakeServices();
});
afterEach(() => {
  feature.dispose();
  vi.useRealTimers();
});

/** Starts the feature with these documents in editors. */
function start(...documents: readonly FakeDocument[]): void {
  fake.documents.push(...documents);
  feature = policyDiagnostics(host.services);
}

/** `line:column-column: severity code: message` of each diagnostic of a file; undefined when the file was never checked. */
function shown(path: string): readonly string[] | undefined {
  const found = fake.diagnostics.get('guardscope.policy')?.get(path);
  return found?.map(({ range: { start: from, end }, severity, code, message, source }) => {
    const name = ['error', 'warning', 'information', 'hint'][severity] ?? '';
    return `${from.line}:${from.character}-${end.character} ${source} ${name} ${JSON.stringify(code)}: ${message}`;
  });
}

describe('a policy in an editor', () => {
  it('has the wrong value underlined, with the message of the gateway and the hint below it', () => {
    start(fakeDocument('/w/policy.json', misspelled));
    expect(shown('/w/policy.json')).toEqual([
      '1:51-60 Guardscope error "policy/value": ' +
        'allow-only.min-integrity must be one of: none, unapproved, approved, merged\nDid you mean "approved"?',
    ]);
  });

  it('has the first character underlined where there is no word', () => {
    start(fakeDocument('/w/policy.json', '{"allow-only": {,}}'));
    expect(shown('/w/policy.json')?.map((line) => line.split(' ', 1)[0])).toEqual(['0:16-17']);
  });

  it('is checked when it is opened later, and forgotten when it is closed', () => {
    start();
    const document = fakeDocument('/w/policy.json', misspelled);
    fire.openDocument(document);
    expect(shown('/w/policy.json')).toHaveLength(1);
    fire.closeDocument(document);
    expect(shown('/w/policy.json')).toBeUndefined();
  });

  it('is checked once after a pause in typing', () => {
    start(fakeDocument('/w/policy.json', good));
    expect(shown('/w/policy.json')).toEqual([]);
    fire.changeDocument(fakeDocument('/w/policy.json', misspelled));
    vi.advanceTimersByTime(100);
    fire.changeDocument(fakeDocument('/w/policy.json', '{"allow-only": 5}'));
    vi.advanceTimersByTime(100);
    expect(shown('/w/policy.json')).toEqual([]);
    vi.advanceTimersByTime(pauseMs);
    expect(shown('/w/policy.json')?.join()).toContain('policy/type');
  });

  it('keeps no problems when it is closed during the pause', () => {
    start();
    fire.changeDocument({ ...fakeDocument('/w/policy.json', misspelled), isClosed: true });
    vi.advanceTimersByTime(pauseMs);
    expect(shown('/w/policy.json')).toBeUndefined();
  });

  it('is not checked any more after the extension was stopped', () => {
    start(fakeDocument('/w/policy.json', good));
    fire.changeDocument(fakeDocument('/w/policy.json', misspelled));
    feature.dispose();
    vi.advanceTimersByTime(pauseMs);
    expect(shown('/w/policy.json')).toBeUndefined();
  });
});

describe('which files are policies', () => {
  const wrong = '{"allow-only": 5}';
  const path = '/w/a.json';

  it.each<[string, string, string?]>([
    ['a JSON file with the key of a policy', wrong],
    ['the key in a spelling that users try', '{"AllowOnly": 5}'],
    ['the key of a write-sink', '{"write-sink": 5}'],
    [
      'comments before the object and before the key',
      `// mine\n/* ** */ {/* too */ // and\n ${wrong.slice(1)}`,
      'jsonc',
    ],
    ['a byte order mark', `\uFEFF${wrong}`],
  ])('include %s', (_title, text, language) => {
    start(fakeDocument(path, text, language));
    expect(shown(path)?.length).toBeGreaterThan(0);
  });

  it.each<[string, string, string?]>([
    ['another language', wrong, 'markdown'],
    ['an object whose first key is another one', '{"name": "x", "allow-only": 5}'],
    ['a configuration with policies in it', `{"guards": {"g": ${wrong}}}`],
    ['a text that only mentions the key', 'see "allow-only"'],
    ['a key in a comment', '/* "allow-only": */ {}'],
    ['a file of over a megabyte', wrong + ' '.repeat(1_000_000)],
  ])('do not include %s', (_title, text, language) => {
    start(fakeDocument(path, text, language));
    expect(shown(path)).toEqual([]);
  });

  it.each([
    ['before the object', 1, 0],
    ['before the first key', 0, 1],
  ])('is decided at once with thousands of comments %s', (_where, before, inside) => {
    const comments = (times: number): string => '/* ** / */ '.repeat(20_000 * times);
    start(fakeDocument(path, `${comments(before)}{${comments(inside)}"other": {}, "allow-only": 5}`, 'jsonc'));
    expect(shown(path)).toEqual([]);
  });

  it('do not include a document that is not a file', () => {
    const document = fakeDocument(path, wrong);
    start({ ...document, uri: document.uri.with({ scheme: 'git' }) });
    expect(shown(path)).toEqual([]);
  });

  it('include every JSON file that an open trace uses as its policy, as long as the trace is open', () => {
    start(fakeDocument(path, '{"repos": "al"}'));
    expect(shown(path)).toEqual([]);
    const trace = new FakeTrace('/w/a.guardtrace.jsonl', { policy: path });
    host.services.sessions.add(trace.document);
    expect(shown(path)?.length).toBeGreaterThan(0);
    host.services.sessions.delete(trace.document);
    expect(shown(path)).toEqual([]);
  });
});
