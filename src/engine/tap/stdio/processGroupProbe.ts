/**
 * Finds out whether a signal was sent to this process alone or to its whole process group. A terminal sends Ctrl-C to the group, and some
 * clients end servers by their group: then the server has the signal already, and passing it on would deliver it twice.
 *
 * Node does not report who sent a signal, or to whom, so a second process in the group has to witness it: `cat`, as small as they come.
 * Starting it after the signal would be too late, and a server in a group of its own would survive a client that kills the group.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A process in the same group that only echoes. After a signal it is asked for an echo: it answers when the signal was for this process
 * only, and has ended when the signal was for the group. It ends with this process, because its input ends.
 */
export class ProcessGroupProbe {
  #process: ChildProcess | null = null;
  #stopped = false;
  /** Ends of probes before their question: this process may be notified of one before it gets its own signal. */
  readonly #ends: { readonly signal: NodeJS.Signals; readonly at: number }[] = [];
  readonly #questions: { readonly signal: NodeJS.Signals; readonly answer: (toGroup: boolean) => void }[] = [];

  start(): void {
    const echo = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
    this.#process = echo;
    // Without `cat`, every signal counts as sent to this process alone.
    echo.on('error', () => {
      this.#process = null;
      this.#answerAll(null);
    });
    echo.stdin?.on('error', () => undefined);
    echo.stdout?.on('data', () => this.#answerAll(null));
    echo.on('exit', (_code, signal) => {
      this.#process = null;
      if (this.#questions.length > 0) this.#answerAll(signal);
      else if (signal !== null) this.#ends.push({ signal, at: performance.now() });
      if (!this.#stopped) this.start();
    });
  }

  /** Whether this signal, which just arrived, was sent to the whole group. */
  sawSignal(signal: NodeJS.Signals): Promise<boolean> {
    const now = performance.now();
    const at = this.#ends.findIndex((end) => end.signal === signal && now - end.at < sameSignalMs);
    if (at >= 0) {
      this.#ends.splice(0, at + 1);
      return Promise.resolve(true);
    }
    const echo = this.#process;
    if (echo === null) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#questions.push({ signal, answer: resolve });
      echo.stdin?.write('?');
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#process?.kill('SIGKILL');
    this.#process?.unref();
  }

  /** `killedBy` is null for a running process. */
  #answerAll(killedBy: NodeJS.Signals | null): void {
    for (const { signal, answer } of this.#questions.splice(0)) answer(signal === killedBy);
  }
}

/** Milliseconds within which the end of the process and a signal to this one count as one event. */
const sameSignalMs = 1000;
