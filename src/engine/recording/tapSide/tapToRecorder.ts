/**
 * A tap's way to its recorder: a process of its own behind a pipe, so that what was handed over outlives the tap, however that ends.
 *
 *     tap process                                        recorder process (a process group of its own; ignores SIGINT, SIGTERM, SIGHUP)
 *     -----------                                        ----------------
 *     bytes, message, line, event, ended, facts
 *       │
 *       ▼
 *     this link: a frame each (24-byte head,             frame reader: finds the frames
 *       │        JSON text, bytes)                          │
 *       ▼                                                   ▼
 *     pipe ─────────────────── stdin ──────────────────► session: folder, live file, removal of old captures
 *       │ runs `then` when it has taken                     │
 *       │ every write so far                                ▼
 *       ▼                                                bounded queue: over its limit, content is left out and counted
 *     the tap passes the bytes on                           │
 *                                                           ▼
 *                                                        messages are found, secrets taken out, one line each
 *                                                           │
 *                                                           ▼
 *     answers ◄──── stdout, a line of JSON each ──────── the capture: append, one write a line
 *                   alive · failed · closed
 *
 * What the pipe has taken is durable: the system keeps it when the tap is killed, and the recorder reads to the end of the pipe. A tap
 * passes bytes on only then, so a client never has what the capture can lose. A recorder that takes nothing for 3 s (15 s before its
 * first word) is given up: `onFailure` gets one sentence, and the session goes on unrecorded. The recorder pauses the pipe only while its
 * queue is nearly full and it works off at least 4 MiB in 250 ms; a slow disk never holds a session up.
 */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Channel, FrameMarks } from '../format/captureLine.ts';
import { KeptPipe } from './durablePipe.ts';
import { type FrameKind, frameHead } from '../format/recordFrame.ts';
import { aborted, type Recording } from '../format/recordingSink.ts';
import type { RecorderStart, RecordingAnswer } from '../format/tapContract.ts';

export interface RecorderLinkOptions extends RecorderStart {
  /** The bundle of `tapRecorderMain`. */
  readonly recorderFile: string;
  /** Milliseconds after which a recorder that says nothing while it finishes is not waited for any longer; default 15 seconds. */
  readonly silenceMs?: number;
  /** Called once when the recording ends before the session. */
  readonly onFailure: (sentence: string) => void;
}

const defaultSilenceMs = 15_000;

/** What may wait unless told otherwise; a healthy recorder takes it within a second. */
const defaultWaitingBytes = 256 * 1024 * 1024;

/** Up to this size it is cheaper to copy a piece than to hand over two. */
const copiedBytes = 4096;

const nothing = new Uint8Array(0);

export class RecorderLink implements Recording {
  readonly #process: ChildProcess;
  readonly #pipe: KeptPipe | null;
  readonly #onFailure: (sentence: string) => void;
  readonly #silenceMs: number;
  readonly #began = performance.now();
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  /** Nothing is recorded any more. */
  #failed = false;
  #closing = false;
  #lastWord = performance.now();

  constructor({ recorderFile, silenceMs, onFailure, ...start }: RecorderLinkOptions) {
    this.#silenceMs = silenceMs ?? defaultSilenceMs;
    this.#onFailure = onFailure;
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.#process = spawn(process.execPath, [recorderFile], {
      stdio: recorderStdio(start.file),
      // What ends the tap, a terminal or a client that ends its group, must not end the recorder.
      detached: true,
      windowsHide: true,
      env: nodeEnvironment(process.env, process.versions['electron'] !== undefined),
    });
    // Where no process could be made, there may be none of the streams, whatever their type says.
    const { stdin, stdout } = this.#process as Partial<Pick<ChildProcess, 'stdin' | 'stdout'>>;
    const maxWaiting = start.maxQueueBytes ?? defaultWaitingBytes;
    const onLost = (sentence: string): void => this.#lose(sentence);
    this.#pipe = stdin === undefined || stdin === null ? null : new KeptPipe(stdin, { maxWaiting, onLost });
    this.#process.on('error', (error) => this.#lose(`the recorder did not start: ${error.message}`));
    this.#process.on('close', (code, signal) =>
      this.#lose(`the recorder ended by itself (${signal ?? `code ${code}`})`),
    );
    if (stdout !== undefined && stdout !== null)
      createInterface({ input: stdout }).on('line', (line) => this.#heard(line));
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
    if (this.#pipe === null) then();
    else this.#pipe.kept(then);
  }

  get isBehind(): boolean {
    return this.#pipe?.isBehind ?? false;
  }

  /** A recorder that is not waited for finishes its work on its own. */
  async close(giveUp: AbortSignal): Promise<void> {
    this.#send('close');
    this.#closing = true;
    this.#pipe?.end();
    this.#lastWord = performance.now();
    const listening = setInterval(() => {
      if (performance.now() - this.#lastWord > this.#silenceMs) this.#lose('the recorder does not answer any more');
    }, this.#silenceMs / 20);
    await Promise.race([this.#ended, aborted(giveUp)]);
    clearInterval(listening);
    if (this.isBehind) this.#fail('the session ended before all of it was handed over');
    this.#process.unref();
    this.#pipe?.close();
    this.#process.stdout?.destroy();
  }

  #send(kind: FrameKind, json = '', channel: Channel = 'client', bytes: Uint8Array = nothing): void {
    // The live file goes on telling of a session that is not recorded any more.
    if (this.#failed && kind !== 'facts' && kind !== 'close') return;
    const head = frameHead({ kind, channel, t: this.#now(), json }, bytes.length);
    const isSmall = head.length + bytes.length <= copiedBytes;
    this.#pipe?.write(isSmall ? [Buffer.concat([head, bytes])] : bytes.length === 0 ? [head] : [head, bytes]);
  }

  #heard(line: string): void {
    const answer = parseAnswer(line);
    if (answer === null) return;
    this.#lastWord = performance.now();
    if (this.#pipe !== null) this.#pipe.isReading = true;
    if (answer.kind === 'failed') this.#fail(answer.sentence);
    else if (answer.kind === 'closed') {
      if (!this.#closing) this.#fail('the recorder ended by itself');
      // All is written, so that nothing can fail any more.
      this.#failed = true;
      this.#end();
    }
  }

  /** There is no recorder any more, or none that can be waited for; that one finishes by itself when it wakes. */
  #lose(sentence: string): void {
    this.#fail(sentence);
    this.#pipe?.close();
    this.#end();
  }

  #fail(sentence: string): void {
    const isFirst = !this.#failed;
    this.#failed = true;
    if (isFirst) this.#onFailure(sentence);
  }

  /** Milliseconds since the start, to the microsecond. */
  #now(): number {
    return Math.round((performance.now() - this.#began) * 1000) / 1000;
  }
}

/** What a recorder writes; null for a line of something else, such as a warning of Node. */
function parseAnswer(line: string): RecordingAnswer | null {
  try {
    return JSON.parse(line) as RecordingAnswer;
  } catch {
    return null;
  }
}

/** The pipe, the answers, and a descriptor of this process if the capture goes to one. */
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
 * What a process that runs as Node finds in its environment: that of this one, without what would change how Node runs, such as a
 * debugger that waits for somebody. An Electron is a Node only when told so, else it opens the editor.
 */
export function nodeEnvironment(env: NodeJS.ProcessEnv, isElectron: boolean): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = env;
  return isElectron ? { ...rest, ELECTRON_RUN_AS_NODE: '1' } : rest;
}
