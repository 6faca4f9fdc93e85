/** A server whose tap was killed does not outlive it, whatever it ignores, and no other process is hit. */
import { spawn } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { identityOf, signalExactly } from '../../../../src/engine/recording/format/processIdentity.ts';
import { childrenOf, commandOf, isRunning } from '../../../support/processes/processes.ts';
import { proves } from '../../../support/proves.ts';
import { captureLines, eventually, scratchFolder, start, tapped } from '../../tap/tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const stubborn = `process.on('SIGTERM', () => console.log('asked')); console.log('ready'); setInterval(() => undefined, 1000);`;

/** Starts a tap with a server, waits for its first line, and returns the server's process number. */
async function tapWith(name: string, script: string) {
  const capture = scratch.path(`${name}.guardtrace.jsonl`);
  const running = start(tapped(capture, [process.execPath, '-e', script]));
  await running.firstLine;
  const tap = Number(running.child.pid);
  const server = childrenOf(tap).find((pid) => commandOf(pid).includes('ready')) ?? 0;
  const recorder = childrenOf(tap).find((pid) => commandOf(pid).includes('tapRecorder')) ?? 0;
  expect(Math.min(server, recorder)).toBeGreaterThan(0);
  return { capture, running, server, recorder };
}

describe.concurrent('a server whose tap was killed', () => {
  it('is ended when it ignores the end of its input and SIGTERM', async () => {
    proves('own:no-orphan-server');
    const { capture, running, server, recorder } = await tapWith('stubborn', stubborn);
    running.child.kill('SIGKILL');
    expect(await eventually(() => !isRunning(server))).toBe(true);
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    expect(captureLines(capture).at(-1)).toMatchObject({ event: 'tap-killed' });
  });

  it('ends by itself when it takes the end of its input as its end', async () => {
    const polite = `console.log('ready'); process.stdin.resume().on('end', () => process.exit(0));`;
    const { running, server, recorder } = await tapWith('polite', polite);
    running.child.kill('SIGKILL');
    expect(await eventually(() => !isRunning(server))).toBe(true);
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
  });

  it('goes on when only its recorder was killed', async () => {
    const { running, server, recorder } = await tapWith('unrecorded', stubborn);
    process.kill(recorder, 'SIGKILL');
    expect(await eventually(() => !isRunning(recorder))).toBe(true);
    expect(isRunning(server)).toBe(true);
    process.kill(server, 'SIGKILL');
    await running.seen;
  });
});

describe('a signal to exactly one process', () => {
  it('is not sent when the number belongs to a process with another start, or when the start is not known', async ({
    onTestFinished,
  }) => {
    const other = spawn('sleep', ['60']);
    onTestFinished(() => void other.kill('SIGKILL'));
    const identity = identityOf(Number(other.pid));
    expect(signalExactly({ ...identity, born: Number(identity.born) - 1 }, 'SIGKILL')).toBe(false);
    expect(signalExactly({ ...identity, born: null }, 'SIGKILL')).toBe(false);
    expect(isRunning(identity.pid)).toBe(true);
    expect(signalExactly(identity, 'SIGKILL')).toBe(true);
    expect(await eventually(() => !isRunning(identity.pid))).toBe(true);
  });

  it('reaches the group of a process that leads one', async ({ onTestFinished }) => {
    const leader = spawn('sh', ['-c', 'sleep 61 & wait'], { detached: true });
    onTestFinished(() => void leader.kill('SIGKILL'));
    const childOf = (): number => childrenOf(Number(leader.pid))[0] ?? 0;
    expect(await eventually(() => childOf() > 0)).toBe(true);
    const child = childOf();
    expect(signalExactly(identityOf(Number(leader.pid)), 'SIGKILL')).toBe(true);
    expect(await eventually(() => !isRunning(child))).toBe(true);
  });
});
