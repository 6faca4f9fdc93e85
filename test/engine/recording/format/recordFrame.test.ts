/** The frames between a tap and its recorder arrive unchanged, however the pipe cuts them. */
import { describe, expect, it } from 'vitest';
import {
  type FrameKind,
  frameHead,
  FrameReader,
  type RecordFrame,
} from '../../../../src/engine/recording/format/recordFrame.ts';
import { Random } from '../../../oracle/random.ts';
import { expectLinear } from '../../../support/growth.ts';

const kinds: readonly FrameKind[] = ['start', 'bytes', 'message', 'line', 'event', 'ended', 'facts', 'close'];

interface Sent {
  readonly frame: RecordFrame;
  readonly bytes: Buffer;
}

function randomFrames(random: Random): readonly Sent[] {
  return Array.from({ length: random.between(1, 40) }, (): Sent => {
    const kind = random.pick(kinds);
    const json = random.once(2) ? '' : JSON.stringify({ text: 'ü€\n'.repeat(random.below(50)) });
    const length = random.pick([0, 1, 19, 20, 21, 500, 70_000]);
    const t = random.below(1e9) / 1000;
    const frame: RecordFrame = { kind, channel: random.pick(['client', 'server', 'stderr']), t, json };
    return { frame, bytes: Buffer.alloc(length, random.below(256)) };
  });
}

function wireOf(frames: readonly Sent[]): Buffer {
  return Buffer.concat(frames.flatMap(({ frame, bytes }) => [frameHead(frame, bytes.length), bytes]));
}

/** The frames that a reader finds; the pieces of one frame are joined. */
function readAll(wire: Buffer, cut: (left: number) => number): readonly Sent[] {
  const got: { readonly frame: RecordFrame; readonly pieces: Buffer[] }[] = [];
  const reader = new FrameReader((frame, bytes) => {
    const last = got.at(-1);
    if (last?.frame === frame) last.pieces.push(Buffer.from(bytes));
    else got.push({ frame, pieces: [Buffer.from(bytes)] });
  });
  for (let at = 0; at < wire.length;) {
    const piece = Buffer.from(wire.subarray(at, at + Math.max(1, cut(wire.length - at))));
    at += piece.length;
    reader.push(piece);
    // The bytes are valid only until the callback returns.
    piece.fill(0xee);
  }
  return got.map(({ frame, pieces }) => ({ frame, bytes: Buffer.concat(pieces) }));
}

describe('frames', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('arrive as they were sent (seed %i)', (seed) => {
    const random = new Random(seed, 5);
    const frames = randomFrames(random);
    const largest = random.pick([1, 7, 20, 300, 100_000]);
    const got = readAll(wireOf(frames), () => random.between(1, largest));
    // A frame of kind `bytes` without bytes is not reported.
    const expected = frames.filter(({ frame, bytes }) => frame.kind !== 'bytes' || bytes.length > 0);
    expect(got.map(({ frame }) => frame)).toEqual(expected.map(({ frame }) => frame));
    expect(got.every(({ bytes }, at) => expected[at]?.bytes.equals(bytes) === true)).toBe(true);
  });

  it('are ignored when they are cut off, except the received part of a frame of bytes', () => {
    const message = { kind: 'message', channel: 'client', t: 1, json: '{"session":"a"}' } as const;
    const bytes = { kind: 'bytes', channel: 'server', t: 2, json: '' } as const;
    const wire = Buffer.concat([
      frameHead(message, 4),
      Buffer.from('full'),
      frameHead(bytes, 10),
      Buffer.from('some of it'),
    ]);
    const upTo = (length: number): readonly string[] =>
      readAll(wire.subarray(0, length), (left) => left).map(
        ({ frame, bytes: got }) => `${frame.kind}:${got.toString()}`,
      );
    const whole = wire.length;
    expect(upTo(whole)).toEqual(['message:full', 'bytes:some of it']);
    expect(upTo(whole - 6)).toEqual(['message:full', 'bytes:some']);
    expect(upTo(whole - 10)).toEqual(['message:full']);
    expect(upTo(whole - 15)).toEqual(['message:full']);
    expect(upTo(whole - 35)).toEqual([]);
    expect(upTo(10)).toEqual([]);
  });

  it('in many pieces are joined in time linear in their size', async () => {
    // Small pieces, so that joining takes the time and not the memory that the system gives to a large frame.
    const piece = new Uint8Array(256);
    await expectLinear(
      (length) => {
        const head = frameHead({ kind: 'message', channel: 'server', t: 0, json: '' }, length);
        return () => {
          let got = 0;
          const reader = new FrameReader((_, bytes) => (got = bytes.length));
          reader.push(head);
          for (let at = 0; at < length; at += piece.length) reader.push(piece);
          expect(got).toBe(length);
        };
      },
      4 * 1024 * 1024,
    );
  });
});
