/** `import`, `export` and `drift`, end to end with the sample's capture. */
import { copyFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { repoPath } from '../support/paths.ts';
import { guardscopeHere } from './run.ts';
import { proves } from '../support/proves.ts';

const sample = repoPath('media/samples/files-and-memory/trace.guardtrace.jsonl');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardscope-exchange-'));
});

test.each(['har', 'cassette', 'bundle'])(
  'an export of the sample as %s is imported with the same calls',
  async (kind) => {
    const out = join(folder, 'shared.json');
    expect(await guardscopeHere(['export', sample, '--as', kind, '--out', out])).toMatchObject({ code: 0, stderr: '' });
    if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600);
    const imported = await guardscopeHere(['import', out]);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const [before, after] = await Promise.all([readTraceFile(sample), readTraceFile(imported.stdout.trim())]);
    const calls = (trace: typeof before): unknown =>
      trace.calls.map(({ tool, args, answer }) => [tool, args, { ...answer }]);
    expect(calls(after)).toEqual(calls(before));
    expect((await guardscopeHere(['export', sample, '--as', kind, '--out', out])).stderr).toContain('already exists');
    const again = await guardscopeHere(['import', out]);
    expect(again.stdout).not.toBe(imported.stdout);
  },
);

test('a bundle returns the session, the guard and the policy', async () => {
  proves('own:exchange-round-trip');
  const out = join(folder, 'b.guardbundle.json');
  const [guard, policy] = ['guard.wasm', 'policy.json'].map((name) =>
    repoPath(`media/samples/files-and-memory/${name}`),
  );
  await guardscopeHere([
    'export',
    sample,
    '--as',
    'bundle',
    '--out',
    out,
    '--guard',
    guard ?? '',
    '--policy',
    policy ?? '',
    '--with-guard',
  ]);
  expect((await guardscopeHere(['import', out])).stdout.trim().split('\n')).toEqual([
    join(folder, 'b.guardtrace.jsonl'),
    join(folder, 'b.policy.json'),
  ]);
  expect(readFileSync(join(folder, 'b.wasm')).equals(readFileSync(guard ?? ''))).toBe(true);
  expect(readFileSync(join(folder, 'b.policy.json'), 'utf8')).toBe(readFileSync(policy ?? '', 'utf8'));
});

test('drift lists the changes and reports them by its exit code', async () => {
  proves('own:tool-drift');
  const other = join(folder, 'other.guardtrace.jsonl');
  copyFileSync(sample, other);
  expect(await guardscopeHere(['drift', sample, other])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^No changes in \d+ tools\n$/),
  });
  writeFileSync(other, readFileSync(sample, 'utf8').replaceAll('"name":"list_directory","', '"name":"list_folder","'));
  const { code, stdout } = await guardscopeHere(['drift', sample, other]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '- list_directory\n+ list_folder\n' });
});

test.each([
  ['hello', 'not in a format that can be imported', 'HAR files'],
  ['{"log":{"entries":[]}}', 'contains no session', 'Record with the traffic'],
  ['{"version":"9.0","interactions":[]}', 'only version 1 is supported', 'Record it again'],
  ['{"schema":"guardscope-bundle/9"}', 'this version reads "guardscope-bundle/1"', 'Update Guardscope'],
])('import refuses %j with a reason and the next step', async (text, sentence, hint) => {
  const path = join(folder, 'x.json');
  writeFileSync(path, text);
  const { code, stderr } = await guardscopeHere(['import', path]);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(hint);
});

test.each([
  [['--guard', 'none.wasm'], 'Cannot read "none.wasm"', 'Check the path'],
  [['--with-guard'], 'Missing --guard', 'guardscope help export'],
])('export of a bundle refuses %j with a reason and the next step', async (flags, sentence, hint) => {
  const out = join(folder, 'b.json');
  const { code, stderr } = await guardscopeHere(['export', sample, '--as', 'bundle', '--out', out, ...flags]);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(hint);
});

test('import creates its folder, or reports why it cannot', async () => {
  const path = join(folder, 'x.jsonl');
  writeFileSync(path, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}');
  const made = join(folder, 'new', 'folder');
  const { stdout } = await guardscopeHere(['import', path, '--out-dir', made]);
  expect(stdout).toBe(`${join(made, 'x.guardtrace.jsonl')}\n`);
  const { code, stderr } = await guardscopeHere(['import', path, '--out-dir', path]);
  expect(code).toBe(2);
  expect(stderr).toContain(`Cannot write "${join(path, 'x.guardtrace.jsonl')}"`);
  expect(stderr).toContain('Choose another folder');
});

test('import reads bare JSON-RPC messages as a session', async () => {
  const path = join(folder, 'plain.jsonl');
  writeFileSync(
    path,
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}\n{"jsonrpc":"2.0","id":1,"result":{"content":[]}}\n',
  );
  const { stdout } = await guardscopeHere(['import', path]);
  expect((await readTraceFile(stdout.trim())).calls).toMatchObject([
    { tool: 'x', server: 'plain', answer: { result: { content: [] } } },
  ]);
});
