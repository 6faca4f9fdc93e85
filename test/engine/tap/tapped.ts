/** Runs a server like a client, with or without a tap, and collects everything that the client receives. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePath, repoPath, testHomes } from '../../support/paths.ts';
import { patiently } from '../../support/patience.ts';

export const cliFile = bundlePath('cli.js');
const fakeServerFile = repoPath('test/engine/tap/fakeServer.mjs');

/** The command of a fake server in one of its modes. */
export function fakeServer(mode: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, fakeServerFile, mode, ...args];
}

/** The same command behind a tap. */
export function tapped(capture: string, command: readonly string[], ...flags: readonly string[]): readonly string[] {
  return [process.execPath, cliFile, 'tap', '--out', capture, ...flags, '--', ...command];
}

/** What a client sends: bytes, or milliseconds to wait. */
export type Step = Uint8Array | number;

/** Everything that a client receives from a server. */
export interface Seen {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves with the first line of output. */
  readonly firstLine: Promise<string>;
  readonly seen: Promise<Seen>;
}

/** Processes that a failed test left running. They are ended with the scratch folder. */
const running = new Set<ChildProcessWithoutNullStreams>();

/** Starts a command; with `group`, as the leader of a process group. `home`: the private folder of the user. */
export function start(
  command: readonly string[],
  options: { readonly group?: boolean; readonly cwd?: string; readonly home?: string } = {},
): Running {
  const [file = '', ...args] = command;
  const { group, home = join(testHomes, randomUUID()), ...rest } = options;
  // A home of its own: taps of one parent share the labels of its agent.
  const env = { ...process.env, GUARDSCOPE_HOME: home };
  const child = spawn(file, args, { stdio: 'pipe', detached: group === true, env, ...rest });
  running.add(child);
  child.on('exit', () => running.delete(child));
  const out: Buffer[] = [];
  let stderr = '';
  let resolveLine: (line: string) => void = () => undefined;
  const firstLine = new Promise<string>((resolve) => {
    resolveLine = resolve;
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    const text = Buffer.concat(out.slice(0, 3)).toString();
    if (text.includes('\n')) resolveLine(text.slice(0, text.indexOf('\n')));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const seen = new Promise<Seen>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ stdout: Buffer.concat(out), stderr, code, signal }));
  });
  return { child, firstLine, seen };
}

/** Runs a command to its end: sends the steps, then closes its input. */
export async function run(command: readonly string[], steps: readonly Step[] = []): Promise<Seen> {
  const { child, seen } = start(command);
  for (const step of steps) {
    if (typeof step === 'number') await sleep(step);
    else if (!child.stdin.destroyed && !child.stdin.write(step)) await drained(child.stdin);
  }
  child.stdin.end();
  return seen;
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until something holds; false when it does not within the limit. */
export async function eventually(holds: () => boolean, limitMs = patiently(30_000)): Promise<boolean> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > limitMs) return false;
    await sleep(20);
  }
  return true;
}

/** A separate temporary folder for a test file. */
export function scratchFolder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tap-'));
  const remove = (): void => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  return { path: (name) => join(folder, name), remove };
}

/** A line of a capture as plain data. */
export type CapturedLine = Readonly<Record<string, unknown>>;

/** The lines of a capture, each parsed. A line that is not JSON fails the test. */
export function captureLines(file: string): readonly CapturedLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as CapturedLine);
}

/** The messages of one side in the capture, byte for byte, and the lines that are not messages with the prefix `raw:`. */
export function capturedTexts(file: string, dir: 'client' | 'server'): readonly string[] {
  const lines = readFileSync(file).toString('utf8').split('\n').slice(1, -1);
  return lines.flatMap((line) => {
    const { dir: from, msg, raw } = JSON.parse(line) as CapturedLine;
    if (from !== dir) return [];
    if (msg !== undefined) return [line.slice(line.indexOf('"msg":') + '"msg":'.length, -1)];
    return typeof raw === 'string' ? [`raw:${raw}`] : [];
  });
}
