/** Makes the lines of a capture: a message byte for byte, or the data that was received in place of one. */
import { nativeHeaderLine } from '../../../core/trace/write.ts';
import type { NativeHeader } from '../../../core/trace/capture/nativeLine.ts';
import { isJsonInSteps } from '../../../core/base/jsonCheck.ts';
import type { Steps } from '../../../core/base/steps.ts';
import type { Redacted } from '../../../core/redaction/redaction.ts';
import type { Channel, FrameMarks } from '../format/channel.ts';
import { droppedMessage } from './droppedMessage.ts';
import type { LineFrame } from './lineFrames.ts';

/** Takes secrets out of a text, in steps: `Redactor` of `core/redaction`. */
export interface TextRedactor {
  jsonInSteps(text: string): Steps<Redacted>;
  textInSteps(text: string): Steps<Redacted>;
}

/** A line in pieces, with its line feed. They are written together without being joined. */
export type CaptureLine = readonly Uint8Array[];

export function headerLine(header: NativeHeader): CaptureLine {
  return [Buffer.from(nativeHeaderLine(header))];
}

/** An event beside the messages, such as the end of the server. `t`, here and below: milliseconds since the start of the session. */
export function eventLine(t: number, event: string, fields: Readonly<Record<string, unknown>> = {}): CaptureLine {
  return [Buffer.from(`${JSON.stringify({ t, event, ...fields })}\n`)];
}

/**
 * The line of a frame; null for a blank one. A message keeps its bytes, unless it holds secrets: then `redacted` counts them. What is
 * neither a JSON object nor an array is not a message and becomes `raw` (`stderr` on that channel). A frame without content says why.
 */
export function* frameLine(
  t: number,
  channel: Channel,
  frame: LineFrame,
  redactor: TextRedactor | null,
  marks: FrameMarks = {},
): Steps<CaptureLine | null> {
  const { bytes, dropped, length, lines, terminated } = frame;
  if (bytes === null) {
    const known = channel === 'stderr' ? {} : droppedMessage(frame.ends);
    return record({ t, ...origin(channel), ...marks, dropped: { bytes: length, lines, why: dropped, ...known } });
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (text.trim() === '') return null;
  yield;
  if (channel !== 'stderr' && terminated && (yield* isMessage(text))) {
    const redacted = redactor === null ? { text, count: 0 } : yield* redactor.jsonInSteps(text);
    const count = redacted.count === 0 ? '' : `"redacted":${redacted.count},`;
    const content = oneLine(redacted.count === 0 ? bytes : Buffer.from(redacted.text));
    return [Buffer.from(`{"t":${t},"dir":"${channel}",${markMembers(marks)}${count}"msg":`), content, lineEnd];
  }
  const redacted = redactor === null ? { text, count: 0 } : yield* redactor.textInSteps(text);
  return record({
    t,
    ...(channel === 'stderr' ? { stderr: redacted.text } : { dir: channel, ...marks, raw: redacted.text }),
    ...(redacted.count === 0 ? {} : { redacted: redacted.count }),
    ...(terminated ? {} : { cut: true }),
  });
}

/** A line that another part of the tap made: a JSON object without `t`, which is put first. Its secrets are taken out like those of a message. */
export function* madeLine(t: number, json: string, redactor: TextRedactor | null): Steps<CaptureLine> {
  const { text, count } = redactor === null ? { text: json, count: 0 } : yield* redactor.jsonInSteps(json);
  const members = text.slice(1);
  return [Buffer.from(`{"t":${t}${count === 0 ? '' : `,"redacted":${count}`},${members}\n`)];
}

function markMembers({ session, exchange, agent, by, for: request }: FrameMarks): string {
  const named = { session, exchange, agent, by, for: request };
  return Object.entries(named)
    .map(([name, value]) => (value === undefined ? '' : `"${name}":${JSON.stringify(value)},`))
    .join('');
}

const lineEnd = Buffer.from('}\n');

/** Blanks in place of line breaks, which mean the same in valid JSON. Only transports other than stdio have line breaks in a message. */
function oneLine(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x0a)) return bytes;
  const line = new Uint8Array(bytes);
  for (let at = 0; at < line.length; at++) if (line[at] === 0x0a || line[at] === 0x0d) line[at] = 0x20;
  return line;
}

function origin(channel: Channel): { readonly dir: Channel } | { readonly stream: Channel } {
  return channel === 'stderr' ? { stream: channel } : { dir: channel };
}

function record(fields: Readonly<Record<string, unknown>>): CaptureLine {
  return [Buffer.from(`${JSON.stringify(fields)}\n`)];
}

/** Whether a text is a JSON object or array: one message, or a batch. */
function* isMessage(text: string): Steps<boolean> {
  if (!/^\s*[[{]/.test(text)) return false;
  if (text.length > longText) return yield* isJsonInSteps(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Characters of a text that `JSON.parse` may take a few milliseconds for. */
const longText = 256 * 1024;
