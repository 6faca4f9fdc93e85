/** The thread of a recorder that writes: wiring only. It finds the messages, takes secrets out, and waits for the disk. */
import { createHmac, randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { redactionNames, Redactor } from '../../../core/redaction/redaction.ts';
import { CaptureFile } from '../format/captureFile.ts';
import { isRunning, type ProcessMark } from '../format/processIdentity.ts';
import { Recorder } from '../format/captureAppender.ts';
import { TapSession } from './captureWriter.ts';
import { longestWaitMs } from '../format/tapContract.ts';
import type { RecordingAnswer, RecordingBatch, RecordingMessage, RecordingStart } from '../format/tapContract.ts';

const lookMs = 10;

/**
 * The lines of two sessions should not mix. What comes meanwhile waits in the queue. Where it is not known when a process was started, it
 * may be another one with that number.
 */
function waitFor(other: ProcessMark): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + (other.born === null ? longestWaitMs / 5 : longestWaitMs);
  while (isRunning(other) && performance.now() < until) Atomics.wait(never, 0, 0, lookMs);
}

if (parentPort !== null) {
  const port = parentPort;
  const { options, after, done } = workerData as RecordingStart;
  const count = new BigInt64Array(done);
  const answer = (message: RecordingAnswer): void => port.postMessage(message);

  // Passing on comes first. Only Linux has priorities of threads; elsewhere this would slow the whole process.
  if (process.platform === 'linux') setPriority(0, 15);
  if (after !== null) waitFor(after);
  const { header, redact, file, keepFiles, maxMessageBytes } = options;
  // The key is never stored, so a token cannot be traced back by trying secrets.
  const key = randomBytes(32);
  const hash = (secret: string): string => createHmac('sha256', key).update(secret).digest('hex').slice(0, 6);
  const recorder = new Recorder(new CaptureFile(file, keepFiles), options, (sentence) =>
    answer({ kind: 'failed', sentence }),
  );
  const session = new TapSession(recorder, {
    header: { ...header, redaction: redact ? redactionNames : [] },
    redactor: redact ? new Redactor(hash) : null,
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
  });

  const receive = (message: RecordingMessage, slab: Uint8Array): void => {
    const { t } = message;
    switch (message.kind) {
      case 'bytes':
        session.bytes(t, message.channel, slab.subarray(message.start, message.end));
        return;
      case 'skip':
        session.skip(t, message.channel, message.bytes, message.lines, message.tail);
        return;
      case 'message':
        session.message(t, message.channel, slab.subarray(message.start, message.end), message.marks);
        return;
      case 'line':
        session.line(t, message.json);
        return;
      case 'event':
        session.event(t, message.event, message.fields);
        return;
      case 'ended':
        session.ended(t, message.channel);
        return;
      case 'close':
        session.close();
        answer({ kind: 'closed' });
    }
  };

  port.on('message', ({ messages, slab }: RecordingBatch) => {
    for (const message of messages) {
      receive(message, slab);
      Atomics.add(count, 0, BigInt(message.cost));
    }
  });
}
