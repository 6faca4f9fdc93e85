/** Starts the recording of a tap: chooses its file and spawns the recorder that writes it. */
import { toFailure } from '../../../core/base/failure.ts';
import { captureName, isPattern } from '../format/captureName.ts';
import type { LiveFacts } from '../format/liveFile.ts';
import type { RecordingSink } from './recordingSink.ts';
import { TapToRecorder, type TapToRecorderOptions } from './tapToRecorder.ts';

export interface LiveRecordingOptions extends Omit<TapToRecorderOptions, 'file' | 'facts' | 'pattern'> {
  /** The capture, or a pattern that gives each session its own (`captureName`). */
  readonly out: string;
  /** What the live file says beside process, start, server and transport. */
  readonly facts?: Partial<LiveFacts>;
}

/** A recording with a live file that others can read. */
export interface LiveRecording extends RecordingSink {
  /** The file that is written. */
  readonly file: string;
  /** Changes the live file. */
  update(change: Partial<LiveFacts>): void;
}

/** Never throws: a session must not suffer from its recording. A failure is reported to `onFailure`, and nothing is recorded. */
export function startLiveRecording({ out, facts = {}, ...options }: LiveRecordingOptions): LiveRecording {
  const { start, server, transport } = options.header;
  const { pid } = process;
  const file = captureName(out, { start: new Date(start), server, pid });
  try {
    const recording = new TapToRecorder({
      ...options,
      ...(isPattern(out) ? { pattern: out } : {}),
      file,
      facts: { pid, start, server, transport, ...facts },
    });
    return Object.assign(recording, { file });
  } catch (thrown) {
    options.onFailure(`the recorder did not start: ${toFailure(thrown).message}`);
    return { file, ...noRecording };
  }
}

const noRecording = {
  bytes: () => undefined,
  message: () => undefined,
  line: () => undefined,
  event: () => undefined,
  ended: () => undefined,
  server: () => undefined,
  whenDurable: (then) => then(),
  hasBacklog: false,
  close: () => Promise.resolve({ isComplete: false, missing: '', leftOut: '' }),
  unwritten: () => 'the whole session',
  update: () => undefined,
} satisfies Omit<LiveRecording, 'file'>;
