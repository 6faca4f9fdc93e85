/** A tapped session, whatever carried it: what two sides send each other becomes the lines of a capture, in order of arrival. */
import type { NativeHeader } from '../../../core/trace/capture/nativeLine.ts';
import {
  type Channel,
  eventLine,
  frameLine,
  type FrameMarks,
  headerLine,
  madeLine,
  type TextRedactor,
} from '../format/captureLine.ts';
import { type Frame, FrameSplitter, maxFrameBytes, noEnds } from '../format/lineFrames.ts';
import type { Recorder } from '../format/captureAppender.ts';

export interface TapOptions {
  readonly header: NativeHeader;
  /** null records everything as it is. */
  readonly redactor: TextRedactor | null;
  /** Longer messages are recorded without content. */
  readonly maxMessageBytes?: number;
}

/** Times are in milliseconds since the start that the header names. */
export class TapSession {
  readonly #recorder: Recorder;
  readonly #redactor: TextRedactor | null;
  readonly #splitters: Readonly<Record<Channel, FrameSplitter>>;
  #t = 0;
  #introduced = false;

  constructor(recorder: Recorder, options: TapOptions) {
    this.#recorder = recorder;
    this.#redactor = options.redactor;
    const limit = options.maxMessageBytes ?? maxFrameBytes;
    const splitter = (channel: Channel): FrameSplitter =>
      new FrameSplitter((frame) => this.#frame(channel, frame), limit);
    this.#splitters = { client: splitter('client'), server: splitter('server'), stderr: splitter('stderr') };
    recorder.start(headerLine(options.header));
  }

  /** The next bytes of a stream with one message a line. They must not change afterwards. */
  bytes(t: number, channel: Channel, bytes: Uint8Array): void {
    this.#t = t;
    this.#splitters[channel].push(bytes);
  }

  /** Bytes of such a stream that passed unseen: those up to the last line feed, the line feeds among them, those after it. */
  skip(t: number, channel: Channel, bytes: number, lines: number, tail: number): void {
    this.#t = t;
    this.#splitters[channel].skip(bytes, lines, tail);
  }

  /** A whole message, from a transport that knows where they end. */
  message(t: number, channel: Channel, bytes: Uint8Array, marks: FrameMarks = {}): void {
    this.#t = t;
    this.#frame(
      channel,
      { bytes, length: bytes.length, lines: 1, dropped: null, ends: noEnds, terminated: true },
      marks,
    );
  }

  /** A line that somebody else made: the text of a JSON object without `t`, such as what a guard did. */
  line(t: number, json: string): void {
    this.#recorder.line(madeLine(t, json, this.#redactor));
  }

  /** Something beside the messages. */
  event(t: number, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#recorder.line(eventLine(t, event, fields));
  }

  /** A stream ended. */
  ended(t: number, channel: Channel): void {
    this.#t = t;
    this.#splitters[channel].end();
    if (channel !== 'stderr') this.event(t, 'end', { dir: channel });
  }

  close(): void {
    this.#recorder.close();
  }

  #frame(channel: Channel, frame: Frame, marks: FrameMarks = {}): void {
    const line = frameLine(this.#t, channel, frame, this.#redactor, marks);
    if (line === null) return;
    this.#recorder.line(line);
    // Who the client is decides whose calls these are (`clientInfo.name`), so every file of the capture must say it.
    if (!this.#introduced && channel === 'client' && frame.bytes !== null) {
      this.#introduced = true;
      if (frame.length < longestIntroduction) this.#recorder.keepForLater(line.map((piece) => new Uint8Array(piece)));
    }
  }
}

const longestIntroduction = 64 * 1024;
