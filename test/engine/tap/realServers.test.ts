/** Sessions of real servers and the real client through the tap, replayed by the command line. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, expect, it } from 'vitest';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { guardscope } from '../../cli/run.ts';
import { samplePath } from '../../support/samples.ts';
import { captureLines, scratchFolder, tapped } from './tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const require = createRequire(import.meta.url);

function serverCommand(name: string, ...args: readonly string[]): readonly string[] {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  return [process.execPath, join(dirname(manifest), Object.values(bin)[0] ?? ''), ...args];
}

type Call = readonly [tool: string, args: Record<string, unknown>];

/** Makes the calls and returns the answers. */
async function play([command = '', ...args]: readonly string[], calls: readonly Call[], env = {}): Promise<unknown[]> {
  const transport = new StdioClientTransport({
    command,
    args,
    env: { ...env, PATH: process.env['PATH'] ?? '' },
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  const answers: unknown[] = [(await client.listTools()).tools.map(({ name }) => name)];
  for (const [name, given] of calls) answers.push(await client.callTool({ name, arguments: given }));
  await client.close();
  return answers;
}

it('a session with the file server is the same with the tap, and can be replayed', async () => {
  const folder = scratch.path('files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'note.md'), `# Note\n\ntoken ghp_${'a1B2'.repeat(9)}\n`);
  const calls: Call[] = [
    ['list_allowed_directories', {}],
    ['list_directory', { path: folder }],
    ['read_text_file', { path: join(folder, 'note.md') }],
    ['read_text_file', { path: join(folder, 'none.md') }],
  ];
  const server = serverCommand('@modelcontextprotocol/server-filesystem', folder);
  const capture = scratch.path('files.guardtrace.jsonl');
  const plain = await play(server, calls);
  expect(await play(tapped(capture, server), calls)).toEqual(plain);

  const trace = await readTraceFile(capture);
  expect(trace).toMatchObject({ format: 'native', servers: ['files'] });
  expect(trace.calls.map(({ tool, redacted, origin }) => [tool, redacted, origin])).toEqual(
    calls.map(([tool], at) => [tool, at === 2, 'agent']),
  );
  expect(trace.calls.map(({ answer }) => answer?.result).filter((_, at) => at !== 2)).toEqual(
    plain.slice(1).filter((_, at) => at !== 2),
  );
  expect(trace.problems.map(({ code }) => code)).toEqual(['trace/redacted']);
  expect(trace.calls.every(({ durationMs }) => durationMs !== null && durationMs >= 0)).toBe(true);
  expect(readFileSync(capture, 'utf8')).not.toContain('ghp_');
  expect(captureLines(capture).at(-1)).toMatchObject({ event: 'exit' });

  const replayed = await guardscope(['replay', capture, '--guard', 'noop', '--json']);
  expect(replayed.code).toBe(0);
  const decisions = replayed.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { tool: string; outcome: string });
  expect(decisions.map(({ tool }) => tool)).toEqual(calls.map(([tool]) => tool));
});

it("a session with the memory server replays through the sample's guard", async () => {
  const calls: Call[] = [
    ['create_entities', { entities: [{ name: 'Ann', entityType: 'person', observations: ['likes tea'] }] }],
    ['read_graph', {}],
    ['search_nodes', { query: 'tea' }],
  ];
  const server = serverCommand('@modelcontextprotocol/server-memory');
  const capture = scratch.path('memory.guardtrace.jsonl');
  const env = { MEMORY_FILE_PATH: scratch.path('memory.jsonl') };
  const answers = await play(tapped(capture, server), calls, env);
  const trace = await readTraceFile(capture);
  expect(trace.calls.map(({ answer }) => answer?.result)).toEqual(answers.slice(1));
  expect(trace.problems).toEqual([]);
  const guard = samplePath('files-and-memory', 'guard.wasm');
  const policy = samplePath('files-and-memory', 'policy.json');
  const replayed = await guardscope(['replay', capture, '--guard', guard, '--policy', policy]);
  expect(replayed.code).toBe(0);
  for (const [tool] of calls) expect(replayed.stdout).toContain(tool);
});
