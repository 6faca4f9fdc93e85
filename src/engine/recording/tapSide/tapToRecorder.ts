/** Connects a tap to its recorder, a separate process behind a pipe: the content of the pipe outlives the tap, however the tap ends. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import { sizeText } from '../../../core/base/size.ts';
import { aborted } from '../../streams/aborted.ts';
import type { Channel, FrameMarks } from '../format/channel.ts';
import { type FrameKind, frameHead } from '../format/recordFrame.ts';
import { type ProcessIdentity, ProgressWatch } from '../format/processIdentity.ts';
import type { RecorderStart, RecordingAnswer, Unwritten } from '../format/tapContract.ts';
import { DurablePipe } from './durablePipe.ts';
import { lostText } from './endTexts.ts';
import type { RecordingEnd, RecordingSink } from './recordingSink.ts';

export interface TapToRecorderOptions extends RecorderStart {
  /** The bundle of `tapRecorderMain`. */
  readonly recorderFile: string;
  /** Milliseconds in which a recorder that finishes its work may be stuck before it is given up (`ProgressWatch`); default 15 seconds. */
  readonly silenceMs?: number;
  /** Called once when the recording ends before the session. */
  readonly onFailure: (sentence: string) => void;
}

const defaultSilenceMs = 15_000;

/** Looks at the recorder within `silenceMs`. */
const closingLooks = 20;

/** Bytes that may wait by default; a healthy recorder takes them within a second. */
const defaultWaitingBytes = 256 * 1024 * 1024;

/** Up to this size it is cheaper to copy a piece than to write two. */
const copiedBytes = 4096;

const noBytes = new Uint8Array(0);

export class TapToRecorder implements RecordingSink {
  readonly #process: ChildProcess;
  readonly #pipe: DurablePipe | null;
  readonly #onFailure: (sentence: string) => void;
  readonly #silenceMs: number;
  readonly #began = performance.now();
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  /** Whether nothing is recorded any more. */
  #failed = false;
  /** Whether the recording ended before everything was written. */
  #hasFailed = false;
  #closing = false;
  #isWritten = false;
  #answers = 0;
  #waiting: Unwritten = { messages: 0, bytes: 0 };
  /** `RecordingEnd.leftOut` */
  #leftOut = '';

  constructor({ recorderFile, silenceMs, onFailure, ...start }: TapToRecorderOptions) {
    this.#silenceMs = silenceMs ?? defaultSilenceMs;
    this.#onFailure = onFailure;
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.#process = spawn(process.execPath, [recorderFile], {
      stdio: recorderStdio(start.file),
      // What ends the tap (a terminal, or a client that ends its process group) must not end the recorder.
      detached: true,
      windowsHide: true,
      env: nodeEnvironment(process.env, process.versions['electron'] !== undefined),
    });
    // When no process could be started, the streams may be missing, although their type does not allow that.
    const { stdin, stdout } = this.#process as Partial<Pick<ChildProcess, 'stdin' | 'stdout'>>;
    const maxWaiting = start.maxQueueBytes ?? defaultWaitingBytes;
    const reader = this.#process.pid ?? 0;
    const onLost = (sentence: string): void => this.#lose(sentence);
    this.#pipe = stdin === undefined || stdin === null ? null : new DurablePipe(stdin, { reader, maxWaiting, onLost });
    this.#process.on('error', (error) => this.#lose(`the recorder did not start: ${error.message}`));
    this.#process.on('close', (code, signal) =>
      this.#lose(`the recorder ended by itself (${signal ?? `code ${code}`})`),
    );
    if (stdout !== undefined && stdout !== null)
      createInterface({ input: stdout }).on('line', (line) => this.#receive(line));
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

  server(process: ProcessIdentity): void {
    this.#send('server', JSON.stringify(process));
  }

  /** Changes the live file. */
  update(change: object): void {
    this.#send('facts', JSON.stringify(change));
  }

  whenDurable(then: () => void): void {
    if (this.#pipe === null) then();
    else this.#pipe.whenDurable(then);
  }

  get hasBacklog(): boolean {
    return this.#pipe?.hasBacklog ?? false;
  }

  /** Waits as long as the recorder makes progress. A recorder that is given up finishes its work on its own. */
  async close(giveUp: AbortSignal): Promise<RecordingEnd> {
    this.#send('close');
    this.#closing = true;
    this.#pipe?.end();
    const watch = new ProgressWatch(this.#process.pid ?? 0);
    const listening = setInterval(() => {
      const looks = watch.look(`${this.#answers} ${this.#pipe?.unsent ?? 0}`);
      if (looks >= closingLooks) this.#lose('the recorder does not answer any more');
    }, this.#silenceMs / closingLooks);
    await Promise.race([this.#ended, aborted(giveUp)]);
    clearInterval(listening);
    const missing = this.#isWritten || this.#failed ? '' : this.unwritten();
    if (missing === '' && this.hasBacklog) this.#fail('the session ended before all of it was handed over');
    this.#process.unref();
    this.#pipe?.close();
    this.#process.stdout?.destroy();
    const leftOut = this.#leftOut;
    return { isComplete: this.#isWritten && !this.#hasFailed && leftOut === '', missing, leftOut };
  }

  unwritten(): string {
    const { messages, bytes } = this.#waiting;
    const unsent = this.#pipe?.unsent ?? 0;
    const held = `${messages === 1 ? '1 message' : `${messages} messages`} (${sizeText(bytes)})`;
    if (messages + bytes + unsent === 0) return 'the end of the session';
    if (unsent === 0) return held;
    return messages + bytes === 0 ? sizeText(unsent) : `${held} and another ${sizeText(unsent)}`;
  }

  #send(kind: FrameKind, json = '', channel: Channel = 'client', bytes: Uint8Array = noBytes): void {
    // The live file stays true for a session that is not recorded any more.
    if (this.#failed && kind !== 'facts' && kind !== 'server' && kind !== 'close') return;
    const head = frameHead({ kind, channel, t: this.#now(), json }, bytes.length);
    const isSmall = head.length + bytes.length <= copiedBytes;
    this.#pipe?.write(isSmall ? [Buffer.concat([head, bytes])] : bytes.length === 0 ? [head] : [head, bytes]);
  }

  #receive(line: string): void {
    const answer = parseAnswer(line);
    if (answer === null) return;
    this.#answers++;
    if (this.#pipe !== null) this.#pipe.isReading = true;
    if (answer.kind === 'alive') this.#waiting = answer.waiting ?? this.#waiting;
    else if (answer.kind === 'failed') this.#fail(answer.sentence);
    else if (answer.kind === 'closed') {
      if (!this.#closing) this.#fail('the recorder ended by itself');
      // All is written, so nothing can fail any more.
      this.#isWritten = true;
      this.#leftOut = answer.lost === undefined ? '' : lostText(answer.lost);
      this.#failed = true;
      this.#end();
    }
  }

  /** The recorder has ended or does not answer; one that does not answer finishes by itself when it continues. */
  #lose(sentence: string): void {
    this.#fail(sentence);
    this.#pipe?.close();
    this.#end();
  }

  #fail(sentence: string): void {
    const isFirst = !this.#failed;
    this.#failed = true;
    this.#hasFailed ||= isFirst;
    if (isFirst) this.#onFailure(sentence);
  }

  /** Milliseconds since the start, to the microsecond. */
  #now(): number {
    return Math.round((performance.now() - this.#began) * 1000) / 1000;
  }
}

/** An answer of the recorder; null for any other line, such as a warning of Node. */
function parseAnswer(line: string): RecordingAnswer | null {
  try {
    return JSON.parse(line) as RecordingAnswer;
  } catch {
    return null;
  }
}

/** The pipe, the answers, and a descriptor of this process when the capture goes to one. */
function recorderStdio(file: string): StdioOptions {
  const [, name] = /^\/(?:dev\/(stderr|fd\/\d+)|proc\/self\/(fd\/\d+))$/.exec(file) ?? [];
  const number = name === undefined ? 0 : name === 'stderr' ? 2 : Number(name.slice('fd/'.length));
  const stdio: ('pipe' | 'ignore' | number)[] = ['pipe', 'pipe', 'ignore'];
  if (number < 2) return stdio;
  for (let at = 3; at < number; at++) stdio.push('ignore');
  stdio[number] = number;
  return stdio;
}

/**
 * The environment of a child process that runs as Node: that of this process without `NODE_OPTIONS`, which could make it wait for a
 * debugger. Electron runs as Node only with `ELECTRON_RUN_AS_NODE`; without it, it opens the editor.
 */
export function nodeEnvironment(env: NodeJS.ProcessEnv, isElectron: boolean): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = env;
  return isElectron ? { ...rest, ELECTRON_RUN_AS_NODE: '1' } : rest;
}
