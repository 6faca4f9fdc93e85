/** The recording of a tap from its first to its last moment: which file it goes to, and the recorder that writes it. */
import { toFailure } from '../../../core/base/failure.ts';
import { captureName, isPattern } from '../format/captureName.ts';
import type { LiveFacts } from '../format/liveFile.ts';
import { RecorderLink, type RecorderLinkOptions } from './tapToRecorder.ts';
import type { Recording } from '../format/recordingSink.ts';

export interface LiveRecordingOptions extends Omit<RecorderLinkOptions, 'file' | 'facts' | 'pattern'> {
  /** The capture, or a pattern that gives each session its own (`captureName`). */
  readonly out: string;
  /** What the live file tells beside process, start, server and transport. */
  readonly facts?: Partial<LiveFacts>;
}

/** A recording that can tell others about itself. */
export interface LiveRecording extends Recording {
  /** The file that is written. */
  readonly file: string;
  /** Changes what the live file tells. */
  update(change: Partial<LiveFacts>): void;
}

/** Begins to record. Never throws: a session must not suffer from its recording, so a failure is told by `onFailure`, and nothing is kept. */
export function startLiveRecording({ out, facts = {}, ...options }: LiveRecordingOptions): LiveRecording {
  const { start, server, transport } = options.header;
  const { pid } = process;
  const file = captureName(out, { start: new Date(start), server, pid });
  try {
    const link = new RecorderLink({
      ...options,
      ...(isPattern(out) ? { pattern: out } : {}),
      file,
      facts: { pid, start, server, transport, ...facts },
    });
    return Object.assign(link, { file });
  } catch (thrown) {
    options.onFailure(`the recorder did not start: ${toFailure(thrown).message}`);
    return { file, ...silent };
  }
}

const silent = {
  bytes: () => undefined,
  message: () => undefined,
  line: () => undefined,
  event: () => undefined,
  ended: () => undefined,
  kept: (then) => then(),
  isBehind: false,
  close: () => Promise.resolve(),
  update: () => undefined,
} satisfies Omit<LiveRecording, 'file'>;
