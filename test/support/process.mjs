/** Child processes for the scripts of the tests: run to the end, run as a group that can be stopped, find an executable, find a free port. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** Waits `ms` milliseconds. */
export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** The absolute path of an executable on PATH, or undefined. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    if (folder !== '' && isExecutable(file)) return file;
  }
  return undefined;
}

/** Whether `file` is a file that this user may execute. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a command to its end and gives `{ code, output, stdout }`; `output` is stdout and stderr in order of arrival.
 * `echo` also shows it as it comes. After `timeout` milliseconds the whole process group is stopped and `code` is 124.
 */
export async function run(command, args, { cwd, env, echo = false, timeout } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const chunks = [];
  const answers = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.on('data', (chunk) => {
      chunks.push(chunk);
      if (from === child.stdout) answers.push(chunk);
      if (echo) to.write(chunk);
    });
  }
  let late = false;
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          void stopGroup(child);
        }, timeout);
  const forget = onExit(() => signalGroup(child, 'SIGKILL'));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      resolve(127);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  clearTimeout(timer);
  forget();
  const text = (parts) => Buffer.concat(parts).toString('utf8');
  return { code: late ? 124 : code, output: text(chunks), stdout: text(answers) };
}

/** Stops a detached child and everything in its process group: asks first, insists after five seconds. */
export async function stopGroup(child) {
  signalGroup(child, 'SIGTERM');
  for (let waited = 0; waited < 5_000 && child.exitCode === null && child.signalCode === null; waited += 50)
    await sleep(50);
  signalGroup(child, 'SIGKILL');
}

/** Calls `action` when this process ends, also by Ctrl-C or a polite kill; gives a function that takes it back. */
export function onExit(action) {
  endings.add(action);
  if (!listening) {
    listening = true;
    process.once('exit', runEndings);
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ]) {
      process.once(signal, () => process.exit(code));
    }
  }
  return () => endings.delete(action);
}

/** A TCP port that was free on 127.0.0.1 a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const endings = new Set();
let listening = false;

function runEndings() {
  // Last in, first out: what was started later may use what was there before.
  for (const action of [...endings].reverse()) {
    try {
      action();
    } catch {
      // The process is ending anyway; the other endings still have to run.
    }
  }
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
