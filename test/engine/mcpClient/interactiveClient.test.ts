/** The interactive client with real servers, and with programs that are not MCP servers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { InteractiveClient } from '../../../src/engine/mcpClient/interactiveClient.ts';
import { guardscope } from '../../cli/run.ts';
import { repoPath } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';

const everything = repoPath('node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const scratch = mkdtempSync(join(tmpdir(), 'guardscope-call-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const open: InteractiveClient[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

const env = { PATH: process.env['PATH'] ?? '' };
const node = (...args: readonly string[]) => ({ command: process.execPath, args, env });

async function started(...args: readonly string[]): Promise<InteractiveClient> {
  const client = await InteractiveClient.start(node(...args), { version: '0', roots: ['/home/me'] });
  open.push(client);
  return client;
}

describe('with a real server', () => {
  test('lists the tools, calls them, and returns errors as answers', async () => {
    const client = await started(everything);
    expect(client.serverName).toContain('everything');
    expect(client.tools.find(({ name }) => name === 'echo')).toMatchObject({
      title: 'Echo Tool',
      inputSchema: { type: 'object', required: ['message'] },
    });
    expect(await client.callTool('echo', { message: 'hi' })).toMatchObject({
      kind: 'result',
      isError: false,
      result: { content: [{ type: 'text', text: 'Echo: hi' }] },
    });
    const wrong = await client.callTool('echo', { message: 7 });
    expect(JSON.stringify(wrong)).toContain('expected string');
    const none = await client.callTool('none', {});
    expect(JSON.stringify(none)).toContain('none');
  });

  test('reports progress, and cancels a call', async () => {
    const client = await started(everything);
    const seen: number[] = [];
    const done = await client.callTool(
      'trigger-long-running-operation',
      { duration: 1, steps: 2 },
      { onProgress: ({ progress }) => seen.push(progress) },
    );
    expect(done.kind).toBe('result');
    expect(seen.length).toBeGreaterThan(0);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    // The operation takes much longer than the time limit of a test.
    expect(
      await client.callTool('trigger-long-running-operation', { duration: 3600, steps: 3 }, { signal: abort.signal }),
    ).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/cancel|abort/i),
    });
  });

  test('reports the end of the server', async () => {
    let changed = false;
    const script = `process.stdin.on('data', (d) => { for (const l of String(d).trim().split('\\n')) { const { id, method } = JSON.parse(l);
      if (method === 'initialize') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } } }));
      if (method === 'tools/list') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [] } }));
      if (method === 'tools/call') process.exit(3); } })`;
    const client = await InteractiveClient.start(node('-e', script), {
      version: '0',
      onChange: () => (changed = true),
    });
    open.push(client);
    expect(await client.callTool('any', {})).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('Connection closed'),
    });
    expect(client.running).toBe(false);
    expect(changed).toBe(true);
  });
});

describe('a program that is not an MCP server', () => {
  test.each([
    [['-e', 'console.error("no such folder: /x"); process.exit(1)'], 'client/not-started', 'no such folder: /x'],
    [['/no/such/server.js'], 'client/not-started', "its output: Error: Cannot find module '/no/such/server.js' / … / "],
    [
      ['-e', 'console.error(`config\\nFATAL: no key\\n${"x".repeat(9999)}\\n1\\n2\\n3\\nbye`); process.exit(1)'],
      'client/not-started',
      'its output: FATAL: no key / … / 1 / 2 / 3 / bye',
    ],
    [
      ['-e', 'console.error("one\\nlast error"); process.exit(1)'],
      'client/not-started',
      'its output: one / last error',
    ],
    [
      ['-e', 'console.log("hello"); setTimeout(() => {}, 60000)'],
      'client/no-answer',
      'did not answer within 1 seconds',
    ],
  ])('%j fails with a code and the end of its output', async (args, code, sentence) => {
    const start = InteractiveClient.start(node(...args), { version: '0', startMs: 1000 });
    await expect(start).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
  });

  test('a missing command fails with client/not-started', async () => {
    const start = InteractiveClient.start({ command: 'nonesuch-program', args: [], env }, { version: '0' });
    await expect(start).rejects.toMatchObject({
      code: 'client/not-started',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('the command call', () => {
  test('calls a tool through the tap and captures the session', async () => {
    const out = join(scratch, 'c.guardtrace.jsonl');
    const { code, stdout } = await guardscope([
      'call',
      'echo',
      '{"message":"hi"}',
      '--out',
      out,
      '--',
      process.execPath,
      everything,
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"content":[{"type":"text","text":"Echo: hi"}]}\n' });
    expect((await readTraceFile(out)).calls).toMatchObject([{ tool: 'echo', args: { message: 'hi' } }]);
  });

  test('ends a server that ignores the end of its input and SIGTERM, and its capture is complete', async () => {
    proves('own:capture-is-waited-for');
    const out = join(scratch, 'stubborn.guardtrace.jsonl');
    const stubborn = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);
      process.argv.splice(1, 0, ${JSON.stringify(everything)}); import(${JSON.stringify(everything)});`;
    const command = [process.execPath, '--input-type=module', '-e', stubborn];
    const { code, stdout } = await guardscope(['call', 'echo', '{"message":"hi"}', '--out', out, '--', ...command]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"content":[{"type":"text","text":"Echo: hi"}]}\n' });
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'exit', code: null, signal: 'SIGKILL' });
    expect((await readTraceFile(out)).problems).toEqual([]);
  });

  test.each([
    [['--list'], '"name":"echo"', 2],
    [['echo', '{"message":"hi"}'], 'Echo: hi', 2],
    [['echo', '{"message":7}'], 'expected string', 1],
  ])(
    'prints the answer, and reports by message and exit code that the session was not recorded: %j',
    async (asked, answer, end) => {
      const out = join(scratch, 'no', 'folder.guardtrace.jsonl');
      const server = ['--', process.execPath, everything];
      const { code, stdout, stderr } = await guardscope(['call', ...asked, '--out', out, ...server]);
      expect(code).toBe(end);
      expect(stdout).toContain(answer);
      expect(stderr).toMatch(/^guardscope: not recorded any more: Cannot open the capture ".*Create its folder, .*\n$/);
    },
  );

  test.each([
    [['call', 'echo', '{"message":', '--out', 'x', '--', 'y'], 'The arguments are not JSON'],
    [['call', 'echo', '@none.json', '--out', 'x', '--', 'y'], 'Cannot read "none.json"'],
    [['call', 'echo'], 'Missing -- COMMAND'],
    [
      ['call', 'echo', '{}', '--out', join(scratch, 'x.guardtrace.jsonl'), '--', 'nonesuch-program'],
      'Command not found: "nonesuch-program"',
    ],
  ])('%j is exit code 2 with the reason', async (args, sentence) => {
    const { code, stderr } = await guardscope(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
