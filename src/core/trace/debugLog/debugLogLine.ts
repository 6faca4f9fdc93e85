/** Recognises records of the gateway's debug log among other output, on stderr and in the copy in the log file (gateway spec 4.7). */
import { parseTime } from '../model/times.ts';

/** Where a record was written. Messages on `stderr` are exact; the `copy` in a log file is sanitised. */
export type DebugLogForm = 'stderr' | 'copy';

/** The first line of one record. */
export interface DebugLogLine {
  readonly form: DebugLogForm;
  /** Milliseconds since 1970; null on stderr, unless a tool such as Docker put a time before each line. */
  readonly time: number | null;
  /** The namespace of the logger, such as `guard:wasm`, or the category of an operational line. */
  readonly namespace: string;
  /** The part of the message on this line. */
  readonly message: string;
  /** Whether the message ends on this line: on stderr, the time since the last message ends it (`+12ms`). */
  readonly complete: boolean;
}

/** Namespace of the records with guard inputs. */
export const guardNamespace = 'guard:wasm';

/** Returns null for a line that does not begin a record: a continued message, or other output. */
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

/** Parses a further line of a message on stderr. */
export function continueMessage(text: string): Pick<DebugLogLine, 'message' | 'complete'> {
  return withoutElapsed(text.slice(framePattern.exec(text)?.[0].length ?? 0));
}

/** Whether a line is text output of the gateway, so that records of the debug log may follow. */
export function isGatewayOutput(text: string): boolean {
  return goLogPattern.test(text) || parseDebugLogLine(text) !== null;
}

function withoutElapsed(text: string): Pick<DebugLogLine, 'message' | 'complete'> {
  // Messages can have megabytes, and the elapsed time is in the last bytes.
  const end = elapsedPattern.exec(text.slice(-elapsedLength));
  return end === null ? { message: text, complete: false } : { message: text.slice(0, -end[0].length), complete: true };
}

const escape = String.fromCharCode(27);
const color = `(?:${escape}\\[[0-9;]*m)*`;

/** Prefix of each line that `docker compose` (service) and `docker logs -t` or a CI runner (time) add. */
const framePattern = /^(?:[\w.-]+ +\| )?(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) )?/;
const copyPattern = /^\[(\d{4}-\d\d-\d\dT[^\]]+)\] \[[A-Z]+\] \[([^\]]*)\] /;
const stderrPattern = new RegExp(`^${color}([a-z][\\w.-]*(?::[\\w.-]+)+)${color} `);
const elapsedPattern = new RegExp(` \\+-?\\d+(?:\\.\\d)?(?:ns|[µμ]s|ms|s|m|h)${color}$`);
const elapsedLength = 48;
const goLogPattern = /^(?:[\w.-]+ +\| )?\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;
