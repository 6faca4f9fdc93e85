/** The process of a tap's recorder: wiring only. It reads the frames of the tap, writes the capture, and ends after the tap. */
import { writeFileSync } from 'node:fs';
import { toFailure } from '../../../core/base/failure.ts';
import { standardInputSource } from '../../streams/sources.ts';
import { FrameReader } from '../format/recordFrame.ts';
import type { RecordingAnswer } from '../format/tapContract.ts';
import { RecorderProcess } from './recorderProcess.ts';

try {
  // Linux can weigh all processes of a session as one, and the recorder leads its own: the tap's session comes first (sched(7), autogroup).
  // Only a little, because the tap waits for what the recorder reads.
  writeFileSync('/proc/self/autogroup', '5');
} catch {
  // Another system, or one without such groups: then only `RateDetector` gives way to the session.
}

const answer = (message: RecordingAnswer): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
// The tap may have ended.
process.stdout.on('error', () => undefined);

// What stops the tap ends the pipe, and that ends the recorder once all is written.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let hasFailed = false;

process.on('uncaughtException', (error) => {
  answer({ kind: 'failed', sentence: `the recorder failed: ${toFailure(error).message}` });
  // It writes what it has, as long as that makes progress. A second failure ends it at once.
  if (hasFailed) process.exit(1);
  hasFailed = true;
  void end(1);
});

const recorder = new RecorderProcess(answer);
const reader = new FrameReader((frame, bytes) => recorder.take(frame, bytes));

async function end(code: number): Promise<void> {
  // `exit` waits for the threads of libuv, and one of them may be stuck in a disk that does not return.
  if (!(await recorder.finish())) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

/** Milliseconds between two answers of a recorder that finishes its work. */
const aliveMs = 250;

const { stream, listen } = standardInputSource();
answer({ kind: 'alive' });
listen((chunk) => {
  reader.push(chunk);
  const room = recorder.arrived(chunk.length);
  if (room === null) return;
  stream.pause();
  void room.then(() => stream.resume());
});
stream.on('error', () => undefined);
stream.on('close', () => {
  setInterval(() => answer({ kind: 'alive', waiting: recorder.unwritten() }), aliveMs);
  void end(0);
});
