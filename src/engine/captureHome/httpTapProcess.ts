/** A tap before a server at a URL, as a process of this window: starts it, learns its address, ends it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Failure } from '../../core/base/failure.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { TapProcess } from './tapArguments.ts';

/** Milliseconds that a tap may take to listen. */
const patienceMs = 15_000;

/** Milliseconds that it may take to write the rest of its capture before it is killed. */
const lastWordsMs = 12_000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

export class HttpTapProcess implements Disposable {
  /** What a client connects to, in place of the server. */
  readonly url: string;
  readonly #child: Child;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves when it listens. Rejects with `capture/no-tap` and what it said. `tell` gets what it says later. */
  static async start(tap: TapProcess, tell: (text: string) => void): Promise<HttpTapProcess> {
    // The channel tells the tap when this window is gone, however it went.
    const child = spawn(tap.command, tap.args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...tap.env },
    }) as Child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
      tell(chunk.toString().trimEnd());
    });
    try {
      return new HttpTapProcess(child, await address(child));
    } catch (thrown) {
      child.kill('SIGKILL');
      const reason = said.trim() === '' ? String(thrown instanceof Error ? thrown.message : thrown) : said.trim();
      throw new Failure('capture/no-tap', `The tap did not start: ${reason}`);
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  dispose(): void {
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    setTimeout(() => this.#child.kill('SIGKILL'), lastWordsMs).unref();
  }
}

/** The first line of its output. */
function address(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`it gave no address within ${patienceMs / 1000} s`)), patienceMs);
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
      reject(new Error(`it ended with ${signal ?? `code ${code ?? 0}`}`));
    });
  });
}
