/** The command `tap`: its arguments, its help, and its exit code. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tap } from '../../src/cli/commands/tap.ts';
import { expectOrderly, expectRefused, guardscope } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'tap-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const capture = join(folder, 'session.guardtrace.jsonl');

describe('tap', () => {
  it('is described in the help with its flags and the command after them', async () => {
    const run = await guardscope(['tap', '--help']);
    expectOrderly(run);
    expect(run.stdout).toMatch(/^guardscope tap \[flags\] -- COMMAND…\n/);
    for (const flag of Object.keys(tap.flags)) expect(run.stdout).toContain(`--${flag}`);
  });

  it('passes the flags after -- to the server', async () => {
    const run = await guardscope(['tap', '--out', capture, '--', 'echo', '--help', '--out', 'x', '--', '-h']);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stdout: '--help --out x -- -h\n' });
    expect(readFileSync(capture, 'utf8')).toContain('"raw":"--help --out x -- -h"');
  });

  it.each<readonly [readonly string[], string]>([
    [['tap'], 'Missing --out'],
    [['tap', '--out', capture], 'Missing -- COMMAND'],
    [['tap', '--out', capture, '--'], 'Missing -- COMMAND'],
    [['tap', '--out', capture, 'server'], 'Unexpected argument "server"'],
    [['tap', '--out', capture, '--keep', 'some', '--', 'cat'], '--keep is "some"; expected a whole number'],
    [['tap', '--out', capture, '--max-size', '0', '--', 'cat'], '--max-size is "0"; expected at least 1'],
    [
      ['tap', '--out', capture, '--deadline', '0', '--guard', 'noop', '--', 'cat'],
      '--deadline is "0"; expected at least 1',
    ],
    [['tap', '--output', capture, '--', 'cat'], 'Unknown flag "--output"'],
  ])('refuses %j as wrong usage', async (args, sentence) => {
    expectRefused(await guardscope(args), 2, 'cli/usage', sentence);
  });

  it('ends with the exit code of the server', async () => {
    expect(await guardscope(['tap', '--out', capture, '--', 'sh', '-c', 'exit 42'])).toMatchObject({
      code: 42,
      stderr: '',
    });
  });
});
