/** The table of `guardscope replay` for guards that fail, make look-ups and log: lines below a call, and problems that repeat. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { askBackend, forever, type GuardText, guardBytes, sayStillHere } from '../engine/runtime/guards.ts';
import { samplePath } from '../support/samples.ts';
import { type CliRun, expectOrderly, guardscopeHere } from './run.ts';

const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
const calls = 32;
const folder = mkdtempSync(join(tmpdir(), 'replay-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let guards = 0;
async function replay(guard: GuardText, flags: readonly string[] = []): Promise<CliRun> {
  const path = join(folder, `${++guards}.wasm`);
  writeFileSync(path, guardBytes(guard));
  const run = await guardscopeHere(['replay', trace, '--guard', path, ...flags]);
  expectOrderly(run);
  return run;
}

describe('a guard that traps', () => {
  const reference = /^ {6}Refused: the guard is unavailable after its trap in call 1$/gm;

  test('has its frames below that call with --explain, and later calls refer to it', async () => {
    const { code, stdout } = await replay({ label_resource: 'unreachable' }, ['--explain']);
    expect(code).toBe(4);
    expect(stdout.match(/^ +at label_resource$/gm)).toHaveLength(1);
    expect(stdout.match(reference)).toHaveLength(calls - 1);
    expect(stdout).not.toContain('previous trap');
  });

  test.each([['unreachable'], [forever]])(
    'is referred to by later calls without --explain, too: %s',
    async (label_resource) => {
      const { code, stdout } = await replay({ label_resource: `${label_resource} (i32.const 0)` }, [
        '--deadline',
        '200',
      ]);
      expect(code).toBe(4);
      expect(stdout.match(reference)).toHaveLength(calls - 1);
      expect(stdout).not.toMatch(/^ +at /m);
    },
  );
});

describe('problems that repeat', () => {
  // An empty answer of label_response gives a warning for every call whose result is not an error.
  const warned = calls - 2;
  const emptyAnswers = {
    label_resource: '(memory.copy (local.get $out) (i32.const 50) (i32.const 79)) (i32.const 79)',
    rest: String.raw`(data (i32.const 50) "{\22resource\22:{\22description\22:\22r\22,\22secrecy\22:[],\22integrity\22:[]},\22operation\22:\22read\22}")`,
  };
  const warning = /warning: label_response wrote 0 bytes/g;

  test('are printed once, and then counted with the first calls', async () => {
    const { stderr } = await replay(emptyAnswers);
    expect(stderr.match(warning)).toHaveLength(1);
    const places = 'call 2, call 3, call 4, call 5, call 6, …';
    const rest = `warning: ${warned - 1} more problems like this at ${places}; use --explain to show them [difc/empty-label-response]`;
    expect(stderr.split('\n')).toContain(rest);
  });

  test('are printed one by one with --explain', async () => {
    const { stderr } = await replay(emptyAnswers, ['--explain']);
    expect(stderr.match(warning)).toHaveLength(warned);
    expect(stderr).not.toContain('more problem');
  });

  test('of a trace are counted completely, also beyond the listed ones', async () => {
    const path = join(folder, 'broken.guardtrace.jsonl');
    writeFileSync(path, `${readFileSync(trace, 'utf8').trimEnd()}\n${'{"broken":\n'.repeat(300)}`);
    const run = (flags: readonly string[]): Promise<CliRun> =>
      guardscopeHere(['replay', path, '--guard', 'noop', ...flags]);
    const { stderr } = await run([]);
    expect(stderr.match(/\[trace\/bad-line\]/g)).toHaveLength(2);
    expect(stderr).toMatch(
      /^error: 299 more problems like this at line \d+, .*, …; use --explain to list the first 100 \[/m,
    );
    for (const flags of [['--explain'], ['--json'], ['--follow', '--json']]) {
      const all = (await run(flags)).stderr;
      expect(all.match(/\[trace\/bad-line\]/g)).toHaveLength(101);
      expect(all).toContain('200 more problems of this kind, the last in line');
    }
  });
});

describe('log lines and look-ups of a guard', () => {
  const guard = { label_resource: `${sayStillHere} ${askBackend} ${sayStillHere} drop (i32.const -1)` };

  test('are printed below each call with --explain, in order', async () => {
    const { stdout } = await replay(guard, ['--explain']);
    const logLine = 'label_resource logged (info): still here\n';
    const lookup = 'label_resource looked up still: no recorded answer\n';
    expect(stdout.split(`      ${logLine}      ${lookup}      ${logLine}`)).toHaveLength(calls + 1);
  });

  test('have the kind of each answer', async () => {
    const { stdout } = await replay(guard, ['--explain', '--backend', 'none']);
    expect(stdout).toMatch(/^ {6}label_resource looked up still: error \(.+\)$/m);
  });

  test('are not printed without --explain', async () => {
    const { stdout } = await replay(guard);
    expect(stdout).not.toMatch(/logged \(|looked up/);
  });
});
