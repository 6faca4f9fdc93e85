/** `test`: runs guard tests, says what is not decided as accepted, accepts it, and makes tests. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { type CliRun, expectOrderly, expectRefused, guardscopeHere } from '../run.ts';

const root = mkdtempSync(join(tmpdir(), 'guardscope-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const files = [
  'guard.wasm',
  'guard.wasm.json',
  'policy.json',
  'policy-public.json',
  'policy-mail.json',
  'trace.guardtrace.jsonl',
];
let folder = '';
let round = 0;
/** A folder with copies of the sample and its guard tests. */
beforeEach(() => {
  folder = join(root, String(++round));
  mkdirSync(folder);
  for (const name of [...files, 'files.guardtest.json', 'policies.guardtest.json']) {
    cpSync(samplePath('files-and-memory', name), join(folder, name));
  }
});

const at = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(at(name), 'utf8');
const edit = (name: string, from: string, to: string): void => {
  const text = textOf(name);
  expect(text).toContain(from);
  writeFileSync(at(name), text.replace(from, to));
};
const run = (...args: readonly string[]): Promise<CliRun> => guardscopeHere(['test', ...args]);

/** Every element is closed in order, and what stands between has only references that XML knows. */
function expectWellFormed(xml: string): void {
  const [declaration, ...rest] = xml.split('\n');
  expect(declaration).toBe('<?xml version="1.0" encoding="UTF-8"?>');
  const open: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [a-z]+="[^"<>]*")*)(\/?)>/g;
  const between = rest
    .join('\n')
    .replaceAll(tag, (_, closes: string, name: string, attributes: string, empty: string) => {
      if (closes === '/') expect(open.pop()).toBe(name);
      else if (empty === '') open.push(name);
      return attributes;
    });
  expect(open).toEqual([]);
  expect(between).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/);
  // oxlint-disable-next-line no-control-regex -- Characters that XML 1.0 does not have.
  expect(between).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/);
}

describe('a run', () => {
  it('passes what is decided as accepted, in all folders but those of programs', async () => {
    proves('own:guard-tests');
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(at('node_modules/bad.guardtest.json'), '{');
    const { code, stdout, stderr } = await run(folder);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => line.startsWith('PASS'))).toHaveLength(4);
    expect(stdout).toContain('policies.guardtest.json (policy-mail.json)  All 6 calls are decided as before');
    expect(stdout).toContain('\n4 guard tests passed\n');
    expect(code).toBe(0);
  });

  it('fails where a decision is not the accepted one, with its place in the file', async () => {
    edit('files.guardtest.json', '"policy.json"', '"policy-public.json"');
    const { code, stdout } = await run(at('files.guardtest.json'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL .*files\.guardtest\.json {2}18 of 32 calls are decided differently/);
    expect(stdout).toMatch(/ 23 {2}edit_file .*\n +outcome +was allowed 1\/1, is denied {2}\/accepted\/22\/outcome\n/);
    expect(stdout).toContain('0 guard tests passed, 1 failed');
  });

  it('--json gives one object for each combination, with what was expected', async () => {
    edit('policies.guardtest.json', '"outcome": "blocked"', '"outcome": "allowed"');
    const { code, stdout } = await run(at('policies.guardtest.json'), '--json');
    expect(code).toBe(1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ status, policy, calls }) => [status, policy, calls])).toEqual([
      ['failed', 'policy.json', 6],
      ['passed', 'policy-public.json', 6],
      ['passed', 'policy-mail.json', 6],
    ]);
    expect(lines[0]?.['failed']).toMatchObject([
      {
        call: 9,
        changes: [
          {
            kind: 'outcome',
            field: 'outcome',
            pointer: '/cases/0/accepted/0/outcome',
            before: 'allowed',
            after: 'blocked',
          },
        ],
      },
    ]);
  });

  it('a range decides the calls before it, too', async () => {
    const { stdout } = await run(at('policies.guardtest.json'), '--json');
    expect(stdout).toContain('"calls":6');
    edit('policies.guardtest.json', '"9-12,23,29"', '"9-12,23,29,99"');
    const { code, stderr } = await run(at('policies.guardtest.json'));
    expect(stderr).toContain('policies.guardtest.json:6:12: warning: "calls" goes to call 99, and the trace has 32');
    expect(code).toBe(0);
  });
});

describe('bad input', () => {
  it('a trace that is gone is reported at its name in the test', async () => {
    proves('own:guard-test-problems');
    rmSync(at('trace.guardtrace.jsonl'));
    const result = await run(at('files.guardtest.json'));
    expectOrderly(result);
    expect(result.code).toBe(2);
    expect(result.stdout).toMatch(/^ERROR .*files\.guardtest\.json/);
    expect(result.stderr).toContain(
      'files.guardtest.json:3:12: error: The trace "trace.guardtrace.jsonl" of this guard test is not there',
    );
  });

  it('a trace that was captured anew is reported, and its calls are matched by what was called', async () => {
    const lines = textOf('trace.guardtrace.jsonl').split('\n');
    const one = lines.findIndex((line) => line.includes('list_allowed_directories') && line.includes('tools/call'));
    const id = (JSON.parse(lines[one] ?? '') as { readonly msg: { readonly id: number } }).msg.id;
    const without = lines.filter(
      (line) => line === '' || (JSON.parse(line) as { readonly msg?: { readonly id?: number } }).msg?.id !== id,
    );
    writeFileSync(at('trace.guardtrace.jsonl'), without.join('\n'));
    const { code, stdout, stderr } = await run(at('files.guardtest.json'));
    expect(stderr).toContain(
      'files.guardtest.json:6:16: warning: The trace "trace.guardtrace.jsonl" has other content than when its decisions were accepted',
    );
    expect(stdout).toContain('is accepted, and is not decided');
    expect(stdout).toContain('1 call missing');
    expect(code).toBe(1);
    expect((await run('--update', at('files.guardtest.json'))).code).toBe(0);
    const again = await run(at('files.guardtest.json'));
    expect([again.code, again.stderr]).toEqual([0, '']);
  });

  it('line ends that Git changed are not another trace', async () => {
    writeFileSync(at('trace.guardtrace.jsonl'), textOf('trace.guardtrace.jsonl').replaceAll('\n', '\r\n'));
    const { code, stderr } = await run(at('files.guardtest.json'));
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each([
    ['"guard.wasm"', '"none.wasm"', 2, 'files.guardtest.json:4:12: error: Cannot read the guard'],
    ['"guard.wasm"', '"policy.json"', 3, 'files.guardtest.json:4:12: error: '],
    ['"policy.json"', '"guard.wasm.json"', 2, 'files.guardtest.json:5:13: error: The gateway would refuse the policy'],
    [
      '"guard": "guard.wasm"',
      '"config": "none.toml"',
      2,
      'files.guardtest.json:4:13: error: Cannot read the configuration',
    ],
    ['"policy": "policy.json"', '"lookups": "policy.json"', 2, 'files.guardtest.json:5:14: error: The look-ups in'],
    ['"schema"', '"shema"', 2, 'files.guardtest.json:2:3: error: "shema" is not a member'],
    ['{', '', 2, 'error: The guard test is not JSON'],
  ])('%s → %s is reported at its place', async (from, to, exitCode, text) => {
    edit('files.guardtest.json', from, to);
    const result = await run(at('files.guardtest.json'));
    expectOrderly(result);
    expect(result.stderr).toContain(text);
    expect(result.code).toBe(exitCode);
    expect(result.stdout).toContain('1 could not be run');
  });

  it('paths without a test, and flags that do not go together, are refused', async () => {
    mkdirSync(at('empty'));
    expectRefused(await run(at('empty')), 2, 'guardtest/none-found');
    expectRefused(await run(at('none')), 2, 'guardtest/unreadable');
    expectRefused(await run('--call', '3'), 2, 'cli/usage', '--call needs --update');
    expectRefused(await run('--update', '--field', 'items'), 2, 'cli/usage', '--field needs --call');
    expectRefused(await run('--guard', 'x'), 2, 'cli/usage', '--guard needs --create');
    expectRefused(await run('--create', 'x', '--update'), 2, 'cli/usage', '--create cannot be used with --update');
    expectRefused(await run('--create', 'x', 'trace'), 2, 'cli/usage', '--create needs --guard');
  });
});

describe('reports', () => {
  it('are JUnit XML, SARIF and Markdown with the calls that are not decided as accepted', async () => {
    proves('own:guard-test-reports');
    edit('policies.guardtest.json', '"outcome": "blocked"', '"outcome": "allowed"');
    writeFileSync(at('bad.guardtest.json'), '{"<&": "\\u0001"}');
    const out = (name: string): string => at(`out/${name}`);
    const flags = ['--junit', out('junit.xml'), '--sarif', out('sarif.json'), '--markdown', out('summary.md')];
    const { code } = await run(folder, ...flags);
    expect(code).toBe(2);

    const junit = readFileSync(out('junit.xml'), 'utf8');
    expectWellFormed(junit);
    expect(junit).toMatch(/<testsuites name="guardscope" tests="51" failures="1" errors="1"/);
    expect(junit).toMatch(
      /<testcase [^>]*name="call 9: read_text_file [^>]*>\n +<failure message="outcome was allowed 0\/1, is blocked 0\/1 \/cases\/0\/accepted\/0\/outcome">/,
    );
    expect(junit).toContain('&lt;&amp;');

    const sarif = JSON.parse(readFileSync(out('sarif.json'), 'utf8')) as {
      readonly version: string;
      readonly runs: readonly { readonly results: readonly Record<string, unknown>[] }[];
    };
    expect(sarif.version).toBe('2.1.0');
    const line =
      textOf('policies.guardtest.json')
        .split('\n')
        .findIndex((each) => each.includes('"outcome": "allowed"')) + 1;
    expect(sarif.runs[0]?.results.at(-1)).toMatchObject({
      ruleId: 'guardtest/decision-changed',
      message: { text: 'Call 9, read_text_file (policy.json): outcome was allowed 0/1, is blocked 0/1' },
      locations: [{ physicalLocation: { region: { startLine: line } } }],
    });
    expect(sarif.runs[0]?.results[0]).toMatchObject({ ruleId: 'guardtest/bad-member', level: 'error' });

    const summary = readFileSync(out('summary.md'), 'utf8');
    expect(summary).toContain('3 guard tests passed, 1 failed, 1 could not be run.');
    expect(summary).toContain('| trace.guardtrace.jsonl | ❌ 1 of 6 calls is decided differently | ✅ | ✅ |');
    expect(summary).toContain('**outcome**: was allowed 0/1, is blocked 0/1');
  });

  it('that cannot be written are a failure', async () => {
    const file = at('files.guardtest.json/x.xml');
    const { code, stderr } = await run(at('policies.guardtest.json'), '--junit', file);
    expect(code).toBe(2);
    expect(stderr).toContain('[guardtest/report-unwritable]');
  });
});

describe('accepting', () => {
  const failures = async (): Promise<number> => {
    const { stdout } = await run(at('files.guardtest.json'), '--json');
    return (JSON.parse(stdout) as { readonly failed: readonly unknown[] }).failed.length;
  };

  it('accepts one field, one call, and all', async () => {
    proves('own:guard-test-accept');
    edit('files.guardtest.json', '"policy.json"', '"policy-public.json"');
    const file = at('files.guardtest.json');
    expect(await failures()).toBe(18);
    await run('--update', '--call', '23', '--field', 'outcome', file);
    expect(await failures()).toBe(18);
    expect(textOf('files.guardtest.json')).toMatch(
      /"call": 23,.*\n +"outcome": "denied",\n +"mode": "filter",\n +"operation": "read-write",\n +"resource": \{ "description": "file:customers\/acme/,
    );
    await run('--update', '--call', '23', file);
    expect(await failures()).toBe(17);
    const { code, stderr } = await run('--update', file);
    expect(code).toBe(0);
    expect(stderr).toContain(`the decisions of "${file}" are accepted`);
    expect(await failures()).toBe(0);
  });

  it('does not write a test that passes', async () => {
    const before = textOf('files.guardtest.json').replace('"outcome": "allowed",', '"outcome":   "allowed",');
    writeFileSync(at('files.guardtest.json'), before);
    const { code, stderr } = await run('--update', at('files.guardtest.json'));
    expect([code, stderr]).toEqual([0, '']);
    expect(textOf('files.guardtest.json')).toBe(before);
  });

  it('does not write a test that cannot be run', async () => {
    edit('files.guardtest.json', '"policy.json"', '"none.json"');
    const before = textOf('files.guardtest.json');
    expect((await run('--update', at('files.guardtest.json'))).code).toBe(2);
    expect(textOf('files.guardtest.json')).toBe(before);
  });
});

describe('--create', () => {
  const inputs = (): readonly string[] => [
    at('trace.guardtrace.jsonl'),
    '--guard',
    at('guard.wasm'),
    '--policy',
    at('policy.json'),
  ];

  it('makes the test of the sample, with paths relative to it', async () => {
    const { code, stdout } = await run('--create', at('new.guardtest.json'), ...inputs());
    expect(code).toBe(0);
    expect(stdout).toContain('accepts 32 decisions; review them');
    expect(textOf('new.guardtest.json')).toBe(textOf('files.guardtest.json'));
  });

  it('makes a test of some calls in another folder', async () => {
    mkdirSync(at('tests'));
    await run('--create', at('tests/some.guardtest.json'), '--calls', '2-3,29', ...inputs());
    expect(textOf('tests/some.guardtest.json')).toContain(
      '"trace": "../trace.guardtrace.jsonl",\n  "guard": "../guard.wasm",',
    );
    const { stdout } = await run(at('tests'));
    expect(stdout).toContain('All 3 calls are decided as before');
  });

  it('refuses a bad name, a file that is there, and inputs that cannot be used; nothing is written', async () => {
    expectRefused(await run('--create', at('x.json'), ...inputs()), 2, 'guardtest/bad-name');
    expectRefused(await run('--create', at('files.guardtest.json'), ...inputs()), 2, 'guardtest/exists');
    expectRefused(
      await run('--create', at('x.guardtest.json'), '--calls', 'x', ...inputs()),
      2,
      'guardtest/bad-member',
    );
    const noTrace = await run('--create', at('x.guardtest.json'), at('none.jsonl'), '--guard', 'noop');
    expectRefused(noTrace, 2, 'guardtest/no-trace');
    expectRefused(await run('--create', at('none/x.guardtest.json'), ...inputs()), 2, 'guardtest/unwritable');
    expect(() => textOf('x.guardtest.json')).toThrow('ENOENT');
  });
});
