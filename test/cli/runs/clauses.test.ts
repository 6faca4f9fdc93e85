/** `clauses`: which calls of a session each clause of the policy decides. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { expectRefused, guardscopeHere } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-clauses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = (name: string): string => samplePath('files-and-memory', name);
const trace = sample('trace.guardtrace.jsonl');
const guard = ['--guard', sample('guard.wasm')];

interface Row {
  readonly clause: string;
  readonly line: number;
  readonly column: number;
  readonly calls: number;
  readonly decides: readonly { readonly call: number; readonly would: string }[];
  readonly touches: readonly { readonly call: number; readonly what: string }[];
  readonly cannot: string | null;
}

async function rowsOf(args: readonly string[]): Promise<readonly Row[]> {
  const { code, stdout } = await guardscopeHere(['clauses', ...args, '--json']);
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

describe('the clauses of a policy', () => {
  it('are printed with their place and their calls', async () => {
    proves('own:policy-clauses');
    const policy = sample('policy-public.json');
    const { code, stdout } = await guardscopeHere(['clauses', trace, ...guard, '--policy', policy]);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/policy-public\.json:3:5 {2}repos {2}decides \d+ of 32 calls: \d+, /),
      expect.stringMatching(/policy-public\.json:4:5 {2}min-integrity {2}decides \d+ of 32 calls: \d+, /),
      '',
    ]);
  });

  it('as JSON, with what becomes of each call', async () => {
    const rows = await rowsOf([trace, ...guard, '--policy', sample('policy.json')]);
    const customers = rows.find(({ clause }) => clause === 'repos=workspace/customers');
    expect(customers).toMatchObject({ line: 3, column: 15, calls: 32, cannot: null });
    expect(customers?.decides).toContainEqual({ call: 29, would: 'allowed' });
    expect(rows.find(({ clause }) => clause === 'min-integrity')?.touches).toContainEqual({ call: 29, what: 'reason' });
  });

  it('of a configuration, and what the gateway does not accept', async () => {
    const config = join(folder, 'gateway.toml');
    const text = `[servers.files]
command = "docker"
args = ["run", "--rm", "-i", "files"]
[servers.files.guard_policies.write-sink]
accept = ["private:customers/*", "internal:docs"]
`;
    writeFileSync(config, text);
    const rows = await rowsOf([trace, '--config', config]);
    expect(rows.map(({ clause, line, cannot }) => [clause, line, cannot])).toEqual([
      ['files/accept', 5, null],
      ['files/accept=private:customers/*', 5, null],
      ['files/accept=internal:docs', 5, null],
    ]);
  });
});

describe('a refusal', () => {
  const policy = ['--policy', sample('policy.json')];

  it.each([
    [[trace, ...guard], 'cli/usage', 'Name the policy with --policy or --config'],
    [[trace, '--guard', trace, ...policy], 'policy/not-decided', 'is not a WebAssembly module'],
    [[join(folder, 'gone.jsonl'), ...guard, ...policy], 'trace/unreadable', 'gone.jsonl'],
  ])('names what is missing or cannot be used: %#', async (args, failure, sentence) => {
    expectRefused(await guardscopeHere(['clauses', ...args]), 2, failure, sentence);
  });
});
