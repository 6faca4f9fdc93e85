/**
 * Finds out whether a signal came to this process alone or to its whole process group. A terminal sends Ctrl-C to the group, and some
 * clients end servers by their group: then the server has the signal already, and passing it on would give it twice.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A process in the same group that does nothing but echo. After a signal it is asked for an echo: it answers when it was spared, and is
 * dead when the group was meant. It ends by itself with this process, because its input ends.
 */
export class GroupWitness {
  #process: ChildProcess | null = null;
  #stopped = false;

  start(): void {
    const witness = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
    this.#process = witness;
    // Without `cat` there is no witness, and every signal counts as sent to this process alone.
    witness.on('error', () => {
      this.#process = null;
    });
    witness.stdin?.on('error', () => undefined);
    witness.on('exit', () => {
      if (this.#process !== witness) return;
      this.#process = null;
      if (!this.#stopped) this.start();
    });
  }

  /** Whether the signal that just came went to the whole group. */
  sawSignal(): Promise<boolean> {
    const witness = this.#process;
    if (witness === null) return Promise.resolve(false);
    return new Promise((resolve) => {
      witness.once('exit', (_code, signal) => resolve(signal !== null));
      witness.stdout?.once('data', () => resolve(false));
      witness.stdin?.write('?');
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#process?.stdin?.end();
    this.#process?.kill('SIGKILL');
    this.#process?.unref();
  }
}
