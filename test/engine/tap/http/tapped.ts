/** Starts an HTTP tap in this process, with its recorder, and reads what it recorded. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Failure } from '../../../../src/core/base/failure.ts';
import { type HttpTap, type HttpTapOptions, startHttpTap } from '../../../../src/engine/tap/http/httpTap.ts';
import type { Gates } from '../../../../src/engine/tap/gate/gate.ts';
import { startLiveRecording } from '../../../../src/engine/recording/tapSide/liveRecording.ts';
import type { RecordingSink } from '../../../../src/engine/recording/tapSide/recordingSink.ts';
import { bundlePath } from '../../../support/paths.ts';

export interface TappedServer {
  readonly tap: HttpTap;
  readonly file: string;
  readonly failures: readonly Failure[];
  /** Ends the tap and gives the lines of its capture, parsed. */
  end(): Promise<readonly Record<string, unknown>[]>;
}

/** `gates` makes the gate of each session, when the tap has a recording. `recorderFile`: the bundle of the recorder. */
export async function tapServer(
  url: string,
  options: Partial<HttpTapOptions> & {
    readonly gates?: (recording: RecordingSink) => Gates;
    readonly recorderFile?: string;
  } = {},
): Promise<TappedServer> {
  const file = join(mkdtempSync(join(tmpdir(), 'guardscope-http-')), 'session.guardtrace.jsonl');
  const failures: Failure[] = [];
  const tap = await startHttpTap({
    url,
    record: () => {
      const recording = startLiveRecording({
        out: file,
        redact: true,
        recorderFile: options.recorderFile ?? bundlePath('tapRecorder.js'),
        onFailure: (sentence) => {
          throw new Error(sentence);
        },
        header: { tool: 'test', version: '0', start: '2026-11-23T00:00:00.000Z', server: 's', transport: 'http' },
      });
      return { recording, gates: options.gates?.(recording) ?? null };
    },
    stateFolder: join(dirname(file), 'state'),
    report: (failure) => failures.push(failure),
    ...options,
  });
  return {
    tap,
    file,
    failures,
    end: async () => {
      // Without a limit of its own: a tap waits while it makes progress, and the test has a limit.
      await tap.close(new AbortController().signal);
      return readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}
