/** What large and compressed bodies cost a tap: time in proportion to their bytes, and memory and work within the limit of a message. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type BodyWatcher,
  eventBody,
  type EventFinder,
  jsonBody,
  unpacked,
} from '../../../../src/engine/tap/http/bodies.ts';
import { EventSplitter } from '../../../../src/engine/tap/http/eventSplitter.ts';
import { expectLinear, expectShare } from '../../../support/growth.ts';
import { proves } from '../../../support/proves.ts';

const mib = 1024 * 1024;

/** The bytes in chunks, as a socket gives them. */
function chunksOf(bytes: Buffer, size = 16 * 1024): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

const lines: readonly (readonly [string, (size: number) => Buffer])[] = [
  ['many lines of data', (size) => Buffer.from(`${'data: x\n'.repeat(size / 8)}\n`)],
  ['many lines that end with a carriage return', (size) => Buffer.from(`${'data: x\r'.repeat(size / 8)}\r`)],
  ['blank lines', (size) => Buffer.from('\n'.repeat(size / 8))],
  ['small events', (size) => Buffer.from('data: {"a":1}\n\n'.repeat(size / 16))],
  ['an event that never ends', (size) => Buffer.from('data: x\n'.repeat(size / 8))],
];

/** Splits a stream that comes in these chunks. */
function split(chunks: readonly Buffer[]): void {
  const splitter = new EventSplitter(
    64 * mib,
    () => undefined,
    () => undefined,
  );
  for (const each of chunks) splitter.push(each);
  splitter.end();
}

describe.each(lines)('a stream of %s', (_name, make) => {
  it.each([16 * 1024, 256 * 1024])('is read in time proportional to its bytes, in chunks of %d', async (chunk) => {
    proves('own:linear-bodies');
    await expectLinear((size) => {
      const chunks = chunksOf(make(size), chunk);
      return () => split(chunks);
    }, 4 * mib);
  });
});

/**
 * One long line costs little more than its memory, which a process gets several times faster when it has it at hand; so it is compared with
 * a copy of the same bytes and not with a shorter line. A reader that joins what it holds with each chunk copies a thousand times as much.
 */
it.each([
  ['data', 'data: '],
  ['comment', ':'],
])('one long line of %s costs little more than a copy of its bytes', async (_name, field) => {
  const chunks = chunksOf(Buffer.from(`${field}${'x'.repeat(32 * mib)}\n\n`));
  await expectShare(
    () => split(chunks),
    () => Buffer.concat(chunks).toString('latin1'),
    40,
  );
});

/** Collects what is found. */
function finder() {
  const found: string[] = [];
  const remarks: (readonly [string, unknown])[] = [];
  const find: EventFinder = {
    message: (bytes) => void found.push(bytes.toString()),
    remark: (event, fields) => void remarks.push([event, fields]),
    endpoint: () => undefined,
    isRepeated: () => false,
  };
  return { find, found, remarks };
}

/** Passes a body to a watcher as the tap does: a chunk is passed on when the one before it is. Resolves when the end may pass. */
async function pass(watcher: BodyWatcher, body: Buffer): Promise<void> {
  for (const chunk of chunksOf(body)) await new Promise<void>((then) => watcher.bytes(chunk, then));
  await new Promise<void>((then) => watcher.ended(then));
}

const limit = mib;
const pack: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
};

describe.each(Object.keys(pack))('a body in %s', (encoding) => {
  const packed = pack[encoding] ?? ((bytes: Buffer) => bytes);

  it('that unpacks to more than the limit is not unpacked further, and passes', async () => {
    proves('own:bounded-unpacking');
    const bomb = packed(Buffer.concat([Buffer.from('data: '), Buffer.alloc(16 * mib, ' ')]));
    expect(bomb.length).toBeLessThan(mib);
    for (const kind of ['events', 'json']) {
      const { find, found, remarks } = finder();
      let unpackedBytes = 0;
      const inner = kind === 'events' ? eventBody(find, limit) : jsonBody(find, limit);
      const counting = {
        bytes: (chunk: Buffer, then: () => void) => {
          unpackedBytes += chunk.length;
          inner.bytes(chunk, then);
        },
        ended: (then: () => void) => inner.ended(then),
        held: () => inner.held(),
      };
      await pass(unpacked({ encoding, limit }, counting, find), bomb);
      expect(found).toEqual([]);
      expect(remarks).toEqual([['unpacked-too-long', { encoding, limit }]]);
      expect(unpackedBytes).toBeLessThan(2 * limit);
    }
  });

  it('may hold more than the limit in all, when each message is within it', async () => {
    const { find, found, remarks } = finder();
    const event = Buffer.from(`data: ${'x'.repeat(limit / 2)}\n\n`);
    const body = packed(Buffer.concat(Array.from({ length: 8 }, () => event)));
    await pass(unpacked({ encoding, limit }, eventBody(find, limit), find), body);
    expect([found.length, remarks]).toEqual([8, []]);
  });

  it('is found complete with its last byte when its length is announced', async () => {
    const { find, found } = finder();
    const body = packed(Buffer.from('{"a":1}'));
    const watcher = unpacked({ encoding, limit, expected: body.length }, jsonBody(find, limit), find);
    await new Promise<void>((then) => watcher.bytes(body, then));
    expect(found).toEqual(['{"a":1}']);
    await new Promise<void>((then) => watcher.ended(then));
    expect(found).toHaveLength(1);
  });

  it('is not unpacked further when the client is gone, and what waits for it goes on', async () => {
    const { find, found, remarks } = finder();
    const event = Buffer.from(`data: ${'x'.repeat(1000)}\n\n`);
    const body = packed(Buffer.concat(Array.from({ length: 20_000 }, () => event)));
    const watcher = unpacked({ encoding, limit }, eventBody(find, limit), find);
    const passed = new Promise<void>((then) => watcher.bytes(body, then));
    watcher.cancel?.();
    await passed;
    await new Promise<void>((then) => watcher.ended(then));
    expect(found.length).toBeLessThan(20_000);
    expect(remarks).toEqual([]);
  });
});

it('an event beyond the limit is reported with its length, and the events after it are found', async () => {
  const { find, found, remarks } = finder();
  const long = `data: ${'x'.repeat(3 * limit)}\n\n`;
  await pass(eventBody(find, limit), Buffer.from(`${long}data: {"a":1}\n\n`));
  expect(found).toEqual(['{"a":1}']);
  expect(remarks).toEqual([['body-too-long', { bytes: long.length }]]);
});
