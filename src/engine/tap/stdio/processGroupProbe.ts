/**
 * Finds out whether a signal came to this process alone or to its whole process group. A terminal sends Ctrl-C to the group, and some
 * clients end servers by their group: then the server has the signal already, and passing it on would give it twice.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A process in the same group that does nothing but echo. After a signal it is asked for an echo: it answers when it was spared, and is
 * dead when the group was meant. It ends by itself with this process, because its input ends.
 */
export class ProcessGroupProbe {
  #process: ChildProcess | null = null;
  #stopped = false;
  /** Deaths that no question has been answered with: this process may hear of one before its own signal. */
  readonly #deaths: { readonly signal: NodeJS.Signals; readonly at: number }[] = [];
  readonly #asked: { readonly signal: NodeJS.Signals; readonly answer: (toGroup: boolean) => void }[] = [];

  start(): void {
    const witness = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
    this.#process = witness;
    // Without `cat` there is no witness, and every signal counts as sent to this process alone.
    witness.on('error', () => {
      this.#process = null;
      this.#answerAll(null);
    });
    witness.stdin?.on('error', () => undefined);
    witness.stdout?.on('data', () => this.#answerAll(null));
    witness.on('exit', (_code, signal) => {
      this.#process = null;
      if (this.#asked.length > 0) this.#answerAll(signal);
      else if (signal !== null) this.#deaths.push({ signal, at: performance.now() });
      if (!this.#stopped) this.start();
    });
  }

  /** Whether this signal, which just came, went to the whole group. */
  sawSignal(signal: NodeJS.Signals): Promise<boolean> {
    const now = performance.now();
    const at = this.#deaths.findIndex((death) => death.signal === signal && now - death.at < sameSignalMs);
    if (at >= 0) {
      this.#deaths.splice(0, at + 1);
      return Promise.resolve(true);
    }
    const witness = this.#process;
    if (witness === null) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#asked.push({ signal, answer: resolve });
      witness.stdin?.write('?');
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#process?.kill('SIGKILL');
    this.#process?.unref();
  }

  /** `killedBy` is null for a witness that was spared. */
  #answerAll(killedBy: NodeJS.Signals | null): void {
    for (const { signal, answer } of this.#asked.splice(0)) answer(signal === killedBy);
  }
}

/** Milliseconds within which the death of the witness and a signal to this process are taken for one event. */
const sameSignalMs = 1000;
