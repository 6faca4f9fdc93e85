/** The commands `clients`, `wrap` and `unwrap`, end to end: a wrapped server is started as its file specifies, and its session is captured. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { proves } from '../support/proves.ts';
import { describe, expect, test } from 'vitest';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { bundlePath, repoPath } from '../support/paths.ts';

/** A home folder with a configuration of Cursor that has the memory server. */
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
  const child = spawn(process.execPath, [bundlePath('cli.js'), ...args], { cwd: home, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('clients, wrap, unwrap', () => {
  test('list a server, wrap it, capture its session, and restore its file byte for byte', async () => {
    const { home, file, text } = setUp();
    expect((await run(home, 'clients')).stdout).toMatch(/^Cursor {2}.*mcp\.json\n {2}memory +stdio/m);
    const dry = await run(home, 'wrap', 'cursor', 'memory', '--dry-run');
    expect(dry.stdout).toMatch(/^\+ .*"tap", "--out", ".*", "--server", "memory", "--",/m);
    expect(readFileSync(file, 'utf8')).toBe(text);

    const wrapped = await run(home, 'wrap', 'cursor', 'memory', '--out-dir', join(home, 'captures'));
    expect(wrapped).toMatchObject({ code: 0, stderr: '' });
    expect(wrapped.stdout).toContain('Added a tap to "memory". ');
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
    expect((await run(home, 'unwrap', 'cursor')).stdout).toBe('No server is wrapped in a tap\n');
  });

  test('wrap and unwrap each of several servers with the same name in several files', async () => {
    const home = mkdtempSync(join(tmpdir(), 'guardscope-home-'));
    const user = join(home, '.claude.json');
    const texts: readonly (readonly [string, string])[] = [
      [user, '{"mcpServers":{"a":{"command":"1"}},"projects":{"/p":{"mcpServers":{"a":{"command":"2"}}}}}'],
      [join(home, '.mcp.json'), '{"mcpServers":{"a":{"command":"3"},"b":{"command":"4"}}}'],
    ];
    for (const [path, text] of texts) writeFileSync(path, text);
    const choices = [
      [user, 'a', '--project', '/p'],
      [user, 'a', '--project', 'none'],
      ['claude-code', 'a'],
      ['claude-code', 'b'],
    ];
    for (const choice of choices) {
      expect(await run(home, 'wrap', ...choice)).toMatchObject({ code: 0, stderr: '' });
    }
    expect((await run(home, 'wrap', join(home, '.mcp.json'), 'a')).stderr).toContain('"a" is already wrapped in a tap');
    // The changes follow within a second, and no backup may replace an earlier one.
    const backups = join(home, '.guardscope', 'backups');
    const backupTexts = readdirSync(backups).map((name) => readFileSync(join(backups, name), 'utf8'));
    expect(backupTexts).toHaveLength(4);
    for (const [, text] of texts) expect(backupTexts).toContain(text);
    expect(await run(home, 'unwrap', 'claude-code')).toMatchObject({ code: 0, stderr: '' });
    for (const [path, text] of texts) expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('list the project of each server, and wrap one of several with the same name only when it is chosen', async () => {
    proves('own:nothing-chosen-silently');
    const home = mkdtempSync(join(tmpdir(), 'guardscope-home-'));
    const file = join(home, '.claude.json');
    const text =
      '{"mcpServers":{"db":{"command":"own-db"}},"projects":{"/projects/shop":{"mcpServers":{"db":{"command":"shop-db"}}},"/projects/blog":{"mcpServers":{"db":{"command":"blog-db"},"x":{"command":"y"}}}}}';
    writeFileSync(file, text);
    const listed = await run(home, 'clients');
    expect(listed.stdout).toMatch(/ {2}db +stdio +own-db\n {2}db +stdio +shop-db {2}\(project \/projects\/shop\)/);
    expect((await run(home, 'clients', '--json')).stdout).toContain('"project":"/projects/blog"');

    const refused = await run(home, 'wrap', 'claude-code', 'db');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('There are 3 servers "db": ');
    for (const part of ['outside of projects', '/projects/shop', '/projects/blog', '--project DIR']) {
      expect(refused.stderr).toContain(part);
    }
    const unknown = await run(home, 'wrap', 'claude-code', 'db', '--project', '/projects/none');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('of the project "/projects/none"')]);
    expect(readFileSync(file, 'utf8')).toBe(text);

    expect(await run(home, 'wrap', 'claude-code', 'db', '--project', '/projects/blog/')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toMatch(/blog".*"--", "blog-db"/);
    expect(await run(home, 'wrap', 'claude-code', 'db', '--project', 'none')).toMatchObject({ code: 0 });
    const both = await run(home, 'unwrap', 'claude-code', 'db');
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('There are 2 servers "db"')]);
    expect(await run(home, 'unwrap', 'claude-code', 'db', '--project', '/projects/blog')).toMatchObject({ code: 0 });
    expect(await run(home, 'unwrap', 'claude-code')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(text);
    const twoSections = join(home, 'two.json');
    writeFileSync(twoSections, '{"servers":{"a":{"command":"1"}},"mcpServers":{"a":{"command":"2"}}}');
    expect((await run(home, 'wrap', twoSections, 'a')).stderr).toContain('Keep one of the two sections of the file');
    expect(await run(home, 'wrap', 'claude-code', 'x', '--dry-run')).toMatchObject({ code: 0 });
    expect((await run(home, 'unwrap', 'claude-code', '--project', '/p')).stderr).toContain('Missing SERVER');
  });

  test('wrap a server whose name looks like a flag', async () => {
    const { home } = setUp();
    const file = join(home, '.mcp.json');
    writeFileSync(file, '{"mcpServers":{"--out":{"command":"echo","args":["hi"]}}}');
    expect(await run(home, 'wrap', 'claude-code', '--', '--out')).toMatchObject({ code: 0 });
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as {
      mcpServers: Record<string, { command: string; args: string[] }>;
    };
    const { command = '', args = [] } = mcpServers['--out'] ?? {};
    expect(spawnSync(command, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: 'hi\n', stderr: '' });
    expect((await run(home, 'clients')).stdout).toMatch(/--out +stdio +captured/);
  });

  test('list an entry with wrong types, and do not change its file', async () => {
    const { home } = setUp();
    const file = join(home, '.mcp.json');
    const text =
      '{"mcpServers":{"a":{"command":"x","args":"no list"},"b":{"command":"x","args":[{"y":1}],"env":{"E":{"z":1}}},"u":{"url":"http://h/mcp"}}}';
    writeFileSync(file, text);
    const list = await run(home, 'clients');
    expect([list.code, list.stderr]).toEqual([
      0,
      expect.stringContaining('may read "a" in different ways: its "args" is a string'),
    ]);
    expect((await run(home, 'clients', '--json')).stdout).toMatch(/"name":"b".*"env":\["E"\]/);
    for (const name of ['a', 'b']) {
      const { code, stderr } = await run(home, 'wrap', 'claude-code', name);
      expect([code, stderr]).toEqual([2, expect.stringContaining('Write its "args" as a list of strings')]);
    }
    const { code, stderr } = await run(home, 'wrap', 'claude-code', 'u', '--url', 'http://h/other');
    expect([code, stderr]).toEqual([2, expect.stringContaining('"http://h/other" is not the address of a tap')]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('report the searched paths when no configuration file is found', async () => {
    const home = mkdtempSync(join(tmpdir(), 'guardscope-home-'));
    for (const flags of [[], ['--json']]) {
      const { code, stdout, stderr } = await run(home, 'clients', ...flags);
      expect([code, stdout]).toEqual([0, '']);
      expect(stderr).toContain('guardscope: no configuration file of a known client was found. Searched paths:\n');
      expect(stderr).toContain(join(home, '.cursor', 'mcp.json'));
    }
    writeFileSync(join(home, '.mcp.json'), '{}');
    const { stdout, stderr } = await run(home, 'clients');
    expect([stdout, stderr]).toEqual([`Claude Code  ${join(home, '.mcp.json')}\n  no servers\n`, '']);
  });

  test('report a syntax error with its position in the file of the client', async () => {
    const { home, file } = setUp();
    writeFileSync(file, '{"mcpServers":{"a":{"command":"1"},}');
    const { code, stderr } = await run(home, 'wrap', 'cursor', 'a');
    expect([code, stderr]).toEqual([2, expect.stringContaining(`(${file}:1:37)`)]);
  });

  test.each([
    [['wrap', 'cursor', 'other'], 'There is no server "other" in "', 'Existing servers: "memory"'],
    [['wrap', 'windsurf', 'x'], 'No configuration file of "windsurf" was found', 'guardscope clients'],
    [['wrap', 'nope', 'x'], '"nope" is not a known client and not a file', 'Known clients: vscode, claude-desktop,'],
    [['unwrap', 'nope'], '"nope" is not a known client and not a file', 'give the path of its configuration'],
    [['wrap', 'none.json', 'x'], 'cannot be read: ENOENT', 'The file was not changed'],
    [['unwrap', 'cursor', 'memory'], '"memory" is not wrapped in a tap', 'nothing to unwrap'],
  ])('refuse %j with a reason and the next step', async (args, sentence, hint) => {
    const { home } = setUp();
    const { code, stderr } = await run(home, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain(hint);
  });
});
