/** The recorder of a tap, a process of its own: wiring only. It reads what the tap hands over, keeps it for the disk, and ends by itself after the tap. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toFailure } from '../../../core/base/failure.ts';
import { FrameReader } from '../format/recordFrame.ts';
import { RecorderSession } from './recorderProcess.ts';
import { standardInputSource } from '../format/sources.ts';
import type { RecordingAnswer } from '../format/tapContract.ts';

try {
  // Linux may weigh all threads of a session of processes as one, and the recorder leads its own: what it records comes first (sched(7)).
  writeFileSync('/proc/self/autogroup', '15');
} catch {
  // Another system, or one without such groups: then only the thread that writes gives way.
}

const answer = (message: RecordingAnswer): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
// Nobody may be there to hear it.
process.stdout.on('error', () => undefined);

// Whoever stops everything stops the tap, too, and then the pipe ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** Milliseconds that a recorder which has failed may take to write what it has. */
const lastMs = 5000;

process.on('uncaughtException', (error) => {
  answer({ kind: 'failed', sentence: `the recorder failed: ${toFailure(error).message}` });
  setTimeout(() => process.exit(1), lastMs);
  void end(1);
});

const session = new RecorderSession({ workerFile: join(__dirname, 'tapWorker.js'), answer });
const reader = new FrameReader((frame, bytes) => session.take(frame, bytes));

async function end(code: number): Promise<void> {
  await session.finish();
  process.exit(code);
}

const { stream, listen } = standardInputSource();
answer({ kind: 'alive' });
listen((chunk) => {
  reader.push(chunk);
  const room = session.room();
  if (room === null) return;
  stream.pause();
  void room.then(() => stream.resume());
});
stream.on('error', () => undefined);
stream.on('close', () => {
  setInterval(() => answer({ kind: 'alive' }), 1000);
  void end(0);
});
