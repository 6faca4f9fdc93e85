/** The process of the oracle: answers cases in order, and is restarted when a case crashes or blocks it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { JsonObject } from '../../src/core/base/json.ts';
import type { Answer } from './compare.ts';
import type { OracleCase } from './recipe.ts';

type GatewayChild = ChildProcessByStdio<Writable, Readable, Readable>;

interface Waiting {
  readonly line: string;
  settle(answer: Answer | Died): void;
}

/** The process ended during a case; `reason` is the end of its output. */
export interface Died {
  readonly died: string;
}

/** Time limit of a case in milliseconds. */
const caseLimit = 60_000;

/** Address space limit of the process in KiB, because wazero lets a guest grow a table up to the memory of the machine. */
const addressKibibytes = 6 * 1024 * 1024;

export class GatewayProcess {
  readonly #binary: string;
  #child: GatewayChild;
  #stderr = '';
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(binary: string) {
    this.#binary = binary;
    this.#child = this.#start();
  }

  run({ guard, steps, loadMs }: OracleCase): Promise<Answer | Died> {
    const line = `${JSON.stringify({ guard: Buffer.from(guard).toString('base64'), steps, loadMs: loadMs ?? 0 })}\n`;
    return new Promise((settle) => {
      this.#waiting.push({ line, settle });
      this.#child.stdin.write(line);
      if (this.#waiting.length === 1) this.#watch();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#child.stdin.end();
  }

  #start(): GatewayChild {
    const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
    const isWindows = process.platform === 'win32';
    const child = isWindows
      ? spawn(this.#binary, { stdio })
      : spawn('/bin/sh', ['-c', `ulimit -v ${addressKibibytes}; exec "$0"`, this.#binary], { stdio });
    this.#stderr = '';
    child.stdin.on('error', () => {});
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-100_000)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const first = this.#waiting.shift();
      this.#watch();
      first?.settle(JSON.parse(line) as readonly JsonObject[]);
    });
    child.on('close', () => {
      if (!this.#closed) this.#restart();
    });
    return child;
  }

  /** The process runs cases in order, so the first waiting case is the one that ended it. */
  #restart(): void {
    const first = this.#waiting.shift();
    const reason = this.#stderr.trim().split('\n')[0] ?? '';
    this.#child = this.#start();
    for (const { line } of this.#waiting) this.#child.stdin.write(line);
    this.#watch();
    first?.settle({ died: reason === '' ? 'it took too long' : reason });
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#child.kill('SIGKILL'), caseLimit);
  }
}
