/** `tap --http`: prints the address for the client, and runs the HTTP tap until a signal arrives. */
import { lossTexts, notRecordedText, undecidedText, waitingText } from '../../engine/recording/tapSide/endTexts.ts';
import { visible } from '../../core/base/visible.ts';
import { startHttpTap } from '../../engine/tap/http/httpTap.ts';
import { type LiveRecordingOptions, startLiveRecording } from '../../engine/recording/tapSide/liveRecording.ts';
import type { Output } from './output.ts';
import { exitCodes } from './command.ts';
import { createGates, type GateSet, type GuardOptions } from './tapGuard.ts';

export interface HttpTapArguments extends Omit<LiveRecordingOptions, 'onFailure' | 'facts'> {
  readonly url: string;
  readonly port: number;
  readonly host: string;
  readonly guard: GuardOptions | null;
}

/** Signals that end the tap after the rest of the capture was written. */
const endSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Milliseconds after which the user learns what the tap waits for. */
const saidAfterMs = 2000;

/** Prints the address on standard output and messages on standard error. Returns the exit code. */
export async function runHttpTap(
  { url, port, host, guard, ...recording }: HttpTapArguments,
  output: Output,
): Promise<number> {
  const report = (sentence: string): void => void process.stderr.write(`guardscope tap: ${visible(sentence)}\n`);
  let gates: GateSet | undefined;
  const tap = await startHttpTap({
    url,
    port,
    host,
    ...(recording.maxMessageBytes === undefined ? {} : { maxMessageBytes: recording.maxMessageBytes }),
    record: ({ url: endpoint }) => {
      const onFailure = (reason: string): void => report(notRecordedText(reason));
      const live = startLiveRecording({ ...recording, onFailure, facts: { endpoint } });
      if (guard !== null) gates = createGates(guard, recording.header.server, live, report);
      return { recording: live, gates: gates ?? null };
    },
    report: ({ message, hint }) => report(hint === '' ? message : `${message}. ${hint}`),
  });
  await output.line(tap.url);
  const signal = await new Promise<NodeJS.Signals | 'disconnect'>((resolve) => {
    for (const each of endSignals) process.once(each, () => resolve(each));
    // The IPC channel closes when the editor that started the tap ends in any way.
    if (process.channel !== undefined) process.once('disconnect', () => resolve('disconnect'));
  });
  const abortWait = new AbortController();
  // A second signal aborts the wait for the recorder.
  for (const each of endSignals) process.once(each, () => abortWait.abort());
  const saying = setTimeout(() => report(waitingText(tap.unwritten(), tap.undecided())), saidAfterMs);
  const recorded = await tap.close(abortWait.signal);
  clearTimeout(saying);
  const undecided = tap.undecided();
  if (undecided > 0) report(undecidedText(undecided, 'aborted'));
  for (const sentence of lossTexts(recorded)) report(sentence);
  await gates?.close();
  if (!recorded.isComplete || undecided > 0) return exitCodes.badInput;
  return signal === 'SIGINT' ? 130 : 0;
}
