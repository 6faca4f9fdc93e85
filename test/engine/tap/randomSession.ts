/** Random sessions for the tap: messages of every kind and size on both sides, in chunks of any size. */
import { Random } from '../../oracle/random.ts';
import type { Step } from './tapped.ts';

/** A step of the scripted server (`fakeServer.mjs`). */
export interface ServerStep {
  readonly out?: string;
  readonly err?: string;
  readonly until?: number;
  readonly pause?: number;
}

export interface RandomSession {
  readonly client: readonly Step[];
  readonly server: readonly ServerStep[];
  readonly sent: Buffer;
  readonly answered: Buffer;
  readonly stderrNotes: Buffer;
}

/** The same session for the same seed. `maxBytes` bounds a message. */
export function randomSession(seed: number, maxBytes: number): RandomSession {
  const random = new Random(seed, 0);
  const sent = stream(random, maxBytes);
  const answered = stream(random, maxBytes);
  const stderrNotes = Buffer.from(random.list(random.below(5), (at) => `note ${at} ü\n`).join(''));
  const client = chunks(random, sent).flatMap((chunk): Step[] => (random.once(8) ? [random.below(4), chunk] : [chunk]));
  const server: ServerStep[] = chunks(random, answered).map((chunk) => ({ out: chunk.toString('base64') }));
  for (let at = 0; at < 4; at++) {
    server.splice(random.below(server.length + 1), 0, random.once(2) ? { pause: random.below(5) } : { until: 0 });
  }
  if (stderrNotes.length > 0)
    server.splice(random.below(server.length + 1), 0, { err: stderrNotes.toString('base64') });
  // The server never waits for input that the client sends only after an answer.
  server.push({ until: sent.length });
  return { client, server, sent, answered, stderrNotes };
}

/** The lines of a stream that a capture must have, as `capturedTexts` gives them. */
export function expectedTexts(bytes: Buffer): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    const line = bytes.subarray(start, end);
    lines.push(...expectedText(line.at(-1) === 13 ? line.subarray(0, -1) : line, true));
    start = end + 1;
  }
  if (start < bytes.length) lines.push(...expectedText(bytes.subarray(start), false));
  return lines;
}

function expectedText(line: Buffer, terminated: boolean): readonly string[] {
  const text = line.toString();
  if (text.trim() === '') return [];
  return [terminated && /^\s*[[{]/.test(text) && isJson(text) ? text : `raw:${text}`];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function stream(random: Random, maxBytes: number): Buffer {
  const count = random.between(1, 30);
  const parts = random.list(count, (at) => {
    const last = at === count - 1 && random.once(3);
    const end = last ? '' : random.once(3) ? '\r\n' : '\n';
    return Buffer.concat([line(random, at, maxBytes), Buffer.from(end)]);
  });
  return Buffer.concat(parts);
}

function line(random: Random, id: number, maxBytes: number): Buffer {
  // Most messages are small, and one in ten may be as long as allowed.
  const length = random.once(10) ? random.below(maxBytes) : random.below(Math.min(maxBytes, 3000));
  return random.weighted<() => Buffer>([
    [6, () => Buffer.from(JSON.stringify(message(id, text(random, length))))],
    [1, () => Buffer.from(`  ${JSON.stringify(message(id, text(random, length)), null, 1).replaceAll('\n', ' ')}\t`)],
    [1, () => Buffer.from(JSON.stringify([message(id, text(random, length)), message(id + 100, 'b')]))],
    [1, () => Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":{"big":12345678901234567890,"e":1E400,"k":1,"k":2}}`)],
    [1, () => Buffer.from(`{"jsonrpc":"2.0","id":${id},"broken":${text(random, 20)}`)],
    [1, () => Buffer.from('')],
    [1, () => Buffer.from('Listening on stdio … ready')],
    [1, () => noise(random, Math.min(length, 20_000))],
  ])();
}

/** Text that needs care in JSON, in UTF-8 or in lines. */
const characters = Array.from('abc xyz"\\/\n\té€😀\u2028\u0000{}[]:,');

function message(id: number, content: string) {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'write', arguments: { content } } };
}

function text(random: Random, length: number): string {
  const piece = random.list(Math.min(length, 50), () => random.pick(characters));
  return piece
    .join('')
    .repeat(Math.ceil(length / 50))
    .slice(0, length);
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(random.list(length, () => random.below(256)));
}

/** Cuts anywhere: within characters, within messages, or after many messages. */
function chunks(random: Random, bytes: Buffer): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.once(4) ? random.between(1, 10) : random.between(1, Math.max(200, bytes.length / 3));
    cut.push(bytes.subarray(at, at + length));
    at += Math.floor(length);
  }
  return cut;
}
