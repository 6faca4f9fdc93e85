/** Commands, flags and help of the command line, and one sentence for each wrong usage. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/base/command.ts';
import { exec } from '../../src/cli/commands/exec.ts';
import { inspect } from '../../src/cli/commands/inspect.ts';
import { replay } from '../../src/cli/commands/replay.ts';
import { tap } from '../../src/cli/commands/tap.ts';
import { validate } from '../../src/cli/commands/validate.ts';
import { topics, topicText } from '../../src/cli/topics.ts';
import { repoPath } from '../support/paths.ts';
import { samplePath } from '../support/samples.ts';
import { expectOrderly, expectRefused, guardscope, guardscopeHere } from './run.ts';

const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
const guard = samplePath('files-and-memory', 'guard.wasm');
const commands: readonly Command[] = [inspect, exec, replay, validate, tap];

describe('help', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('%j lists the commands and the exit codes', async (args) => {
    const run = await guardscopeHere(args);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const { name } of commands) expect(run.stdout).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
    expect(run.stdout).toContain('Exit codes: 0 success');
    for (const { name, summary } of topics) expect(run.stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  it.each(commands)('of $name is the same for every form of the request, and names every flag', async (of) => {
    const { name: command, flags } = of;
    const requests = [
      ['help', command],
      [command, '--help'],
      [command, '-h'],
    ];
    const runs = await Promise.all(requests.map((args) => guardscopeHere(args)));
    const stdout = runs[0]?.stdout ?? '';
    for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '', stdout });
    expect(stdout).toMatch(new RegExp(`^guardscope ${command} `));
    for (const flag of Object.keys(flags)) expect(stdout).toMatch(new RegExp(`^  --${flag}(?: [A-Z]+)?  `, 'm'));
  });

  it('of a document that is not beside the command line names the file and the next step', () => {
    const topic = { name: 'none', summary: 'None.', file: 'docs/none.md' };
    expect(() => topicText(topic)).toThrow('it has no file "media/docs/none.md"');
    expect(() => topicText(topic)).toThrow(expect.objectContaining({ code: 'cli/no-document' }) as Error);
  });

  it('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as { version: string };
    expect(await guardscope(['--version'])).toMatchObject({
      code: 0,
      stdout: `${version}\nMirrors gh-aw-mcpg, snapshot of 22 August 2026\n`,
      stderr: '',
    });
  });
});

describe('wrong usage is exit code 2 with a sentence and the help command', () => {
  it.each<readonly [readonly string[], string]>([
    [['nonsense'], 'Unknown command "nonsense"'],
    [['--json'], 'Unknown command "--json"'],
    [['help', 'nonsense'], 'Unknown command "nonsense"'],
    [['inspect'], 'Missing GUARD'],
    [['inspect', guard, 'more'], 'Unexpected argument "more"'],
    [['inspect', guard, '--jsom'], 'Unknown flag "--jsom"'],
    [['inspect', guard, '-j'], 'Unknown flag "-j"'],
    [['inspect', guard, '--json=yes'], 'Flag "--json" does not take an argument'],
    [['exec'], 'Missing --guard'],
    [['exec', '--guard', guard], 'Missing --steps'],
    [['replay'], 'Missing TRACE'],
    [['replay', trace], 'Missing --guard'],
    [['replay', trace, '--guard'], 'Flag "--guard" needs a value'],
    [['replay', trace, '--guard', '--json'], 'Flag "--guard" needs a value, and "--json" looks like a flag'],
    [
      ['replay', trace, '--guard', guard, '--deadline', '-5'],
      'Flag "--deadline" needs a value, and "-5" looks like a flag; to pass it as a value, write --deadline=-5',
    ],
    [
      ['replay', trace, '--guard', guard, '--mode', 'lax'],
      '--mode is "lax"; expected one of strict, filter, propagate',
    ],
    [
      ['replay', trace, '--guard', guard, '--backend', 'other'],
      '--backend is "other"; expected one of recorded, none, live',
    ],
    [['replay', trace, '--guard', guard, '--deadline', '1.5'], '--deadline is "1.5"; expected a whole number'],
    [['replay', trace, '--guard', guard, '--deadline=-1'], '--deadline is "-1"; expected a whole number'],
    [['replay', trace, '--guard', guard, '--deadline', ''], '--deadline is ""; expected a whole number'],
  ])('for %j', async (args, sentence) => {
    const run = await guardscopeHere(args);
    expectRefused(run, 2, 'cli/usage', `guardscope: ${sentence}`, 'Run "guardscope help');
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('names the guard or the configuration next to the trace when --guard is missing', async () => {
    const flags = `--guard ${guard} --policy ${samplePath('files-and-memory', 'policy.json')}`;
    const run = await guardscopeHere(['replay', trace]);
    expectRefused(run, 2, 'cli/usage', 'Missing --guard', `for usage. Files next to the trace: ${flags}\n`);
    const folder = mkdtempSync(join(tmpdir(), 'guardscope-usage-'));
    writeFileSync(join(folder, 'config.toml'), '[servers.files]\n');
    const beside = await guardscopeHere(['replay', join(folder, 'rpc-messages.jsonl')]);
    const config = `--config ${join(folder, 'config.toml')}`;
    rmSync(folder, { recursive: true });
    expectRefused(beside, 2, 'cli/usage', 'Missing --guard', `for usage. Files next to the trace: ${config}\n`);
    const away = await guardscopeHere(['replay', '/no/such/trace']);
    expectRefused(away, 2, 'cli/usage', 'Missing --guard', 'for usage\n');
  });

  it('is reported before any file is read', async () => {
    const run = await guardscopeHere(['replay', '/no/such/trace', '--guard', '/no/such/guard', '--mode', 'lax']);
    expectRefused(run, 2, 'cli/usage');
  });
});
