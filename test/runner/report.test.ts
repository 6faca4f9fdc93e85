/** Counting the report of a stage: passed, failed, unfinished and flaky tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appendReport, readReport, type ReportLine, tally } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const result = (file: string, name: string, ok: boolean): ReportLine => ({
  kind: 'test',
  file,
  id: name,
  name,
  ok,
  ms: 1,
  ...(ok ? {} : { error: `${name} is wrong` }),
});
const planned = (file: string): ReportLine => ({ kind: 'planned', file });
const finished = (file: string): ReportLine => ({ kind: 'finished', file, ms: 1 });

describe('a tally', () => {
  it('counts passed tests, and has a text for each failed test', () => {
    const lines = [planned('a'), result('a', 'one', true), result('a', 'two', false), finished('a')];
    expect(tally(lines)).toEqual({ passed: 1, failures: ['FAILED a > two\ntwo is wrong'], flaky: [] });
  });

  it('names a planned file that did not finish, and counts its finished tests', () => {
    const lines = [planned('a'), planned('b'), result('a', 'one', true), result('a', 'two', true)];
    expect(tally(lines)).toEqual({
      passed: 2,
      failures: [
        'FAILED a: it did not finish (2 of its tests did)',
        'FAILED b: it did not finish (0 of its tests did)',
      ],
      flaky: [],
    });
  });

  it('reports a file as flaky when one of its tests failed and passed in a later attempt', () => {
    const lines = [result('a', 'one', false), result('a', 'two', false), result('a', 'one', true)];
    expect(tally([...lines, result('a', 'two', true)])).toEqual({
      passed: 2,
      failures: [],
      flaky: [{ file: 'a', error: 'one\none is wrong' }],
    });
  });

  it('reports a test that fails in every attempt as failed, not flaky', () => {
    const { failures, flaky } = tally([result('a', 'one', false), result('a', 'one', false)]);
    expect([failures.length, flaky]).toEqual([1, []]);
  });
});

describe('a report', () => {
  it('returns the appended lines', () => {
    const path = join(folder, 'whole.jsonl');
    appendReport(path, planned('a'));
    appendReport(path, finished('a'));
    expect(readReport(path)).toEqual([planned('a'), finished('a')]);
  });

  it('ignores a last line that was cut off', () => {
    const path = join(folder, 'cut.jsonl');
    writeFileSync(path, `${JSON.stringify(planned('a'))}\n{"kind":"fini`);
    expect(readReport(path)).toEqual([planned('a')]);
  });

  it('is empty when its file does not exist', () => {
    expect(readReport(join(folder, 'none.jsonl'))).toEqual([]);
  });
});
