/** Makes the lines of a capture from what a tap saw: a message byte for byte, or what came instead of one. */
import { nativeHeaderLine } from '../../../core/trace/write.ts';
import type { NativeHeader } from '../../../core/trace/capture/nativeLine.ts';
import type { Redacted } from '../../../core/redaction/redaction.ts';
import { droppedMessage } from './droppedMessage.ts';
import type { Frame } from './lineFrames.ts';

/** Where bytes of a session come from: a side of the connection, or what the server writes beside it. */
export type Channel = 'client' | 'server' | 'stderr';

/** What takes secrets out of a text, such as `Redactor`. */
export interface TextRedactor {
  json(text: string): Redacted;
  text(text: string): Redacted;
}

/** What a transport knows of a message beside its bytes; it stands in the line before `msg`. */
export interface FrameMarks {
  /** Session of the connection, where one capture holds several. */
  readonly session?: string;
  /** The guard made this message (a look-up), not the client; or it answers such a message. */
  readonly by?: 'guard';
  /** With `by`: the id of the client's request that it was made for. */
  readonly for?: string | number;
}

/** A line in pieces, with its line feed: written together, never joined. */
export type CaptureLine = readonly Uint8Array[];

export function headerLine(header: NativeHeader): CaptureLine {
  return [Buffer.from(nativeHeaderLine(header))];
}

/** Something that happened beside the messages, such as the end of the server. `t` is in milliseconds since the start. */
export function eventLine(t: number, event: string, fields: Readonly<Record<string, unknown>> = {}): CaptureLine {
  return [Buffer.from(`${JSON.stringify({ t, event, ...fields })}\n`)];
}

/**
 * The line of a frame; null for a blank one. A message keeps its bytes, unless it holds secrets: then `redacted` counts them. What is
 * neither a JSON object nor an array is no message and becomes `raw` (`stderr` on that channel); a frame without content says why.
 */
export function frameLine(
  t: number,
  channel: Channel,
  frame: Frame,
  redactor: TextRedactor | null,
  marks: FrameMarks = {},
): CaptureLine | null {
  const { bytes, dropped, length, lines, terminated } = frame;
  if (bytes === null) {
    const known = channel === 'stderr' ? {} : droppedMessage(frame.ends);
    return record({ t, ...origin(channel), ...marks, dropped: { bytes: length, lines, why: dropped, ...known } });
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (text.trim() === '') return null;
  if (channel !== 'stderr' && terminated && isMessage(text)) {
    const redacted = redactor?.json(text) ?? { text, count: 0 };
    const count = redacted.count === 0 ? '' : `"redacted":${redacted.count},`;
    const content = oneLine(redacted.count === 0 ? bytes : Buffer.from(redacted.text));
    return [Buffer.from(`{"t":${t},"dir":"${channel}",${markMembers(marks)}${count}"msg":`), content, lineEnd];
  }
  const redacted = redactor?.text(text) ?? { text, count: 0 };
  return record({
    t,
    ...(channel === 'stderr' ? { stderr: redacted.text } : { dir: channel, ...marks, raw: redacted.text }),
    ...(redacted.count === 0 ? {} : { redacted: redacted.count }),
    ...(terminated ? {} : { cut: true }),
  });
}

/** A line that somebody else made: a JSON object without `t`, which is put first. Its secrets are taken out like those of a message. */
export function madeLine(t: number, json: string, redactor: TextRedactor | null): CaptureLine {
  const { text, count } = redactor?.json(json) ?? { text: json, count: 0 };
  const members = text.slice(1);
  return [Buffer.from(`{"t":${t}${count === 0 ? '' : `,"redacted":${count}`},${members}\n`)];
}

function markMembers({ session, by, for: request }: FrameMarks): string {
  const named = { session, by, for: request };
  return Object.entries(named)
    .map(([name, value]) => (value === undefined ? '' : `"${name}":${JSON.stringify(value)},`))
    .join('');
}

const lineEnd = Buffer.from('}\n');

/** A line of a capture is one line: in valid JSON a line break is nothing but a blank. Only transports other than stdio have any. */
function oneLine(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x0a)) return bytes;
  return bytes.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
}

function origin(channel: Channel): { readonly dir: Channel } | { readonly stream: Channel } {
  return channel === 'stderr' ? { stream: channel } : { dir: channel };
}

function record(fields: Readonly<Record<string, unknown>>): CaptureLine {
  return [Buffer.from(`${JSON.stringify(fields)}\n`)];
}

/** Whether a text is a JSON object or array: one message, or a batch. */
function isMessage(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
