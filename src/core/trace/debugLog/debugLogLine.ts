/** Tells the records of the gateway's debug log from everything around them: its stderr, and the copy in the log file (gateway spec 4.7). */
import { parseTime } from '../model/draft.ts';

/** Where a record was written: `stderr` holds messages as they are, the `copy` in a log file is sanitised. */
export type DebugLogForm = 'stderr' | 'copy';

/** The beginning of one record. */
export interface DebugLogLine {
  readonly form: DebugLogForm;
  /** Milliseconds since 1970; null on stderr, unless whatever kept it put a time before each line. */
  readonly time: number | null;
  /** The namespace of the logger, such as `guard:wasm`, or the category of an operational line. */
  readonly namespace: string;
  /** The message as far as it stands in this line. */
  readonly message: string;
  /** Whether nothing of the message can follow: on stderr the time since the last one ends it (`+12ms`). */
  readonly complete: boolean;
}

/** The namespace that the guards' inputs stand under. */
export const guardNamespace = 'guard:wasm';

/** null for a line that begins no record: a continued message, or output of something else. */
export function parseDebugLogLine(text: string): DebugLogLine | null {
  const frame = framePattern.exec(text);
  const rest = text.slice(frame?.[0].length ?? 0);
  const copied = copyPattern.exec(rest);
  if (copied !== null) {
    const [start, time, namespace = ''] = copied;
    return { form: 'copy', time: parseTime(time), namespace, message: rest.slice(start.length), complete: false };
  }
  const written = stderrPattern.exec(rest);
  if (written === null) return null;
  const [start, namespace = ''] = written;
  const { message, complete } = withoutElapsed(rest.slice(start.length));
  return { form: 'stderr', time: parseTime(frame?.[1]), namespace, message, complete };
}

/** A further line of a message on stderr. */
export function continueMessage(text: string): Pick<DebugLogLine, 'message' | 'complete'> {
  return withoutElapsed(text.slice(framePattern.exec(text)?.[0].length ?? 0));
}

/** Whether a line is one of the gateway's text output, so that records of the debug log may yet follow. */
export function isGatewayOutput(text: string): boolean {
  return goLogPattern.test(text) || parseDebugLogLine(text) !== null;
}

function withoutElapsed(text: string): Pick<DebugLogLine, 'message' | 'complete'> {
  // Messages reach megabytes, and what is looked for stands in the last bytes.
  const end = elapsedPattern.exec(text.slice(-elapsedLength));
  return end === null ? { message: text, complete: false } : { message: text.slice(0, -end[0].length), complete: true };
}

const escape = String.fromCharCode(27);
const color = `(?:${escape}\\[[0-9;]*m)*`;

/** What `docker compose` (service) and `docker logs -t` or a CI runner (time) put before each line. */
const framePattern = /^(?:[\w.-]+ +\| )?(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) )?/;
const copyPattern = /^\[(\d{4}-\d\d-\d\dT[^\]]+)\] \[[A-Z]+\] \[([^\]]*)\] /;
const stderrPattern = new RegExp(`^${color}([a-z][\\w.-]*(?::[\\w.-]+)+)${color} `);
const elapsedPattern = new RegExp(` \\+-?\\d+(?:\\.\\d)?(?:ns|[µμ]s|ms|s|m|h)${color}$`);
const elapsedLength = 48;
const goLogPattern = /^(?:[\w.-]+ +\| )?\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;
