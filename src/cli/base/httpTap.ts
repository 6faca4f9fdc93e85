/** `tap --http`: runs the HTTP tap until a signal, and prints the address for the client. */
import { visible } from '../../core/base/visible.ts';
import { startHttpTap } from '../../engine/tap/http/httpTap.ts';
import { type LiveRecordingOptions, startLiveRecording } from '../../engine/recording/tapSide/liveRecording.ts';
import type { Output } from './output.ts';
import { type TapGates, type TapGuard, tapGates } from './tapGuard.ts';

export interface HttpTapArguments extends Omit<LiveRecordingOptions, 'onFailure' | 'facts'> {
  readonly url: string;
  readonly port: number;
  readonly host: string;
  readonly guard: TapGuard | null;
}

/** Signals that end the tap; the last of the capture is written first. */
const ends: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Prints the address on standard output, everything else on standard error. Gives the exit code. */
export async function runHttpTap(
  { url, port, host, guard, ...recording }: HttpTapArguments,
  output: Output,
): Promise<number> {
  const tell = (sentence: string): void => void process.stderr.write(`guardscope tap: ${visible(sentence)}\n`);
  let gates: TapGates | undefined;
  const tap = await startHttpTap({
    url,
    port,
    host,
    ...(recording.maxMessageBytes === undefined ? {} : { maxMessageBytes: recording.maxMessageBytes }),
    record: ({ url: endpoint }) => {
      const onFailure = (sentence: string): void => tell(`not recorded any more: ${sentence}; the session goes on`);
      const live = startLiveRecording({ ...recording, onFailure, facts: { endpoint } });
      if (guard !== null) gates = tapGates(guard, recording.header.server, live, tell);
      return { recording: live, gates: gates?.make ?? null };
    },
    report: ({ message, hint }) => tell(hint === '' ? message : `${message}. ${hint}`),
  });
  await output.line(tap.url);
  const signal = await new Promise<NodeJS.Signals | 'disconnect'>((resolve) => {
    for (const each of ends) process.once(each, () => resolve(each));
    // An editor that started it with a channel is gone, however it went.
    if (process.channel !== undefined) process.once('disconnect', () => resolve('disconnect'));
  });
  const giveUp = new AbortController();
  // Whoever asks twice has no patience.
  for (const each of ends) process.once(each, () => giveUp.abort());
  await tap.close(giveUp.signal);
  await gates?.close();
  return signal === 'SIGINT' ? 130 : 0;
}
