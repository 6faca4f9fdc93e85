/** The recording of a tap from its first to its last moment: the folder, the live file beside the capture, older captures that may go. */
import { statSync } from 'node:fs';
import { toFailure } from '../../core/base/failure.ts';
import { captureName, deleteOldCaptures, isPattern, makeFolder } from './captureName.ts';
import { LiveFile, type LiveFacts } from './liveFile.ts';
import { type Recording, RecordingThread, type RecordingThreadOptions } from './recordingThread.ts';

export interface LiveRecordingOptions extends Omit<RecordingThreadOptions, 'file'> {
  /** The capture, or a pattern that gives each session its own (`captureName`). */
  readonly out: string;
  /** Finished captures of the pattern to keep, the new one among them; default all. */
  readonly keepSessions?: number;
  /** What the live file tells beside process, start, server and transport. */
  readonly facts?: Partial<LiveFacts>;
}

/** A recording that can tell others about itself. */
export interface LiveRecording extends Recording {
  /** The file that is written. */
  readonly file: string;
  update(change: Partial<LiveFacts>): void;
}

/** Begins to record. Never throws: a session must not suffer from its recording, so a failure is told by `onFailure`, and nothing is kept. */
export function startLiveRecording(options: LiveRecordingOptions): LiveRecording {
  const { out, keepSessions, facts = {}, ...recording } = options;
  const { start, server, transport } = recording.header;
  const file = captureName(out, { start: new Date(start), server, pid: process.pid });
  let live: LiveFile | null = null;
  try {
    if (isPattern(out)) makeFolder(file);
    if (!isSpecial(file)) live = LiveFile.create(file, { pid: process.pid, start, server, transport, ...facts });
  } catch (thrown) {
    const { code, message, hint } = toFailure(thrown);
    // Where only the live file cannot be written, the capture may still be; if not, the recording thread says so.
    if (code === 'tap/in-use') {
      recording.onFailure(`${message}. ${hint}`);
      return { file, ...silent };
    }
  }
  if (keepSessions !== undefined && isPattern(out)) deleteOldCaptures(out, { server }, keepSessions);
  const thread = new RecordingThread({ ...recording, file });
  return {
    file,
    bytes: (channel, chunk) => thread.bytes(channel, chunk),
    message: (channel, bytes, marks) => thread.message(channel, bytes, marks),
    line: (json) => thread.line(json),
    event: (event, fields) => thread.event(event, fields),
    ended: (channel) => thread.ended(channel),
    room: () => thread.room(),
    close: async (giveUp) => {
      await thread.close(giveUp);
      live?.remove();
    },
    update: (change) => live?.update(change),
  };
}

/** A pipe or a device has nothing beside it. */
function isSpecial(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}

const silent = {
  bytes: () => undefined,
  message: () => undefined,
  line: () => undefined,
  event: () => undefined,
  ended: () => undefined,
  room: () => null,
  close: () => Promise.resolve(),
  update: () => undefined,
} satisfies Omit<LiveRecording, 'file'>;
