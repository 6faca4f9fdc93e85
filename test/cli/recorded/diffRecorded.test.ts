/** `diff --recorded`: a run against the session as it was recorded. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { samplePath } from '../../support/samples.ts';
import { readSession, sessionNames, writeConfig } from '../../sessions/session.ts';
import { proves } from '../../support/proves.ts';
import { expectRefused, guardscopeHere } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = (name: string): string => samplePath('files-and-memory', name);
const guard = ['--guard', sample('guard.wasm')];
const capture = sample('trace.guardtrace.jsonl');
const gatewayLog = sample('gateway-log/rpc-messages.jsonl');

describe('diff --recorded', () => {
  it('of a capture compares with the answers of its guard', async () => {
    proves('own:recorded-baseline');
    const same = await guardscopeHere(['diff', '--recorded', capture, ...guard, '--policy', sample('policy.json')]);
    expect(same.stdout).toMatch(/^All 32 calls are decided as before\nguard time /);
    expect(same.code).toBe(0);
    const other = ['--policy', sample('policy-public.json')];
    const { code, stdout } = await guardscopeHere(['diff', '--recorded', capture, ...guard, ...other]);
    expect(code).toBe(1);
    expect(stdout).toContain('18 of 32 calls are decided differently\n');
    expect(stdout).toMatch(/ 29 {2}write_file .*\n +outcome +was denied, is allowed {2}\/outcome\n/);
  });

  it('of a log of the gateway compares with how its calls ended, in every form of report', async () => {
    const run = ['diff', '--recorded', gatewayLog, ...guard, '--policy', sample('policy-public.json')];
    const { code, stdout } = await guardscopeHere(run);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ 27 {2}read_text_file .*\n +outcome +was allowed, is blocked {2}\/outcome\n/);
    expect(stdout).toMatch(/\n12 of 32 calls are decided differently\n/);
    const json = await guardscopeHere([...run, '--json']);
    const lines = json.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object).at(-1)).toMatchObject({
      kind: 'summary',
      compared: 32,
      changed: 12,
      uncompared: 0,
    });
    const markdown = await guardscopeHere([...run, '--markdown']);
    expect(markdown.stdout).toContain('### rpc-messages.jsonl: as recorded → guard.wasm\n');
  });

  it('of a trace that says nothing, or without a guard, is refused with the next step', async () => {
    const bare = join(folder, 'bare.guardtrace.jsonl');
    const lines = readFileSync(capture, 'utf8').split('\n');
    writeFileSync(bare, lines.filter((line) => !line.includes('"guard":')).join('\n'));
    const policy = ['--policy', sample('policy.json')];
    expectRefused(
      await guardscopeHere(['diff', '--recorded', bare, ...guard, ...policy]),
      2,
      'session/nothing-recorded',
    );
    expectRefused(await guardscopeHere(['diff', '--recorded', capture]), 2, 'cli/usage', '--recorded');
    expectRefused(
      await guardscopeHere(['diff', '--recorded', join(folder, 'none'), ...guard, ...policy]),
      2,
      'trace/unreadable',
    );
  });
});

/** A session whose gateway got its policy from its environment, which the configuration does not have. */
const otherPolicy = 'policy-override';
/** A log whose only calls lost their arguments. */
const silent = 'destroyed-write';

describe('recorded sessions of the gateway', () => {
  it.each(sessionNames().filter((name) => ![otherPolicy, silent].includes(name)))(
    '%s: every call ended as the replay decides it',
    async (name) => {
      const session = ['diff', '--recorded', readSession(name).trace, '--config', writeConfig(name, folder)];
      const { code, stdout } = await guardscopeHere(session);
      expect(stdout).toMatch(/^(?:All \d+ calls are|The call is) decided as before/);
      expect(code).toBe(0);
    },
  );

  it('that lost the arguments of its calls say nothing', async () => {
    const session = ['diff', '--recorded', readSession(silent).trace, '--config', writeConfig(silent, folder)];
    expectRefused(await guardscopeHere(session), 2, 'session/nothing-recorded');
  });

  it('with another policy has calls that ended otherwise', async () => {
    const session = [
      'diff',
      '--recorded',
      readSession(otherPolicy).trace,
      '--config',
      writeConfig(otherPolicy, folder),
    ];
    const { code, stdout } = await guardscopeHere(session);
    expect(code).toBe(1);
    expect(stdout).toMatch(/outcome +was blocked, is allowed {2}\/outcome\n/);
  });
});
