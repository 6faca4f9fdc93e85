/** The process of an HTTP tap: starts it, reads its address, and ends it with the window. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Failure } from '../../core/base/failure.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { TapProcess } from './tapArguments.ts';

/** Milliseconds that a tap may take until it listens. */
const startTimeoutMs = 15_000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** A running HTTP tap. */
export class HttpTapProcess implements Disposable {
  /** The URL that a client connects to instead of the server's. */
  readonly url: string;
  readonly #child: Child;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves when the tap listens. Rejects with `capture/no-tap` and the tap's error output. `onStderr` gets all error output. */
  static async start(tap: TapProcess, onStderr: (text: string) => void): Promise<HttpTapProcess> {
    // The IPC channel closes when this window ends in any way, which ends the tap.
    const child = spawn(tap.command, tap.args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...tap.env },
    }) as Child;
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-2000);
      onStderr(chunk.toString().trimEnd());
    });
    try {
      return new HttpTapProcess(child, await address(child));
    } catch (thrown) {
      child.kill('SIGKILL');
      const reason = stderr.trim() === '' ? String(thrown instanceof Error ? thrown.message : thrown) : stderr.trim();
      throw new Failure('capture/no-tap', `The tap did not start: ${reason}`, 'Check the URL of the server');
    }
  }

  /** False once the process has ended. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The tap ends once the rest of its capture is written. */
  dispose(): void {
    if (this.running) this.#child.kill('SIGTERM');
  }
}

/** The URL in the first line of the tap's output. Rejects if the tap ends or does not print it in time. */
function address(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`no address within ${startTimeoutMs / 1000} s`)), startTimeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [, url] = /^(http:\/\/\S+)\r?\n/.exec(text) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the process ended with ${signal ?? `code ${code ?? 0}`}`));
    });
  });
}
