/** Writes a tapped session of any transport: the messages of both sides become the lines of a capture, in order of arrival. */
import { runSteps, type Steps } from '../../../core/base/steps.ts';
import type { NativeHeader } from '../../../core/trace/capture/nativeLine.ts';
import type { Channel, FrameMarks } from '../format/channel.ts';
import type { LostContent } from '../format/tapContract.ts';
import type { CaptureAppender } from './captureAppender.ts';
import { eventLine, frameLine, headerLine, madeLine, type TextRedactor } from './captureLine.ts';
import { FrameSplitter, type LineFrame, wholeFrame } from './lineFrames.ts';

export interface CaptureWriterOptions {
  readonly header: NativeHeader;
  /** null records everything as it is. */
  readonly redactor: TextRedactor | null;
  /** Longer messages are recorded without content. */
  readonly maxMessageBytes?: number;
  /** Runs work that may be long; default at once. */
  readonly run?: <T>(steps: Steps<T>) => T | Promise<T>;
}

/** Up to this size a message is worked on at once, without a promise in between. */
const shortBytes = 64 * 1024;

/**
 * Times are in milliseconds since the start that the header names. One call at a time: each begins when the promise of the one before it
 * has resolved.
 */
export class CaptureWriter {
  readonly #appender: CaptureAppender;
  readonly #options: CaptureWriterOptions;
  readonly #splitters: Readonly<Record<Channel, FrameSplitter>>;
  /** Frames that the bytes of this call completed. */
  #frames: LineFrame[] = [];
  #hasIntroduction = false;
  #lost: LostContent = { messages: 0, stderrLines: 0, bytes: 0 };

  constructor(appender: CaptureAppender, options: CaptureWriterOptions) {
    this.#appender = appender;
    this.#options = options;
    const splitter = (): FrameSplitter =>
      new FrameSplitter((frame) => this.#frames.push(frame), options.maxMessageBytes);
    this.#splitters = { client: splitter(), server: splitter(), stderr: splitter() };
  }

  /** What was written without its content so far, because `skip` came in its place. */
  get lost(): LostContent {
    return this.#lost;
  }

  /** Opens the capture and writes its header. */
  start(): Promise<void> {
    return this.#appender.start(headerLine(this.#options.header));
  }

  /** The next bytes of a stream with one message a line. They must not change until this has resolved. */
  bytes(t: number, channel: Channel, bytes: Uint8Array): Promise<void> {
    this.#splitters[channel].push(bytes);
    return this.#writeFrames(t, channel);
  }

  /** Bytes of such a stream whose content was left out: those up to the last line feed, the number of line feeds, those after it. */
  skip(
    t: number,
    channel: Channel,
    { bytes, lines, tail }: { readonly bytes: number; readonly lines: number; readonly tail: number },
  ): Promise<void> {
    this.#splitters[channel].skip(bytes, lines, tail);
    return this.#writeFrames(t, channel);
  }

  /** A whole message, from a transport that knows where they end. */
  message(t: number, channel: Channel, bytes: Uint8Array, marks: FrameMarks = {}): Promise<void> {
    return this.#writeFrame(t, channel, wholeFrame(bytes), marks);
  }

  /** A line that another part of the tap made, such as the guard: a JSON object without `t`. */
  async line(t: number, json: string): Promise<void> {
    const { redactor } = this.#options;
    await this.#appender.line(await this.#run(madeLine(t, json, redactor), json.length));
  }

  /** Something beside the messages. */
  async event(t: number, event: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#appender.line(eventLine(t, event, fields));
  }

  /** A stream ended. */
  async ended(t: number, channel: Channel): Promise<void> {
    this.#splitters[channel].end();
    await this.#writeFrames(t, channel);
    if (channel !== 'stderr') await this.event(t, 'end', { dir: channel });
  }

  close(): Promise<void> {
    return this.#appender.close();
  }

  async #writeFrames(t: number, channel: Channel): Promise<void> {
    const frames = this.#frames;
    this.#frames = [];
    for (const frame of frames) await this.#writeFrame(t, channel, frame);
  }

  async #writeFrame(t: number, channel: Channel, frame: LineFrame, marks: FrameMarks = {}): Promise<void> {
    const { redactor } = this.#options;
    const line = await this.#run(frameLine(t, channel, frame, redactor, marks), frame.length);
    if (line === null) return;
    await this.#appender.line(line);
    if (frame.dropped === 'too slow') this.#countLost(channel, frame);
    // `clientInfo.name` says which client it was, so every file of the capture needs the first message.
    if (!this.#hasIntroduction && channel === 'client' && frame.bytes !== null) {
      this.#hasIntroduction = true;
      if (frame.length < longestIntroduction) {
        this.#appender.repeatInLaterFiles(line.map((piece) => new Uint8Array(piece)));
      }
    }
  }

  #countLost(channel: Channel, { lines, length }: LineFrame): void {
    const { messages, stderrLines, bytes } = this.#lost;
    const isStderr = channel === 'stderr';
    this.#lost = {
      messages: messages + (isStderr ? 0 : lines),
      stderrLines: stderrLines + (isStderr ? lines : 0),
      bytes: bytes + length,
    };
  }

  #run<T>(steps: Steps<T>, bytes: number): T | Promise<T> {
    const { run } = this.#options;
    return run === undefined || bytes < shortBytes ? runSteps(steps) : run(steps);
  }
}

const longestIntroduction = 64 * 1024;
