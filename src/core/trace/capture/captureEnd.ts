/** Whether a capture has its end: the event of a tap that ended with its session, or of a recorder that outlived its tap. */
import type { TraceProblems } from '../model/traceProblems.ts';
import { reportKilled } from './nativeConnection.ts';
import type { NativeHeader, NativeRecord } from './nativeLine.ts';

type EndRecord = Extract<NativeRecord, { kind: 'end' }>;

/** The end of the recording that is being read; a capture may hold several. */
export class CaptureEnd {
  readonly #problems: TraceProblems;
  /** Whether an end is due: the header announces one, and it was not read yet. */
  #isDue = false;

  constructor(problems: TraceProblems) {
    this.#problems = problems;
  }

  /** A recording begins. Reports that the one before it has no end. */
  begin({ endMark = false }: NativeHeader, line: number): void {
    this.report(this.#problems, line);
    this.#isDue = endMark;
  }

  /** Takes the line of the end. `time`: of the line, in milliseconds since 1970; null when unknown. */
  take({ of }: EndRecord, line: number, time: number | null): void {
    this.#isDue = false;
    if (of === 'tap') reportKilled(time, line, this.#problems);
    if (of === 'recording') reportLost(time, line, this.#problems);
  }

  /** Reports that the end is missing, before the line of the next recording or at the end of the file. */
  report(problems: TraceProblems, line?: number): void {
    if (!this.#isDue) return;
    const message = 'The capture has no end mark, so the last messages of its session may be missing';
    const hint = 'Its recorder ended early, the file was cut, or a size limit ended it or began another file';
    problems.add('warning', 'trace/no-end', message, line, hint);
  }
}

function reportLost(time: number | null, line: number, problems: TraceProblems): void {
  const when = time === null ? '' : ` after ${new Date(time).toISOString()}`;
  const message = `The tap stopped recording${when}, and its session went on: the rest of the session is missing`;
  problems.add('warning', 'trace/recording-lost', message, line, 'The standard error of the tap says why');
}
