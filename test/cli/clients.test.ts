/** The commands about clients, end to end: a wrapped server is started as its file then says, and its session is captured. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, test } from 'vitest';
import { readTraceFile } from '../../src/engine/capture/traceFile.ts';
import { repoPath } from '../support/paths.ts';

/** A home with a configuration of Cursor, whose server is the memory server. */
function setUp(): { home: string; file: string; text: string } {
  const home = mkdtempSync(join(tmpdir(), 'guardscope-home-'));
  const file = join(home, '.cursor', 'mcp.json');
  const server = repoPath('node_modules/@modelcontextprotocol/server-memory/dist/index.js');
  const entry = { command: process.execPath, args: [server], env: { MEMORY_FILE_PATH: join(home, 'memory.jsonl') } };
  const text = `// Servers of mine\n${JSON.stringify({ mcpServers: { memory: entry } }, null, 2)}\n`;
  mkdirSync(join(home, '.cursor'));
  writeFileSync(file, text);
  return { home, file, text };
}

function run(
  home: string,
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], HOME: home, USERPROFILE: home };
  const child = spawn(process.execPath, [repoPath('dist/cli.js'), ...args], { cwd: home, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('clients, wrap, unwrap', () => {
  test('a server is found, wrapped, used, replayable, and as it was afterwards', async () => {
    const { home, file, text } = setUp();
    expect((await run(home, 'clients')).stdout).toMatch(/^Cursor {2}.*mcp\.json\n {2}memory +stdio/m);
    const dry = await run(home, 'wrap', 'cursor', 'memory', '--dry-run');
    expect(dry.stdout).toMatch(/^\+ .*"tap", "--out", ".*", "--server", "memory", "--",/m);
    expect(readFileSync(file, 'utf8')).toBe(text);

    const wrapped = await run(home, 'wrap', 'cursor', 'memory', '--out-dir', join(home, 'captures'));
    expect(wrapped).toMatchObject({ code: 0, stderr: '' });
    expect(wrapped.stdout).toContain('The sessions of "memory" are captured from now on');
    expect((await run(home, 'clients')).stdout).toMatch(/memory +stdio +captured/);

    const written = readFileSync(file, 'utf8');
    expect(written.startsWith('// Servers of mine\n')).toBe(true);
    const { mcpServers } = JSON.parse(written.replace(/^.*\n/, '')) as {
      mcpServers: { memory: { command: string; args: string[]; env: Record<string, string> } };
    };
    const client = new Client({ name: 'test', version: '0' });
    await client.connect(new StdioClientTransport({ ...mcpServers.memory, stderr: 'pipe' }));
    await client.callTool({ name: 'read_graph', arguments: {} });
    await client.close();
    const [capture = ''] = readdirSync(join(home, 'captures'));
    const trace = await readTraceFile(join(home, 'captures', capture));
    expect(trace.calls.map(({ server, tool }) => [server, tool])).toEqual([['memory', 'read_graph']]);

    expect(await run(home, 'unwrap', 'cursor')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect((await run(home, 'unwrap', 'cursor')).stdout).toBe('No tap stands before any of its servers\n');
  });

  test.each([
    [['wrap', 'cursor', 'other'], 'names no server "other"', 'It names "memory"'],
    [['wrap', 'windsurf', 'x'], 'windsurf has no configuration file here', 'guardscope clients'],
    [['wrap', 'none.json', 'x'], 'cannot be read: ENOENT', 'It is left as it is'],
    [['unwrap', 'cursor', 'memory'], 'No tap stands before "memory"', 'nothing to take away'],
  ])('%j', async (args, sentence, hint) => {
    const { home } = setUp();
    const { code, stderr } = await run(home, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain(hint);
  });
});
