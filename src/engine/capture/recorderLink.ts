/** A tap's way to its recorder: a process of its own behind a pipe, so that what was handed over outlives the tap, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Channel, FrameMarks } from './captureLine.ts';
import { type FrameKind, frameHead } from './recordFrame.ts';
import { aborted, type Recording } from './recording.ts';
import type { RecorderStart, RecordingAnswer } from './tapContract.ts';

export interface RecorderLinkOptions extends RecorderStart {
  /** The bundle of `tapRecorderMain`. */
  readonly recorderFile: string;
  /** Called once when the recording ends before the session. */
  readonly onFailure: (sentence: string) => void;
}

/** A recorder only copies what it reads, whatever the disk does; one that takes nothing for so many looks is not waited for any longer. */
const lookMs = 250;
const mostLooks = 12;

/** Up to this size it is cheaper to copy a piece than to hand over two. */
const copiedBytes = 4096;

const nothing = new Uint8Array(0);

export class RecorderLink implements Recording {
  readonly #process: ChildProcess;
  readonly #pipe: Writable | null;
  readonly #onFailure: (sentence: string) => void;
  readonly #began = performance.now();
  readonly #ended: Promise<void>;
  /** What waits until all before it is kept. */
  readonly #waiting: (() => void)[] = [];
  #releasing = false;
  /** Nothing is recorded any more, or all is written. */
  #over = false;
  /** There is no recorder any more. */
  #gone = false;
  #taken = 0;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor({ recorderFile, onFailure, ...start }: RecorderLinkOptions) {
    this.#onFailure = onFailure;
    this.#process = spawn(process.execPath, [recorderFile], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // What ends the tap, a terminal or a client that ends its group, must not end the recorder.
      detached: true,
      windowsHide: true,
      env: nodeEnvironment(process.env, process.versions['electron'] !== undefined),
    });
    const { stdin, stdout } = this.#process;
    this.#pipe = stdin;
    stdin?.on('error', () => this.#lose('the recorder reads no more'));
    this.#ended = new Promise((resolve) => {
      this.#process.on('error', (error) => {
        this.#lose(`the recorder did not start: ${error.message}`);
        resolve();
      });
      this.#process.on('close', (code, signal) => {
        this.#lose(`the recorder ended by itself (${signal ?? `code ${code}`})`);
        resolve();
      });
      if (stdout === null) return;
      createInterface({ input: stdout }).on('line', (line) => {
        const answer = JSON.parse(line) as RecordingAnswer;
        if (answer.kind === 'failed') this.#fail(answer.sentence);
        else {
          this.#over = true;
          resolve();
        }
      });
    });
    this.#send('start', JSON.stringify(start));
  }

  bytes(channel: Channel, chunk: Uint8Array): void {
    this.#send('bytes', '', channel, chunk);
  }

  message(channel: Channel, bytes: Uint8Array, marks?: FrameMarks): void {
    this.#send('message', marks === undefined ? '' : JSON.stringify(marks), channel, bytes);
  }

  line(json: string): void {
    this.#send('line', json);
  }

  event(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#send('event', JSON.stringify({ event, fields }));
  }

  ended(channel: Channel): void {
    this.#send('ended', '', channel);
  }

  /** Changes what the live file tells. */
  update(change: object): void {
    this.#send('facts', JSON.stringify(change));
  }

  kept(then: () => void): void {
    if (this.isBehind) this.#waiting.push(then);
    else then();
  }

  get isBehind(): boolean {
    if (this.#waiting.length > 0 || this.#releasing) return true;
    return !this.#over && this.#pipe !== null && this.#pipe.writableLength > 0;
  }

  /** A recorder that is not waited for finishes its work on its own. */
  async close(giveUp: AbortSignal): Promise<void> {
    this.#send('close');
    this.#pipe?.end();
    if (!this.#gone) await Promise.race([this.#ended, aborted(giveUp)]);
    if (this.isBehind) this.#fail('the session ended before all of it was handed over');
    clearInterval(this.#watch);
    this.#process.unref();
    this.#pipe?.destroy();
    this.#process.stdout?.destroy();
  }

  #send(kind: FrameKind, json = '', channel: Channel = 'client', bytes: Uint8Array = nothing): void {
    const pipe = this.#pipe;
    if (pipe === null || this.#gone || !pipe.writable) return;
    if (this.#over && kind !== 'facts' && kind !== 'close') return;
    const head = frameHead({ kind, channel, t: this.#now(), json }, bytes.length);
    if (head.length + bytes.length <= copiedBytes) pipe.write(Buffer.concat([head, bytes]), this.#written);
    else {
      pipe.cork();
      pipe.write(head);
      pipe.write(bytes, this.#written);
      pipe.uncork();
    }
    if (pipe.writableLength > 0) this.#watch ??= this.#watchProgress();
  }

  readonly #written = (): void => {
    this.#taken++;
    if (this.#pipe?.writableLength === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#release();
    }
  };

  #release(): void {
    if (this.#releasing) return;
    this.#releasing = true;
    for (let then = this.#waiting.shift(); then !== undefined; then = this.#waiting.shift()) then();
    this.#releasing = false;
  }

  #watchProgress(): ReturnType<typeof setInterval> {
    let before = this.#taken;
    let looks = 0;
    return setInterval(() => {
      looks = this.#taken === before ? looks + 1 : 0;
      before = this.#taken;
      if (looks >= mostLooks) this.#lose('the recorder takes nothing any more');
    }, lookMs);
  }

  #lose(sentence: string): void {
    if (this.#gone) return;
    this.#gone = true;
    clearInterval(this.#watch);
    this.#pipe?.destroy();
    this.#fail(sentence);
  }

  #fail(sentence: string): void {
    const isFirst = !this.#over;
    this.#over = true;
    if (isFirst) this.#onFailure(sentence);
    this.#release();
  }

  /** Milliseconds since the start, to the microsecond. */
  #now(): number {
    return Math.round((performance.now() - this.#began) * 1000) / 1000;
  }
}

/**
 * What a process that runs as Node finds in its environment: that of this one, without what would change how Node runs, such as a
 * debugger that waits for somebody. An Electron is a Node only when told so, else it opens the editor.
 */
export function nodeEnvironment(env: NodeJS.ProcessEnv, isElectron: boolean): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = env;
  return isElectron ? { ...rest, ELECTRON_RUN_AS_NODE: '1' } : rest;
}
