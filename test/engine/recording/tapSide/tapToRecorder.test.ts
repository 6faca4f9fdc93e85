/** A tap or its recorder ends early: the capture has every exchange of the client, and the session continues. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { liveFileOf } from '../../../../src/engine/recording/format/liveFile.ts';
import {
  nodeEnvironment,
  TapToRecorder,
  type TapToRecorderOptions,
} from '../../../../src/engine/recording/tapSide/tapToRecorder.ts';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { bundlePath, repoPath } from '../../../support/paths.ts';
import { makeNamedPipe } from '../../../support/processes/namedPipe.ts';
import { proves } from '../../../support/proves.ts';
import { childrenOf, commandOf, isRunning } from '../../../support/processes/processes.ts';
import { captureLines, eventually, type Running, scratchFolder, sleep, start, tapped } from '../../tap/tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

/** A server that writes nothing to standard error. */
const echo = ['cat'];

/** A server that answers every call. */
const answering = [process.execPath, repoPath('test/soak/support/answeringServer.mjs'), '10'];

const call = (id: number, text = ''): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 't', arguments: { text } } })}\n`;

/** Process id of the recorder of a running tap, after its start. */
async function recorderOf({ child }: Running): Promise<number> {
  let pid: number | undefined;
  await eventually(() => {
    pid = childrenOf(Number(child.pid)).find((each) => commandOf(each).includes('tapRecorder'));
    return pid !== undefined;
  });
  return Number(pid);
}

/** Ids of the messages of one side; empty for a missing capture. */
function idsOf(capture: string, dir: 'client' | 'server'): readonly unknown[] {
  if (!existsSync(capture)) return [];
  return captureLines(capture).flatMap((line) => {
    const { msg } = line as { readonly msg?: { readonly id?: number } };
    return line['dir'] === dir && msg !== undefined ? [msg.id] : [];
  });
}

/** Waits until the first answer is in a capture, so that the recorder runs. */
async function recorded(capture: string): Promise<void> {
  expect(await eventually(() => idsOf(capture, 'server').length === 1)).toBe(true);
}

/** Sends calls to a server, ends it in the middle of them, and returns the ids whose answers the client has. */
async function playAndEnd({ child, seen }: Running, end: () => void): Promise<readonly number[]> {
  let answers = 0;
  const enough = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      answers += chunk.toString('latin1').split('\n').length - 1;
      if (answers >= 100) resolve();
    });
  });
  for (let id = 1; id <= 400; id++) {
    child.stdin?.write(call(id, 'x'.repeat(id % 7 === 0 ? 20_000 : 50)));
    if (id % 20 === 0) await Promise.race([enough, sleep(1)]);
  }
  await enough;
  end();
  const { stdout } = await seen;
  const answered = stdout.toString().split('\n').slice(0, -1);
  return answered.map((line) => (JSON.parse(line) as { readonly id: number }).id);
}

describe.concurrent('a tap that is killed', () => {
  it.each<readonly [string, 'tap' | 'group', readonly string[]]>([
    ['the tap alone', 'tap', []],
    ['its process group', 'group', []],
    ['a tap with a guard that watches', 'tap', ['--guard', 'noop']],
    ['a tap with a guard that enforces', 'tap', ['--guard', 'noop', '--enforce']],
  ])('leaves every exchange that the client has: %s', async (name, victim, flags) => {
    proves('own:no-exchange-is-lost');
    const capture = scratch.path(`${name}.guardtrace.jsonl`);
    const running = start(tapped(capture, answering, ...flags), { group: true });
    const recorder = await recorderOf(running);
    const answered = await playAndEnd(running, () => {
      process.kill(victim === 'tap' ? Number(running.child.pid) : -Number(running.child.pid), 'SIGKILL');
    });
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    expect(answered.length).toBeGreaterThanOrEqual(100);
    expect(idsOf(capture, 'client')).toEqual(expect.arrayContaining([...answered]));
    expect(idsOf(capture, 'server')).toEqual(expect.arrayContaining([...answered]));
    expect(captureLines(capture).at(-1)).toMatchObject({ event: 'tap-killed' });
    const { problems } = await readTraceFile(capture);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('leaves an unfinished message marked as cut, and no live file', async () => {
    const capture = scratch.path('half.guardtrace.jsonl');
    const running = start(tapped(capture, echo));
    running.child.stdin?.write(`${call(1)}{"jsonrpc":"2.0","id":2,"me`);
    await running.firstLine;
    const recorder = await recorderOf(running);
    await recorded(capture);
    running.child.kill('SIGKILL');
    await running.seen;
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    expect(captureLines(capture)).toContainEqual(
      expect.objectContaining({ dir: 'client', raw: '{"jsonrpc":"2.0","id":2,"me', cut: true }),
    );
    expect(() => readFileSync(liveFileOf(capture))).toThrow('ENOENT');
    expect((await readTraceFile(capture)).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('delays the capture of the next tap, not its session', async ({ onTestFinished }) => {
    const capture = scratch.path('next.guardtrace.jsonl');
    // Stands in for the recorder of the first tap, which is still busy.
    const busy = spawn('sleep', ['60']);
    onTestFinished(() => void busy.kill());
    writeFileSync(
      liveFileOf(capture),
      JSON.stringify({ pid: 2 ** 22 + 1, start: '', server: 's', transport: 'stdio', recorder: { pid: busy.pid } }),
    );
    const running = start(tapped(capture, echo));
    running.child.stdin?.write(call(1));
    expect(await running.firstLine).toContain('"id":1');
    await sleep(400);
    expect(() => readFileSync(capture)).toThrow('ENOENT');
    busy.kill('SIGKILL');
    running.child.stdin?.end();
    expect(await running.seen).toMatchObject({ code: 0, stderr: '' });
    expect(idsOf(capture, 'server')).toEqual([1]);
  });
});

describe.concurrent('a recorder', () => {
  it('that is killed is reported once, and the session continues', async () => {
    const capture = scratch.path('killed.guardtrace.jsonl');
    const running = start(tapped(capture, echo));
    const recorder = await recorderOf(running);
    running.child.stdin?.write(call(1));
    await running.firstLine;
    await recorded(capture);
    process.kill(recorder, 'SIGKILL');
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    running.child.stdin?.end(call(2));
    const { stdout, stderr, code } = await running.seen;
    expect(code).toBe(2);
    expect(stdout.toString()).toBe(call(1) + call(2));
    expect(stderr).toMatch(
      /^guardscope tap: not recorded any more: the recorder (?:ended by itself \(SIGKILL\)|does not read any more); the session goes on\n$/,
    );
    expect(idsOf(capture, 'server')).toEqual([1]);
  });

  it('that is stopped delays a flood for three seconds, then the session continues without it', async ({
    onTestFinished,
  }) => {
    const capture = scratch.path('stopped.guardtrace.jsonl');
    const running = start(tapped(capture, echo));
    const recorder = await recorderOf(running);
    running.child.stdin?.write(call(1));
    await running.firstLine;
    await recorded(capture);
    process.kill(recorder, 'SIGSTOP');
    onTestFinished(() => void (isRunning(recorder) && process.kill(recorder, 'SIGCONT')));
    const began = performance.now();
    const long = call(2, 'y'.repeat(3_000_000));
    running.child.stdin?.end(long);
    const { stdout, stderr, code } = await running.seen;
    expect(performance.now() - began).toBeGreaterThan(2900);
    expect([code, stdout.length]).toEqual([2, call(1).length + long.length]);
    expect(stderr).toBe(
      'guardscope tap: not recorded any more: the recorder accepts no more data; the session goes on\n',
    );
    // It continues, reads the end of the pipe, and ends.
    process.kill(recorder, 'SIGCONT');
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    expect(idsOf(capture, 'server')).toEqual([1]);
  });

  it('ignores signals until the tap has ended', async () => {
    const capture = scratch.path('signals.guardtrace.jsonl');
    const running = start(tapped(capture, echo));
    const recorder = await recorderOf(running);
    running.child.stdin?.write(call(1));
    await running.firstLine;
    await recorded(capture);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(recorder, signal);
    running.child.stdin?.end(call(2));
    expect(await running.seen).toMatchObject({ code: 0, stderr: '' });
    expect(idsOf(capture, 'server')).toEqual([1, 2]);
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
  });

  it('that is missing is reported, and the session continues', async () => {
    const folder = scratch.path('incomplete');
    mkdirSync(join(folder, 'dist'), { recursive: true });
    copyFileSync(repoPath('package.json'), join(folder, 'package.json'));
    for (const name of ['cli.js', 'commandLine.js', 'core.js', 'doors.js', 'redaction.js', 'package.json'])
      copyFileSync(bundlePath(name), join(folder, 'dist', name));
    const capture = scratch.path('incomplete.guardtrace.jsonl');
    const [node = '', , ...rest] = tapped(capture, echo);
    const running = start([node, join(folder, 'dist', 'cli.js'), ...rest]);
    running.child.stdin?.end(call(1));
    const { stdout, stderr, code } = await running.seen;
    expect([code, stdout.toString()]).toEqual([2, call(1)]);
    expect(stderr).toMatch(/^guardscope tap: not recorded any more: the recorder .*; the session goes on\n$/);
  });
});

describe.concurrent('a recorder at the end', () => {
  it('can write to a descriptor of the tap', async () => {
    const file = scratch.path('descriptor');
    const [tapFile = '', ...args] = tapped('/dev/fd/3', echo);
    const running = start(['sh', '-c', 'exec "$@" 3>"$0"', file, tapFile, ...args]);
    running.child.stdin?.end(call(1));
    expect(await running.seen).toMatchObject({ code: 0, stderr: '' });
    expect(idsOf(file, 'server')).toEqual([1]);
  });

  it('ignores an older capture that cannot be deleted', async () => {
    const folder = scratch.path('old');
    mkdirSync(join(folder, 's-2020-01-01T00-00-00Z.guardtrace.jsonl'), { recursive: true });
    const running = start(tapped(join(folder, 's-{time}.guardtrace.jsonl'), echo, '--keep-sessions', '1'));
    running.child.stdin?.end(call(1));
    expect(await running.seen).toMatchObject({ code: 0, stderr: '' });
    const captures = readdirSync(folder).sort();
    expect(captures).toHaveLength(2);
    expect(idsOf(join(folder, captures[1] ?? ''), 'server')).toEqual([1]);
  });

  it('waits a limited time for an earlier recorder that is known only by its process number', async ({
    onTestFinished,
  }) => {
    const capture = scratch.path('stranger.guardtrace.jsonl');
    const stranger = spawn('sleep', ['60']);
    onTestFinished(() => void stranger.kill());
    const live = { pid: 2 ** 22 + 1, start: '', server: 's', transport: 'stdio', recorder: { pid: stranger.pid } };
    writeFileSync(liveFileOf(capture), JSON.stringify(live));
    const running = start(tapped(capture, echo));
    running.child.stdin?.end(call(1));
    expect(await running.seen).toMatchObject({ code: 0, stderr: '' });
    expect(idsOf(capture, 'server')).toEqual([1]);
  });

  it('records a whole flood through a small queue, because the session waits', async () => {
    const capture = scratch.path('flood.guardtrace.jsonl');
    const line = JSON.stringify({ jsonrpc: '2.0', method: 'n', params: { text: 'y'.repeat(900) } });
    const script = `let n = 20000; const go = () => { while (n-- > 0) if (!process.stdout.write(process.argv[1] + '\\n')) return process.stdout.once('drain', go); }; go();`;
    const seen = await start(tapped(capture, [process.execPath, '-e', script, line], '--queue', '1', '--no-redact'))
      .seen;
    expect(seen).toMatchObject({ code: 0, stderr: '' });
    const lines = captureLines(capture);
    expect(lines.filter(({ dropped }) => dropped !== undefined)).toEqual([]);
    expect(lines.filter(({ dir }) => dir === 'server')).toHaveLength(20_001);
  });

  it('says how much was left out because the queue was full, and exits with 2', async () => {
    proves('own:left-out-is-reported');
    const pipe = scratch.path('slow.guardtrace.jsonl');
    makeNamedPipe(pipe);
    const script = `for (let id = 0; id < 3000; id++) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', method: 'n', params: { id, text: 'y'.repeat(2000) } }) + '\\n'); process.stderr.write('z'.repeat(100) + '\\n')`;
    const running = start(tapped(pipe, [process.execPath, '-e', script], '--queue', '1', '--no-redact'));
    running.child.stdin?.end();
    let messages = '';
    running.child.stdout.on('data', (text: string) => (messages += text));
    // Nothing reads the capture before the client has everything, so the queue fills.
    expect(await eventually(() => messages.split('\n').length > 3000)).toBe(true);
    const capture = spawn('cat', [pipe]);
    let text = '';
    capture.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const ended = new Promise((resolve) => capture.once('close', resolve));
    const { code, stderr } = await running.seen;
    expect(code).toBe(2);
    await ended;
    const dropped = text
      .trimEnd()
      .split('\n')
      .flatMap((line) => (JSON.parse(line) as { readonly dropped?: { readonly lines: number } }).dropped ?? []);
    const count = dropped.reduce((sum, { lines }) => sum + lines, 0);
    expect(count).toBeGreaterThan(1000);
    const [, left, lines] =
      /^guardscope tap: content left out of the capture: that of (\d+) messages(?: and (\d+) lines? of standard error)? \(\d\.\d MB\), because the queue of the recorder was full; allow a longer one with --queue$/m.exec(
        stderr,
      ) ?? [];
    expect(Number(left) + Number(lines ?? 0)).toBe(count);
  });
});

describe.concurrent('the wait for a capture', () => {
  /** A tap whose server has ended, and whose recorder is stopped before it has written the last call. */
  async function waiting(name: string): Promise<{ readonly running: Running; readonly recorder: number }> {
    const capture = scratch.path(`${name}.guardtrace.jsonl`);
    const running = start(tapped(capture, echo));
    const recorder = await recorderOf(running);
    running.child.stdin?.write(call(1));
    await running.firstLine;
    await recorded(capture);
    process.kill(recorder, 'SIGSTOP');
    running.child.stdin?.end(call(2));
    const hasServer = (): boolean => childrenOf(Number(running.child.pid)).some((pid) => commandOf(pid) === 'cat');
    expect(await eventually(() => !hasServer())).toBe(true);
    return { running, recorder };
  }

  it('is announced at the first signal, and aborted with what is missing at the second', async ({ onTestFinished }) => {
    proves('own:capture-is-waited-for');
    const { running, recorder } = await waiting('aborted');
    onTestFinished(() => void (isRunning(recorder) && process.kill(recorder, 'SIGCONT')));
    let stderr = '';
    running.child.stderr.on('data', (text: string) => (stderr += text));
    await sleep(300);
    running.child.kill('SIGTERM');
    expect(await eventually(() => stderr.includes('waiting for the capture: '))).toBe(true);
    running.child.kill('SIGTERM');
    const seen = await running.seen;
    expect(seen.stderr).toMatch(/the wait for the capture was aborted: .* not confirmed as written/);
    expect(seen.code).toBe(2);
    process.kill(recorder, 'SIGCONT');
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    // The kernel's pipe had the call, so the recorder still writes it.
    expect(idsOf(scratch.path('aborted.guardtrace.jsonl'), 'server')).toEqual([1, 2]);
  });

  it('goes on after one signal, because clients send one to every server that does not end at once', async () => {
    const { running, recorder } = await waiting('patient');
    await sleep(300);
    running.child.kill('SIGTERM');
    await sleep(300);
    process.kill(recorder, 'SIGCONT');
    expect((await running.seen).code).toBe(0);
    const lines = captureLines(scratch.path('patient.guardtrace.jsonl'));
    expect(lines.at(-1)).toMatchObject({ event: 'exit', code: 0 });
    expect(idsOf(scratch.path('patient.guardtrace.jsonl'), 'server')).toEqual([1, 2]);
  });
});

describe('whenDurable', () => {
  const options = (
    file: string,
    recorderFile: string,
    onFailure: (sentence: string) => void,
  ): TapToRecorderOptions => ({
    file,
    recorderFile,
    onFailure,
    redact: false,
    header: { tool: 'test', version: '0', start: new Date().toISOString(), server: 's', transport: 'stdio' },
    facts: { pid: process.pid, start: '', server: 's', transport: 'stdio' },
  });

  it('makes calls in order, synchronously when there is no backlog', async () => {
    const capture = scratch.path('kept.guardtrace.jsonl');
    const link = new TapToRecorder(
      options(capture, bundlePath('tapRecorder.js'), (sentence) => expect(sentence).toBe('')),
    );
    const order: number[] = [];
    link.bytes('server', Buffer.from('{"a":1}\n'));
    link.whenDurable(() => order.push(0));
    expect(order).toEqual([0]);
    for (let at = 1; at <= 30; at++) {
      link.bytes('server', Buffer.from(`{"text":"${'z'.repeat(200_000)}"}\n`));
      // A call that is registered during others comes after them.
      link.whenDurable(() => {
        order.push(at);
        if (at === 20) link.whenDurable(() => order.push(20.5));
      });
    }
    expect(link.hasBacklog).toBe(true);
    expect(order.length).toBeLessThan(30);
    await link.close(AbortSignal.timeout(10_000));
    expect(order.filter((each) => each !== 20.5)).toEqual(Array.from({ length: 31 }, (_, at) => at));
    expect(order.indexOf(20.5)).toBeGreaterThan(order.indexOf(20));
    expect(captureLines(capture).filter(({ dir }) => dir === 'server')).toHaveLength(31);
  });

  it('gives up a recorder that does not answer at the end', async ({ onTestFinished }) => {
    const silent = scratch.path('silent.cjs');
    writeFileSync(
      silent,
      `console.log('{"kind":"alive"}'); process.stdin.resume(); setInterval(() => undefined, 1000);`,
    );
    const reports: string[] = [];
    const link = new TapToRecorder({
      ...options(scratch.path('silent.jsonl'), silent, (each) => reports.push(each)),
      silenceMs: 300,
    });
    link.bytes('client', Buffer.from('{"a":1}\n'));
    const recorder = childrenOf(process.pid).find((pid) => commandOf(pid).includes('silent.cjs')) ?? 0;
    onTestFinished(() => void (isRunning(recorder) && process.kill(recorder)));
    const began = performance.now();
    await link.close(new AbortController().signal);
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(reports).toEqual(['the recorder does not answer any more']);
  });

  it('makes calls also without a recorder', async () => {
    const reports: string[] = [];
    const link = new TapToRecorder(
      options(scratch.path('none.jsonl'), '/nowhere/tapRecorder.js', (each) => reports.push(each)),
    );
    const order: number[] = [];
    for (let at = 0; at < 10; at++) {
      link.bytes('client', Buffer.alloc(200_000));
      link.whenDurable(() => order.push(at));
    }
    await link.close(new AbortController().signal);
    link.whenDurable(() => order.push(10));
    expect(order).toEqual(Array.from({ length: 11 }, (_, at) => at));
    expect(reports).toHaveLength(1);
  });
});

describe('the environment of a recorder', () => {
  it('makes Electron run as Node, and drops the options for a debugger', () => {
    const env = { PATH: '/bin', NODE_OPTIONS: '--inspect-brk' };
    expect(nodeEnvironment(env, false)).toEqual({ PATH: '/bin' });
    expect(nodeEnvironment(env, true)).toEqual({ PATH: '/bin', ELECTRON_RUN_AS_NODE: '1' });
  });
});
