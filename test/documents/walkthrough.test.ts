/** What the walkthrough says of the sample, and the commands of the README from a server to a replayed session. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliRun, guardscope, guardscopeHere } from '../cli/run.ts';
import { repoPath } from '../support/paths.ts';
import { proves } from '../support/proves.ts';
import { samplePath } from '../support/samples.ts';

const sample = (name: string): string => samplePath('files-and-memory', name);
const step = (name: string): string => readFileSync(repoPath(`media/walkthrough/${name}.md`), 'utf8');
const ofSample = [sample('trace.guardtrace.jsonl'), '--guard', sample('guard.wasm'), '--policy', sample('policy.json')];

describe('the walkthrough', () => {
  it('has the numbers of the sample', async () => {
    proves('own:walkthrough');
    const { stdout } = await guardscopeHere(['replay', ...ofSample]);
    const rows = [...step('open').matchAll(/^\| (\w+) \| (\d+) \|/gm)];
    const counts = rows.map(([, outcome, count]) => `${count} ${outcome}`).join(', ');
    expect(stdout).toContain(`32 calls: ${counts}\n`);
    expect(step('open')).toContain('its 32 calls');
  });

  it('quotes the reason of call 29', async () => {
    const { stdout } = await guardscopeHere(['replay', ...ofSample]);
    const [, reason = 'none'] = /^> (.+)$/m.exec(step('read')) ?? [];
    const [, text = ''] = /^ +29 +denied +write +write_file[^\n]*\n +(.+)$/m.exec(stdout) ?? [];
    expect(text).toBe(reason);
    expect(step('read')).toContain('call 29, `write_file`');
  });

  it('says how many decisions another policy changes', async () => {
    const { stdout } = await guardscopeHere(['diff', ...ofSample, '--policy-b', sample('policy-public.json')]);
    const [, changed, all] = /^(\d+) of (\d+) calls are decided differently$/m.exec(stdout) ?? [];
    expect(step('change')).toContain(`${changed} of the ${all} calls are decided differently`);
  });
});

describe('the README', () => {
  const home = mkdtempSync(join(tmpdir(), 'guardscope-readme-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** A line of the block, without its comment. */
  function run(line: string): Promise<CliRun> {
    const [, ...args] = line.replace(/ +#.*$/, '').split(' ');
    return guardscope(args, { cwd: home, env: { HOME: home, USERPROFILE: home } });
  }

  it('leads from a server in a configuration to its replayed session', async () => {
    proves('own:readme-command-line');
    const [, block = ''] =
      /The same on the command line[^]*?```sh\n([^]*?)```/.exec(readFileSync(repoPath('README.md'), 'utf8')) ?? [];
    const [clients = '', wrap = '', use = '', replay = '', unwrap = '', ...more] = block.trimEnd().split('\n');
    expect([use.slice(0, 2), more]).toEqual(['# ', []]);
    const file = join(home, '.cursor', 'mcp.json');
    const server = repoPath('node_modules/@modelcontextprotocol/server-memory/dist/index.js');
    const entry = { command: process.execPath, args: [server], env: { MEMORY_FILE_PATH: join(home, 'memory.jsonl') } };
    const text = JSON.stringify({ mcpServers: { memory: entry } });
    mkdirSync(join(home, '.cursor'));
    writeFileSync(file, text);
    for (const name of ['guard.wasm', 'policy.json', 'memory.jsonl']) copyFileSync(sample(name), join(home, name));

    expect((await run(clients)).stdout).toMatch(/^Cursor {2}.*\n {2}memory +stdio/m);
    expect(await run(wrap)).toMatchObject({ code: 0, stderr: '' });
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly mcpServers: { readonly memory: { readonly command: string; readonly args: string[] } };
    };
    const client = new Client({ name: 'test', version: '0' });
    await client.connect(new StdioClientTransport({ ...mcpServers.memory, stderr: 'pipe' }));
    await client.callTool({ name: 'read_graph', arguments: {} });
    await client.callTool({ name: 'search_nodes', arguments: { query: 'Acme' } });
    await client.close();

    const replayed = await run(replay);
    expect(replayed.stdout).toMatch(/^ +1 +\w+ +read +read_graph /m);
    expect(replayed.stdout).toMatch(/^2 calls: /m);
    expect(replayed.code).toBe(0);
    expect(await run(unwrap)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
