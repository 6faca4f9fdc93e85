/** A guard on live traffic, end to end: the sample's guard between the real client and the real file server. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, describe, expect, test } from 'vitest';
import { liveStateOf } from '../../../src/core/present/liveState.ts';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { writeControl } from '../../../src/engine/liveGuard/controlFile.ts';
import { readLive } from '../../../src/engine/recording/format/liveFile.ts';
import { guardscope } from '../../cli/run.ts';
import { repoPath } from '../../support/paths.ts';
import { forever, guardBytes } from '../runtime/guards.ts';
import { labelling } from '../tap/http/guardGates.ts';
import { captureLines, scratchFolder, tapped } from '../tap/tapped.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const sample = repoPath('media/samples/files-and-memory');
const guard = join(sample, 'guard.wasm');
const policy = join(sample, 'policy.json');
const server = repoPath('node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');

let count = 0;

interface Session {
  readonly client: Client;
  readonly capture: string;
  readonly folder: string;
  readonly stderr: () => string;
  call(name: string, path: string): Promise<unknown>;
}

/** A session with its own copy of the sample's files; null: without a tap. `call` returns the result, or the error's code and message. */
async function open(flags: readonly string[] | null): Promise<Session> {
  const folder = join(scratch.path(`live-${++count}`), 'workspace');
  mkdirSync(folder, { recursive: true });
  cpSync(join(sample, 'workspace'), folder, { recursive: true });
  const capture = scratch.path(`live-${count}.guardtrace.jsonl`);
  const own = [process.execPath, server, folder];
  const [command = '', ...args] = flags === null ? own : tapped(capture, own, '--server', 'files', ...flags);
  const transport = new StdioClientTransport({ command, args, stderr: 'pipe' });
  let stderr = '';
  transport.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  await client.listTools();
  return {
    client,
    capture,
    folder,
    stderr: () => stderr,
    call: async (name, path) => {
      try {
        return await client.callTool({ name, arguments: path === '-' ? {} : { path: join(folder, path) } });
      } catch (thrown) {
        const { code, message } = thrown as { readonly code: number; readonly message: string };
        return { code, message: message.replace(/^MCP error -?\d+: /, '') };
      }
    },
  };
}

const calls = [
  ['list_allowed_directories', '-'],
  ['list_directory', '.'],
  ['read_text_file', 'private/salaries.md'],
  ['list_directory', 'inbox'],
  ['read_text_file', 'docs/handbook.md'],
  ['read_text_file', 'none.md'],
] as const;

async function play(session: Session): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const [name, path] of calls) answers.push(await session.call(name, path));
  return answers;
}

const decidedLines = (capture: string): readonly Readonly<Record<string, unknown>>[] =>
  captureLines(capture).filter((line) => Array.isArray(line['guard']));

/** Waits for the decisions of a watching guard: a client ends its server 4 seconds after it closes, which a busy machine may need for them. */
async function untilDecided(capture: string, count: number): Promise<void> {
  await expect.poll(() => decidedLines(capture).length, { timeout: patiently(20_000) }).toBe(count);
}

async function replayed(capture: string, by: readonly string[] = [guard]): Promise<readonly DecisionRecord[]> {
  const { stdout, stderr, code } = await guardscope([
    ...['replay', capture, '--guard', ...by],
    ...['--policy', policy, '--json'],
  ]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DecisionRecord);
}

const differences = (records: readonly DecisionRecord[]): readonly string[] =>
  records
    .flatMap(({ problems }) => problems)
    .flatMap(({ code, message }) => (code === 'replay/differs-from-recording' ? [message] : []));

const plain = (value: unknown, folder: string): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(folder, '/w')) as unknown;

describe('watching', () => {
  test('the client sees the same as without a tap, and the capture with every look-up replays the same', async () => {
    proves('own:watched-is-untouched');
    const [bare, watched] = [await open(null), await open(['--guard', guard, '--policy', policy])];
    const without = plain(await play(bare), bare.folder);
    expect(plain(await play(watched), watched.folder)).toEqual(without);
    await expect.poll(() => readLive(watched.capture)).toMatchObject({ mode: 'watch', guard, policy, server: 'files' });
    await untilDecided(watched.capture, calls.length);
    await Promise.all([bare.client.close(), watched.client.close()]);
    expect(readLive(watched.capture)).toBeNull();

    const lines = captureLines(watched.capture);
    const live = decidedLines(watched.capture).flatMap(
      (line) => line['guard'] as { function: string; output: string }[],
    );
    const later = (await replayed(watched.capture)).flatMap(({ guardCalls }) => guardCalls);
    expect(later.map(({ function: name, output }) => [name, output])).toEqual(
      live.map(({ function: name, output }) => [name, output]),
    );
    expect(lines.filter((line) => line['by'] === 'guard').length).toBeGreaterThan(1);
  });

  test('a guard without a policy gets a warning, because the gateway would not run it', async () => {
    const session = await open(['--guard', guard]);
    await session.call(...calls[0]);
    await session.client.close();
    expect(session.stderr()).toContain('guardscope tap: No policy is chosen: label_agent is not called');
    expect(session.stderr()).toContain('by its noop guard');
  });

  test.each([[[]], [['--enforce']]])(
    'what lint says is said once for each code, and counted at the end (%j)',
    async (flags) => {
      proves('own:live-lint');
      const own = scratch.path(`misspelt-${++count}.wasm`);
      const answer = '{"resource":{"secrecy":[],"integrity":[]},"operation":"read","operatoin":"read"}';
      writeFileSync(own, guardBytes(labelling(answer)));
      const session = await open(['--guard', own, ...flags]);
      for (let each = 0; each < 3; each++) await session.call('list_directory', 'docs');
      await untilDecided(session.capture, 3);
      await session.client.close();
      const { stdout } = await guardscope(['replay', session.capture, '--guard', own, '--json']);
      const replays = stdout
        .trimEnd()
        .split('\n')
        .flatMap((line) => (JSON.parse(line) as DecisionRecord).problems);
      const mistakes = replays
        .filter(({ code }) => code.startsWith('lint/'))
        .map(({ code, message }) => ({ code, message }));
      expect(mistakes).toHaveLength(3);
      const [{ code, message } = { code: '', message: '' }] = mistakes;
      expect(session.stderr().split(`guardscope tap: Call 1 (list_directory): ${message}`)).toHaveLength(2);
      expect(session.stderr()).toContain(
        `guardscope tap: lint found ${code} 3 times; a replay of the capture shows each\n`,
      );
      const lines = captureLines(session.capture).filter((line) => line['event'] === 'lint');
      expect(lines).toEqual([
        expect.objectContaining({ code, message: expect.stringContaining(message) as unknown }),
        expect.objectContaining({ counts: [{ code, count: 3, message }] }),
      ]);
    },
  );

  test('concurrent calls are decided in their order', async () => {
    const session = await open(['--guard', guard, '--policy', policy]);
    const each = ([name, path]: (typeof calls)[number]): Promise<unknown> => session.call(name, path);
    await Promise.all(Array.from({ length: 20 }, (_, at) => each(calls[at % calls.length] ?? calls[0])));
    await untilDecided(session.capture, 20);
    await session.client.close();
    const ids = decidedLines(session.capture).map((line) => line['for']);
    expect(ids).toEqual([...ids].sort((one, other) => Number(one) - Number(other)));
    expect(ids).toHaveLength(20);
  });
});

describe('enforcing', () => {
  test('the client gets what the gateway would give it', async () => {
    proves('own:enforced-is-replayed');
    const session = await open(['--guard', guard, '--policy', policy, '--enforce']);
    const answers = await play(session);
    expect(session.stderr()).toContain('guardscope tap: the guard enforces its decisions');
    await session.client.close();
    const records = await replayed(session.capture);
    const decided = records.map(({ client }) => ('result' in client ? client.result : client.error));
    expect(answers).toEqual(decided);
    expect(differences(records)).toEqual([]);
    // With another guard the replay reports the differences.
    const others = differences(await replayed(session.capture, ['noop']));
    // Without rules nothing is withheld, and an answer is not rewrapped.
    expect(others.map((sentence) => /too, but|captured, this call was \w+/.exec(sentence)?.[0])).toEqual([
      'too, but',
      'captured, this call was filtered',
      'captured, this call was blocked',
      'captured, this call was filtered',
      'too, but',
      'too, but',
    ]);
    expect(JSON.stringify(answers)).not.toContain('Salary bands');
    const outcomes = captureLines(session.capture).flatMap((line) =>
      line['mode'] === 'enforce' && 'client' in line ? [line['outcome']] : [],
    );
    expect(outcomes).toEqual(['allowed', 'filtered', 'blocked', 'filtered', 'allowed', 'allowed']);
  });

  test('mode off passes everything from the next call on, and enforce decides again', async () => {
    const session = await open(['--guard', guard, '--policy', policy, '--enforce']);
    const read = (): Promise<unknown> => session.call('read_text_file', 'private/salaries.md');
    expect(await read()).toMatchObject({ message: expect.stringContaining('[Filtered]') });
    writeControl(session.capture, { mode: 'off' });
    expect(JSON.stringify(await read())).toContain('Salary bands');
    await expect.poll(() => readLive(session.capture)).toMatchObject({ mode: 'off' });
    writeControl(session.capture, { mode: 'enforce' });
    expect(await read()).toMatchObject({ message: expect.stringContaining('[Filtered]') });
    writeFileSync(`${session.capture}.control.json`, '{"mode":"of');
    expect(await read()).toMatchObject({ message: expect.stringContaining('[Filtered]') });
    await session.client.close();
    expect(session.stderr()).toContain('the control file was ignored');
  });

  test('a replaced guard file is loaded at the next call and decides the earlier calls first', async () => {
    proves('own:guard-exchange');
    const own = scratch.path('own.wasm');
    cpSync(guard, own);
    const session = await open(['--guard', own, '--policy', policy, '--enforce']);
    await session.call('list_allowed_directories', '-');
    await session.call('list_directory', 'docs');
    const counting = guardBytes({
      rest: '(global $count (mut i32) (i32.const 48))',
      label_agent: `(i32.store8 (local.get $out) (i32.const 120)) (i32.const 1)`,
    });
    writeFileSync(own, Buffer.concat([counting, Buffer.from([0, 2, 1, 0x78])]));
    // The output of this guard's label_agent is not JSON, so every call is refused with the gateway's text.
    expect(await session.call('list_directory', 'docs')).toMatchObject({
      message: expect.stringContaining('guard session initialization failed'),
    });
    cpSync(guard, own);
    expect(JSON.stringify(await session.call('list_directory', 'docs'))).toContain('handbook.md');
    await session.client.close();
    const states = captureLines(session.capture).filter((line) => line['event'] === 'guard');
    expect(new Set(states.map(({ sha256 }) => sha256)).size).toBe(2);
  });

  test.each([
    ['missing', null, 'Cannot read the guard'],
    ['not a module', Buffer.from('hello'), 'failed to instantiate WASM module: invalid magic number'],
  ])('a guard file that is %s makes the tap refuse every call until it is fixed', async (_, bytes, sentence) => {
    const own = scratch.path(`broken-${++count}.wasm`);
    if (bytes !== null) writeFileSync(own, bytes);
    const session = await open(['--guard', own, '--policy', policy, '--enforce']);
    const answers = await play(session);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        code: -32_603,
        message: expect.stringContaining('the guard cannot decide this call'),
      });
    }
    expect(JSON.stringify(answers[0])).toContain(sentence);
    // The guard is fixed during the session.
    rmSync(own, { force: true });
    cpSync(guard, own);
    expect(JSON.stringify(await session.call('list_directory', 'docs'))).toContain('handbook.md');
    await session.client.close();
    expect(readFileSync(session.capture, 'utf8')).not.toContain('Salary bands');
  });

  test('a guard that traps answers with the gateway’s error text', async () => {
    proves('own:fails-closed');
    const own = scratch.path('trap.wasm');
    writeFileSync(own, guardBytes({ label_resource: 'unreachable' }));
    const session = await open(['--guard', own, '--enforce']);
    const first = await session.call('list_directory', 'docs');
    expect(JSON.stringify(first)).toContain('WASM function call failed: wasm error: unreachable');
    expect(JSON.stringify(await session.call('list_directory', 'docs'))).toContain(
      'is unavailable after a previous trap',
    );
    await session.client.close();
  });
});

/** A guard that writes `text` to stderr in label_resource and then runs `end`. */
function dyingGuard(text: string, end: string): Uint8Array {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const length = Buffer.byteLength(text);
  const vector = [256, length].map(
    (word) => `\\${Buffer.from(Uint32Array.of(word).buffer).toString('hex').match(/../g)?.join('\\')}`,
  );
  return guardBytes({
    rest: `(data (i32.const 128) "${vector.join('')}") (data (i32.const 256) "${bytes}")
      (func $owner (export "owner") ${end})`,
    label_resource: `(drop (call $fd_write (i32.const 2) (i32.const 128) (i32.const 1) (i32.const 136)))
      (call $owner) (i32.const 0)`,
  });
}

const panic = "thread '<unnamed>' panicked at src/owner.rs:10:11:\nno owner\n";
const failed = 'WASM function call failed:';

describe('a guard that dies', () => {
  test.each([
    [
      'panics',
      dyingGuard(panic, 'unreachable'),
      `panicked: "no owner" (src/owner.rs:10:11), which the gateway reports as: ${failed} wasm error: unreachable`,
    ],
    [
      'traps',
      dyingGuard('', '(drop (i32.div_s (i32.const 1) (i32.const 0)))'),
      `failed: ${failed} wasm error: integer divide by zero in owner`,
    ],
    [
      'runs over its deadline',
      dyingGuard('', forever),
      `failed: ${failed} module closed with context deadline exceeded`,
    ],
  ])('and %s is reported once, with what killed it, until its file is replaced', async (_, dying, why) => {
    proves('own:live-death-reported');
    const own = scratch.path(`dying-${++count}.wasm`);
    writeFileSync(own, dying);
    // The deadline is also that of loading, which takes long on a busy machine.
    const session = await open(['--guard', own, '--deadline', String(patiently(3_000))]);
    await session.call('list_directory', 'docs');
    await session.call('list_directory', 'inbox');
    const sentence = `The guard died in call 1 (list_directory), and every later call fails until its file changes: label_resource ${why}`;
    const message = (): string | undefined => readLive(session.capture)?.message;
    await expect.poll(message, { timeout: patiently(10_000) }).toBe(sentence);
    const live = readLive(session.capture);
    expect(liveStateOf({ live, grew: null, trace: { calls: [] } as unknown as Trace }, true)).toMatchObject({
      mode: 'watch',
      guardFailure: sentence,
    });
    cpSync(guard, own);
    await session.call('list_directory', 'docs');
    await expect.poll(message, { timeout: patiently(10_000) }).toBeUndefined();
    // A guard that is loaded later decides the earlier calls first, and dies there.
    writeFileSync(own, dying);
    await session.call('list_directory', 'docs');
    await expect.poll(message, { timeout: patiently(10_000) }).toBe(sentence);
    await session.client.close();
    expect(session.stderr().split(sentence)).toHaveLength(3);
    const states = captureLines(session.capture).filter((line) => line['event'] === 'guard');
    expect(states.map(({ status }) => status)).toEqual(['ready', 'failed', 'ready', 'failed']);
    expect(states.filter(({ message: text }) => String(text).includes(sentence))).toHaveLength(2);
  });
});
