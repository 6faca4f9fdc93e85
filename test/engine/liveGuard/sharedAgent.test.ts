/** Taps of one client share the agent's labels: what one read forbids the writes of another, and a killed tap holds nothing up. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentEvent } from '../../../src/core/session/agentEvents.ts';
import { LiveGuard } from '../../../src/engine/liveGuard/liveGuard.ts';
import type { LiveGuardState } from '../../../src/engine/liveGuard/liveGuardOptions.ts';
import { newLiveCall } from '../../../src/engine/liveGuard/liveHistory.ts';
import { agentFolder, SharedAgent } from '../../../src/engine/liveGuard/sharedAgent.ts';
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { guardBytes, type GuardText } from '../runtime/guards.ts';
import { workerFile } from '../../support/paths.ts';
import { labelling } from '../tap/http/guardGates.ts';

const cache = new CompileCache();
let folder = '';
const guards: LiveGuard[] = [];
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'guardscope-agent-'))));
afterEach(async () => {
  await Promise.all(guards.splice(0).map((guard) => guard.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** The files of agents in the folder. */
const agentFiles = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('agent-'));
const read = (secrecy: readonly string[], at = 1): AgentEvent => ({
  kind: 'read',
  server: 's',
  at,
  secrecy,
  integrity: [],
});
const reading = labelling('{"resource":{"secrecy":["private:x"],"integrity":[]},"operation":"read"}');
const writing = labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}');

interface Tap {
  readonly server: string;
  readonly guard: LiveGuard;
  readonly path: string;
  readonly states: LiveGuardState[];
}

function tap(server: string, text: GuardText, agent: string | null = 'client'): Tap {
  const path = join(folder, `${server}.wasm`);
  writeFileSync(path, guardBytes(text));
  const states: LiveGuardState[] = [];
  const guard = new LiveGuard({
    ...{
      server,
      guard: path,
      policy: null,
      mode: 'enforce',
      enforcement: 'propagate',
      trustedBots: [],
      deadlineMs: 5000,
    },
    ...{
      services: { workerFile, cache },
      capture: join(folder, server, 'c.guardtrace.jsonl'),
      agent,
      agentFolder: folder,
    },
    onLint: () => undefined,
    onChange: (state) => void states.push(state),
  });
  guards.push(guard);
  return { server, guard, path, states };
}

const live = {
  callBackend: async () => ({ ok: true, value: { content: [] } }) as const,
  lookups: { kind: 'none' },
} as const;
let index = 0;

async function outcome({ guard }: Tap, server: string): Promise<string> {
  const call = newLiveCall(index++, server, { tool: 't', args: {}, definition: null });
  call.answer = await live.callBackend();
  const decided = await guard.decide(call, live);
  return 'failure' in decided ? decided.failure : decided.record.outcome;
}

describe('taps of one client', () => {
  test('deny a write to one server after something private was read from another', async () => {
    const [files, mail] = [tap('files', reading), tap('mail', writing)];
    expect(await outcome(mail, 'mail')).toBe('allowed');
    expect(await outcome(files, 'files')).toBe('allowed');
    expect(await outcome(mail, 'mail')).toBe('denied');
  });

  test('filter an answer with what the others read while its server worked', async () => {
    const [files, notes] = [tap('files', reading), tap('notes', reading)];
    expect(await outcome(notes, 'notes')).toBe('allowed');
    await notes.guard.close();
    const mail = tap('mail', labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}'));
    const call = newLiveCall(index++, 'mail', { tool: 't', args: {}, definition: null });
    const decided = await mail.guard.decide(call, {
      ...live,
      callBackend: async () => {
        expect(await outcome(files, 'files')).toBe('allowed');
        return live.callBackend();
      },
    });
    expect(decided).toMatchObject({
      record: { agentBefore: { secrecy: [] }, agentAfter: { secrecy: ['private:x'] } },
    });
  });

  test('of another client, or with an agent of their own, do not', async () => {
    const files = tap('files', reading);
    expect(await outcome(files, 'files')).toBe('allowed');
    expect(await outcome(tap('mail', writing, 'other'), 'mail')).toBe('allowed');
    expect(await outcome(tap('notes', writing, null), 'notes')).toBe('allowed');
  });

  test('take back what the calls of a server did when its guard is loaded again and labels them otherwise', async () => {
    const [files, mail] = [tap('files', reading), tap('mail', writing)];
    await outcome(files, 'files');
    expect(await outcome(mail, 'mail')).toBe('denied');
    writeFileSync(files.path, guardBytes(labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}')));
    await outcome(files, 'files');
    expect(await outcome(mail, 'mail')).toBe('allowed');
  });

  test('begin without labels when all of them have ended', async () => {
    const files = tap('files', reading);
    await outcome(files, 'files');
    await files.guard.close();
    expect(await outcome(tap('mail', writing), 'mail')).toBe('allowed');
    await Promise.all(guards.splice(0).map((guard) => guard.close()));
    expect(agentFiles()).toEqual([]);
  });

  test('of servers with one name keep what the other read when a guard is loaded again', async () => {
    const [one, other] = [tap('files', reading), tap('files', reading)];
    await outcome(one, 'files');
    await outcome(other, 'files');
    writeFileSync(one.path, guardBytes(writing));
    await outcome(one, 'files');
    expect(await outcome(tap('mail', writing), 'mail')).toBe('denied');
  });

  test('with calls at once all keep their labels', async () => {
    const taps = ['a', 'b', 'c', 'd'].map((server) => tap(server, reading));
    const mail = tap('mail', writing);
    await Promise.all(taps.map((each) => outcome(each, each.server)));
    expect(await outcome(mail, 'mail')).toBe('denied');
    const [file = ''] = agentFiles();
    const { taps: members } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { taps: unknown[] };
    expect(members).toHaveLength(5);
  });

  test.each<[string, (path: string) => void, string]>([
    ['a directory', (path) => mkdirSync(path), 'it is a directory, not a regular file'],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path), 'it is a character device, not a regular file'],
    [
      'a file that is too large',
      (path) => (writeFileSync(path, ''), truncateSync(path, 2 ** 30)),
      'it has 1073741824 bytes',
    ],
    ['a file that is cut', (path) => writeFileSync(path, '{"schema":"guardscope-agent/2","ta'), 'Unterminated string'],
  ])('refuse calls when %s is in the place of the labels, allow them again later, and end', async (_what, put, why) => {
    const mail = tap('mail', writing);
    expect(await outcome(mail, 'mail')).toBe('allowed');
    const path = join(folder, agentFiles()[0] ?? '');
    rmSync(path);
    put(path);
    expect(await outcome(mail, 'mail')).toContain(`labels that the client's taps share cannot be used: ${why}`);
    rmSync(path, { recursive: true });
    expect(await outcome(mail, 'mail')).toBe('allowed');
    put(path);
    await expect(mail.guard.close()).resolves.toBeUndefined();
    rmSync(path, { recursive: true });
  });

  test('refuse calls when the labels cannot be read, and say why', async () => {
    const mail = tap('mail', writing);
    expect(await outcome(mail, 'mail')).toBe('allowed');
    const [file = ''] = agentFiles();
    writeFileSync(join(folder, file), '{"schema":"another/9"}');
    expect(await outcome(mail, 'mail')).toBe(
      `the labels that the client's taps share cannot be used: it is not of the form "guardscope-agent/2"`,
    );
    rmSync(join(folder, file));
  });
});

describe('the file', () => {
  test('can be read by its owner only', () => {
    const agent = new SharedAgent(folder, 'client');
    agent.add([read(['s'])]);
    const [file = ''] = agentFiles();
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    agent.leave();
  });

  test('has the events of a tap that was killed, and no lock of it', () => {
    const agent = new SharedAgent(folder, 'client');
    const module = new URL('../../../src/engine/liveGuard/sharedAgent.ts', import.meta.url).href;
    const script = `
      const { SharedAgent } = await import(${JSON.stringify(module)});
      const fs = await import('node:fs');
      const agent = new SharedAgent(${JSON.stringify(folder)}, 'client');
      agent.add([${JSON.stringify(read(['of the killed tap']))}]);
      const { withLock } = await import(${JSON.stringify(new URL('../../../src/engine/recording/format/fileLock.ts', import.meta.url).href)});
      const file = fs.readdirSync(${JSON.stringify(folder)}).find((name) => /^agent-.*json$/.test(name));
      withLock(${JSON.stringify(folder)} + '/' + file + '.lock', () => process.kill(process.pid, 'SIGKILL'));`;
    const killed = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
    agent.add([read(['of this tap'], 2)]);
    expect(agent.labels().secrecy).toEqual(['of the killed tap', 'of this tap']);
    agent.leave();
    expect(agentFiles()).toEqual([]);
  });

  test('keeps the labels of more events than it holds', () => {
    const agent = new SharedAgent(folder, 'client');
    for (let at = 0; at < 30; at++)
      agent.add(Array.from({ length: 50 }, (_, n) => read([`tag-${at * 50 + n}`], at * 50 + n)));
    expect(agent.labels().secrecy).toHaveLength(1_500);
    agent.leave();
  });

  test('has events in the order in which they were added, also when the clock went back', () => {
    const agent = new SharedAgent(folder, 'client');
    agent.add([{ kind: 'start', server: 's', at: 2_000, secrecy: [], integrity: ['trusted'] }]);
    // A read of something untrusted takes integrity away. Before the start, it would not.
    agent.add([read([], 1_000)]);
    expect(agent.labels().integrity).toEqual([]);
    agent.leave();
  });

  test('does not follow a link to another file', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'x');
    const agent = new SharedAgent(folder, 'client');
    const path = join(folder, agentFiles()[0] ?? '');
    rmSync(path);
    symlinkSync(victim, path);
    expect(() => agent.add([read(['s'])])).toThrow();
    expect(readFileSync(victim, 'utf8')).toBe('x');
    rmSync(path);
    agent.leave();
  });

  test('does not count a tap whose process number another process has', () => {
    const agent = new SharedAgent(folder, 'client');
    agent.add([read(['s'])]);
    const path = join(folder, agentFiles()[0] ?? '');
    const content = JSON.parse(readFileSync(path, 'utf8')) as { taps: { born: number | null }[] };
    for (const each of content.taps) each.born = each.born === null ? null : each.born - 1;
    writeFileSync(path, JSON.stringify(content));
    const next = new SharedAgent(folder, 'client');
    expect(next.labels().secrecy).toEqual(process.platform === 'linux' ? [] : ['s']);
    next.leave();
  });

  test('is in the private folder of the user, and beside the capture where that cannot be written', () => {
    const home = process.env['GUARDSCOPE_HOME'];
    process.env['GUARDSCOPE_HOME'] = join(folder, 'home');
    expect(agentFolder(join(folder, 'captures', 'c.jsonl'))).toBe(join(folder, 'home', 'agents'));
    expect(statSync(join(folder, 'home')).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder, 'file'), '');
    process.env['GUARDSCOPE_HOME'] = join(folder, 'file');
    expect(agentFolder(join(folder, 'captures', 'c.jsonl'))).toBe(join(folder, 'captures'));
    process.env['GUARDSCOPE_HOME'] = home;
  });

  test('of a session that ended while another of the same process goes on, stays', () => {
    const [one, other] = [new SharedAgent(folder, 'client'), new SharedAgent(folder, 'client')];
    one.add([read(['s'])]);
    one.leave();
    expect(other.labels().secrecy).toEqual(['s']);
    other.leave();
  });

  test('in a folder that does not exist is an error with the system’s reason', () => {
    expect(() => new SharedAgent(join(folder, 'missing'), 'client')).toThrow('ENOENT');
  });
});
