/** Child processes for the scripts of the tests: run to the end, run as a group that can be stopped, find an executable, find a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** The result of a command. */
export interface Finished {
  /** The exit code; 1 after a signal, 124 when the command was stopped, 127 when it could not be started. */
  readonly code: number;
  /** Standard output and standard error in order of arrival. */
  readonly output: string;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the output is also shown while the command runs. */
  readonly echo?: boolean;
  /** Stops the process group of the command when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Waits `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** The absolute path of an executable on PATH, or undefined. */
export function which(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Whether `file` is a file that this user may execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Runs a command to its end. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { cwd, env, echo = false, signal } = options;
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const chunks: Buffer[] = [];
  const answers: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    answers.push(chunk);
    if (echo) process.stdout.write(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (echo) process.stderr.write(chunk);
  });
  const stop = (): void => void stopGroup(child);
  signal?.addEventListener('abort', stop, { once: true });
  const forget = onExit(() => signalGroup(child, 'SIGKILL'));
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      resolve(127);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  signal?.removeEventListener('abort', stop);
  forget();
  const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString('utf8');
  return { code: signal?.aborted === true ? 124 : code, output: text(chunks), stdout: text(answers) };
}

/** Stops a detached child and its whole process group: SIGTERM first, SIGKILL after five seconds. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  for (let waited = 0; waited < 5_000 && child.exitCode === null && child.signalCode === null; waited += 50)
    await sleep(50);
  signalGroup(child, 'SIGKILL');
}

/** Sends a signal to the process group that a detached child leads; a group that has ended is not an error. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended.
  }
}

/** Calls `action` when this process ends, also after Ctrl-C or SIGTERM; returns a function that cancels it. */
export function onExit(action: () => void): () => void {
  endings.add(action);
  if (!listening) {
    listening = true;
    process.once('exit', runEndings);
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    process.once('SIGHUP', () => process.exit(129));
  }
  return () => void endings.delete(action);
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const endings = new Set<() => void>();
let listening = false;

function runEndings(): void {
  // Last in, first out, because later processes may depend on earlier ones.
  for (const action of [...endings].reverse()) {
    try {
      action();
    } catch {
      // The process is ending, and the other actions must still run.
    }
  }
}
