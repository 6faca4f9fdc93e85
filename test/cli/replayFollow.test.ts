/** `replay --follow`: a session while it is recorded, and a gateway's log that grows, is rotated and truncated. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { scratchFolder, tapped } from '../engine/tap/tapped.ts';
import { repoPath } from '../support/paths.ts';
import { patiently } from '../support/patience.ts';
import { samplePath } from '../support/samples.ts';
import { cliFile, guardscope } from './run.ts';
import { proves } from '../support/proves.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const guard = samplePath('files-and-memory', 'guard.wasm');
const policy = samplePath('files-and-memory', 'policy.json');
const flags = ['--guard', guard, '--policy', policy, '--json'];

/** The members of a decision that two replays must have in common. */
interface Decision {
  readonly index: number;
  readonly tool: string;
  readonly outcome: string;
}

function decisions(text: string): readonly Decision[] {
  const records = text.split('\n').filter((line) => line !== '');
  return records
    .map((line) => JSON.parse(line) as Partial<Decision>)
    .map(({ index = -1, tool = '', outcome = '' }) => ({ index, tool, outcome }));
}

async function replayed(trace: string): Promise<readonly Decision[]> {
  return decisions((await guardscope(['replay', trace, ...flags])).stdout);
}

/** A running `replay --follow` and its output so far. */
class Following {
  readonly child;
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(trace: string) {
    this.child = spawn(process.execPath, [cliFile, 'replay', trace, '--follow', ...flags]);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
  }

  /** Waits until this many lines were printed. */
  async lines(count: number): Promise<readonly Decision[]> {
    const began = performance.now();
    while (decisionsOf(this.stdout) < count && performance.now() - began < patiently(30_000)) await sleep(10);
    expect(decisionsOf(this.stdout), this.stderr).toBe(count);
    return decisions(this.stdout);
  }

  async waitForMessage(sentence: string): Promise<void> {
    const began = performance.now();
    while (!this.stderr.includes(sentence) && performance.now() - began < patiently(30_000)) await sleep(10);
    expect(this.stderr).toContain(sentence);
  }
}

const followings: Following[] = [];
afterEach(() => {
  for (const { child } of followings.splice(0)) child.kill('SIGKILL');
});

function follow(trace: string): Following {
  const following = new Following(trace);
  followings.push(following);
  return following;
}

describe('a session that is being recorded', () => {
  test('is decided call by call, and its end ends the replay', async () => {
    const capture = scratch.path('live.guardtrace.jsonl');
    const server = repoPath('node_modules/@modelcontextprotocol/server-memory/dist/index.js');
    const [command = '', ...args] = tapped(capture, [process.execPath, server]);
    const env = { MEMORY_FILE_PATH: scratch.path('memory.json') };
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command, args, env, stderr: 'ignore' }));
    const following = follow(capture);
    await following.waitForMessage('waiting for calls');
    const entities = [{ name: 'a', entityType: 'b', observations: ['c'] }];
    await client.callTool({ name: 'create_entities', arguments: { entities } });
    expect(await following.lines(1)).toMatchObject([{ index: 0, tool: 'create_entities' }]);
    await client.callTool({ name: 'read_graph', arguments: {} });
    expect(await following.lines(2)).toMatchObject([{}, { index: 1, tool: 'read_graph' }]);
    await client.close();
    expect(await following.ended).toBe(0);
    expect(decisions(following.stdout)).toEqual(await replayed(capture));
  });
});

test('a capture that continues in the next file is followed until the session ends', async () => {
  const capture = scratch.path('full.guardtrace.jsonl');
  const server = repoPath('node_modules/@modelcontextprotocol/server-memory/dist/index.js');
  const [command = '', ...args] = tapped(capture, [process.execPath, server], '--max-size', '1', '--keep', '1');
  const env = { MEMORY_FILE_PATH: scratch.path('full.json') };
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command, args, env, stderr: 'ignore' }));
  const following = follow(capture);
  await following.waitForMessage('waiting for calls');
  const search = (query: string): Promise<unknown> => client.callTool({ name: 'search_nodes', arguments: { query } });
  await search('one');
  expect(await following.lines(1)).toMatchObject([{ index: 0 }]);
  await search('x'.repeat(600_000));
  await following.lines(2);
  await search('y'.repeat(600_000));
  await following.waitForMessage('the file was replaced or truncated');
  expect((await following.lines(3)).map(({ index }) => index)).toEqual([0, 1, 0]);
  await client.close();
  expect(await following.ended).toBe(0);
});

describe('the log of a gateway', () => {
  const log = readFileSync(samplePath('files-and-memory', 'gateway-log', 'rpc-messages.jsonl'), 'utf8');
  const lines = log.trimEnd().split('\n');
  const half = `${lines.slice(0, Math.floor(lines.length / 2)).join('\n')}\n`;

  function folder(name: string): { readonly path: string; readonly log: string } {
    const path = scratch.path(name);
    mkdirSync(path);
    return { path, log: join(path, 'rpc-messages.jsonl') };
  }

  test('is decided as it is written, until Ctrl-C', async () => {
    proves('own:followed-log');
    const complete = folder('complete');
    writeFileSync(complete.log, log);
    const growing = folder('growing');
    writeFileSync(growing.log, half);
    const following = follow(growing.path);
    const expected = await replayed(complete.log);
    const before = await replayed(writeHalf());
    await following.lines(before.length);
    appendFileSync(growing.log, log.slice(half.length));
    await following.lines(expected.length);
    following.child.kill('SIGINT');
    expect(await following.ended).toBe(0);
    expect(inOrder(decisions(following.stdout))).toEqual(expected);
  });

  test.each([
    [
      'rotated',
      (file: string) => {
        renameSync(file, `${file}.1`);
        writeFileSync(file, '');
      },
    ],
    ['truncated', (file: string) => truncateSync(file)],
  ])('is replayed from its new first call when it is %s', async (name, change) => {
    const { path, log: file } = folder(name);
    writeFileSync(file, half);
    const following = follow(path);
    const before = await replayed(writeHalf());
    await following.lines(before.length);
    change(file);
    await following.waitForMessage('the file was replaced or truncated');
    appendFileSync(file, half);
    const all = await following.lines(2 * before.length);
    expect(all.slice(0, before.length)).toEqual(before);
    expect(inOrder(all.slice(before.length))).toEqual(inOrder(before));
  });

  function writeHalf(): string {
    const file = scratch.path('half.jsonl');
    writeFileSync(file, half);
    return file;
  }
});

/** Sorts by call: decisions that a late answer changed are printed after earlier ones. */
function inOrder(all: readonly Decision[]): readonly Decision[] {
  return [...all].sort((a, b) => a.index - b.index);
}

function decisionsOf(text: string): number {
  return text.split('\n').length - 1;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
