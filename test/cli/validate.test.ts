/** `guardscope validate`: policies with the positions of faults, configurations with an account of every server; and replays from a configuration. */
import { mkdirSync, mkdtempSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/base/json.ts';
import { samplePath } from '../support/samples.ts';
import { type CliRun, expectOrderly, expectRefused, guardscope, guardscopeHere } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'validate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(text: string, extension = 'json'): string {
  const path = join(folder, `file-${++files}.${extension}`);
  writeFileSync(path, text);
  return path;
}

/** Replaces the variables of this machine's environment that the gateway would read. */
const env = {
  MCP_GATEWAY_WASM_GUARDS_DIR: join(folder, 'guards'),
  GITHUB_REPOSITORY: '',
  GITHUB_TOKEN: '',
  GH_TOKEN: '',
};

const sample = (name: string): string => samplePath('files-and-memory-as', name);
const trace = sample('trace.guardtrace.jsonl');
const policy = JSON.parse(readFileSync(sample('policy.json'), 'utf8')) as { 'allow-only': { repos: string[] } };

function server(id: string, lines: string): string {
  return `[servers.${id}]\ntype = "http"\nurl = "http://localhost"\n${lines}\n`;
}

function allowOnly(id: string): string {
  const { repos } = policy['allow-only'];
  return `[servers.${id}.guard_policies.allow-only]\nrepos = ${JSON.stringify(repos)}\nmin-integrity = "approved"`;
}

describe('a policy', () => {
  it('that the gateway accepts is exit code 0', async () => {
    const run = await guardscopeHere(['validate', sample('policy.json')]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('the gateway accepts this allow-only policy');
  });

  it('that the gateway refuses is exit code 1, with the line and column of every fault', async () => {
    const path = file('{\n  "allow-only": {\n    "repos": "some",\n    "min-integrty": "none"\n  }\n}\n');
    const run = await guardscopeHere(['validate', path]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`${path}:4:5: error: allow-only contains unsupported field "min-integrty"`);
    expect(run.stderr).toContain(`${path}:3:14: error: allow-only.repos string must be 'all' or 'public'`);
    expect(run.stderr).toContain('Did you mean "min-integrity"?');
  });

  it('is one JSON object with --json', async () => {
    const run = await guardscopeHere(['validate', file('{"write-sink":{"accept":["*"," x"]}}'), '--json']);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ kind: null, policy: null, problems: [{ severity: 'error' }, {}] });
    const fine = await guardscopeHere(['validate', sample('policy.json'), '--json']);
    expect(JSON.parse(fine.stdout)).toEqual({ kind: 'allow-only', policy, problems: [] });
  });

  it('is selected by --server in a map of servers', async () => {
    const path = file(JSON.stringify({ a: policy, b: { 'write-sink': { accept: ['*'] } } }));
    expect(await guardscopeHere(['validate', path, '--server', 'b'])).toMatchObject({ code: 0 });
    const run = await guardscopeHere(['validate', path]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('[policy/which-server]');
  });

  it('with a byte order mark is refused as the gateway does', async () => {
    const run = await guardscopeHere(['validate', file('\ufeff{"write-sink":{"accept":["*"]}}')]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Save the file without a byte order mark');
  });

  it('that cannot be read is exit code 2', async () => {
    expectRefused(await guardscopeHere(['validate', join(folder, 'no.json')]), 2, 'policy/unreadable');
    expectRefused(await guardscopeHere(['validate']), 2, 'cli/usage', 'Missing POLICY');
    expectRefused(await guardscopeHere(['validate', 'a', '--config', 'b']), 2, 'cli/usage', 'not both');
  });
});

describe('a configuration', () => {
  const validate = (...args: readonly string[]): Promise<CliRun> =>
    guardscope(['validate', '--config', ...args], { env });

  it('gives an account of every server', async () => {
    mkdirSync(join(folder, 'guards', 'found'), { recursive: true });
    copyFileSync(sample('guard.wasm'), join(folder, 'guards', 'found', 'a.wasm'));
    const sink = '[servers.out.guard_policies.write-sink]\naccept = ["*"]';
    const run = await validate(file(server('found', allowOnly('found')) + server('out', sink), 'toml'));
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('the gateway starts\n\nfound\n  Guard: ');
    expect(run.stdout).toContain(`${join(folder, 'guards', 'found', 'a.wasm')} (found in the server's guards folder)`);
    expect(run.stdout).toContain("\n\nout\n  Guard: the gateway's write-sink guard");
    const only = await validate(file(server('found', '') + server('out', ''), 'toml'), '--server', 'out');
    expect(only.stdout).not.toContain('found\n');
  });

  it('that the gateway refuses is exit code 1, with the position of each fault', async () => {
    const path = file(`${server('s', '')}[gateway]\nguards_mode = "filter"\n`, 'toml');
    const run = await validate(path);
    expectOrderly(run);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('the gateway does not start');
    expect(run.stderr).toContain(
      `${path}:6:1: error: configuration contains unrecognized field(s): gateway.guards_mode`,
    );
  });

  it('with a server whose calls all fail is exit code 1', async () => {
    const run = await validate(file(server('s', '[servers.s.guard_policies]\nrepos = "all"'), 'toml'));
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('the gateway starts');
    expect(run.stderr).toContain('server "s": ');
    expect(run.stderr).toContain('repos specified without min-integrity');
  });

  it('is one JSON object with --json', async () => {
    const path = file(server('s', 'tool_timeout = 20'), 'toml');
    const run = await validate(path, '--json', '--repository', 'public');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      startError: null,
      problems: [],
      servers: [
        {
          server: 's',
          guard: { kind: 'noop' },
          policy: { 'allow-only': { repos: 'public', 'min-integrity': 'none' } },
          forced: true,
          mode: 'strict',
          toolTimeoutMs: 20_000,
          toolCallLimits: {},
        },
      ],
    });
  });

  it('that is unreadable or lacks the server is exit code 2', async () => {
    expectRefused(await validate(join(folder, 'no.toml')), 2, 'config/unreadable');
    expectRefused(await validate(file(server('s', ''), 'toml'), '--server', 't'), 2, 'cli/usage', 'has no server "t"');
    expectRefused(
      await validate(file('', 'toml'), '--repository', 'secret'),
      2,
      'cli/usage',
      'public, private, internal',
    );
  });
});

describe('a replay with a configuration', () => {
  const replay = (...args: readonly string[]): Promise<CliRun> =>
    guardscope(['replay', trace, '--json', ...args], { env });
  const records = (run: CliRun): readonly JsonObject[] => {
    expect(run.code, run.stderr).toBe(0);
    return run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject);
  };
  const serverOf = (run: CliRun): string => {
    const id = records(run)[0]?.['server'];
    return typeof id === 'string' ? id : '';
  };
  const decisions = (run: CliRun): readonly unknown[] =>
    records(run).map(({ tool, outcome, mode }) => [tool, outcome, mode]);

  it('takes guard and policy from it', async () => {
    const plain = await replay('--guard', sample('guard.wasm'), '--policy', sample('policy.json'));
    const id = serverOf(plain);
    const guard = `guard = "own"\n${allowOnly(id)}\n[guards.own]\ntype = "wasm"\npath = "${sample('guard.wasm')}"`;
    const config = file(server(id, guard), 'toml');
    const run = await replay('--config', config);
    expect(decisions(run)).toEqual(decisions(plain));
    expect(decisions(run).length).toBeGreaterThan(3);
    const noop = decisions(await replay('--config', config, '--guard', 'noop', '--policy', sample('policy.json')));
    expect(noop).not.toEqual(decisions(plain));
  });

  it('takes the mode from it, and the noop guard when it has none', async () => {
    const id = serverOf(await replay('--guard', 'noop'));
    const config = file(`guards_mode = "propagate"\n${server(id, '')}`, 'toml');
    expect(records(await replay('--config', config)).every(({ mode }) => mode === 'propagate')).toBe(true);
    expect(records(await replay('--config', config, '--mode', 'filter')).every(({ mode }) => mode === 'filter')).toBe(
      true,
    );
  });

  it('takes the write-sink guard from it', async () => {
    const id = serverOf(await replay('--guard', 'noop'));
    const config = file(server(id, `[servers.${id}.guard_policies.write-sink]\naccept = ["*"]`), 'toml');
    const resources = records(await replay('--config', config)).flatMap(({ resource }) => resource ?? []);
    expect(resources.length).toBeGreaterThan(10);
    expect(resources.filter((resource) => !JSON.stringify(resource).includes('"write-sink:public ('))).toEqual([]);
  });

  it('keeps its policy for a guard of the command line, without a warning that there is none', async () => {
    const id = serverOf(await replay('--guard', 'noop'));
    const own = `guard = "own"\n${allowOnly(id)}\n[guards.own]\ntype = "wasm"\npath = "/no/such/guard.wasm"`;
    const run = await replay('--config', file(server(id, own), 'toml'), '--guard', sample('guard.wasm'));
    expect(records(run).some(({ outcome }) => outcome === 'filtered')).toBe(true);
    expect(run.stderr).not.toContain('policy/none');
  });

  it('names the servers of the trace that it does not have', async () => {
    const log = samplePath('files-and-memory', 'gateway-log/rpc-messages.jsonl');
    const run = await guardscope(['replay', log, '--json', '--config', file(server('files', ''), 'toml')], { env });
    expect(records(run).every((record) => record['server'] === 'files')).toBe(true);
    expect(run.stderr).toMatch(
      /has no server "memory": its \d+ calls are not decided \[gateway\/server-not-configured\]/,
    );
  });

  it('refuses tools that its list does not allow', async () => {
    const id = serverOf(await replay('--guard', 'noop'));
    const run = await replay('--config', file(server(id, 'tools = ["read_text_file"]'), 'toml'));
    const errors = records(run)
      .filter(({ tool }) => tool !== 'read_text_file')
      .map(({ error }) => (typeof error === 'string' ? error : ''));
    expect(errors.length).toBeGreaterThan(10);
    const text = 'is not in the allowed-tools list for this server';
    expect(errors.filter((error) => !error.endsWith(text))).toEqual([]);
    expect(records(run).some(({ tool, outcome }) => tool === 'read_text_file' && outcome === 'allowed')).toBe(true);
  });

  it('does not start when the gateway would not start', async () => {
    const config = file(server('s', 'x = 1'), 'toml');
    expectRefused(await replay('--config', config), 2, 'gateway/does-not-start', 'unrecognized field(s): servers.s.x');
    const other = file(server('other', ''), 'toml');
    expectRefused(await replay('--config', other), 2, 'gateway/no-such-server', 'Choose one of "other"');
  });
});
