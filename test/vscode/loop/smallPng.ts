/** Makes screenshots small: a PNG with a palette of its most frequent colours, which are nearly all that an editor draws. */
import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The same picture with at most `most` colours; `png` is what Chromium writes: 8 bits a channel, not interlaced. */
export function smallPng(png: Buffer, most: number): Buffer {
  const { header, data } = chunksOf(png);
  const [width, height, kind] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9]];
  assert.deepEqual([header[8], header[12]], [8, 0], 'bits a channel, and no interlacing');
  assert.ok(kind === 2 || kind === 6, `RGB or RGBA, not ${kind}`);
  const channels = kind === 2 ? 3 : 4;
  const pixels = unfiltered(inflateSync(data), width * channels, channels);
  const counts = new Map<number, number>();
  const colours = new Uint32Array(width * height);
  for (let at = 0; at < colours.length; at++) {
    const colour = pixels.readUIntBE(at * channels, 3);
    colours[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(counts, most);
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  // Each line begins with its filter: none.
  const lines = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < colours.length; at++) {
    lines[at + Math.floor(at / width) + 1] = places.get(colours[at] ?? 0) ?? 0;
  }
  const indexed = Buffer.from(header);
  indexed[9] = 3;
  const entries = Buffer.from(palette.flatMap(parts));
  const packed = deflateSync(lines, { level: 9, memLevel: 9 });
  return Buffer.concat([
    signature,
    chunk('IHDR', indexed),
    chunk('PLTE', entries),
    chunk('IDAT', packed),
    chunk('IEND'),
  ]);
}

function chunksOf(png: Buffer): { readonly header: Buffer; readonly data: Buffer } {
  assert.ok(png.subarray(0, 8).equals(signature), 'a PNG');
  const found = new Map<string, Buffer[]>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    found.set(name, [...(found.get(name) ?? []), png.subarray(at + 8, at + 8 + length)]);
    at += length + 12;
  }
  return { header: Buffer.concat(found.get('IHDR') ?? []), data: Buffer.concat(found.get('IDAT') ?? []) };
}

/** The bytes of all lines behind their filters (PNG specification, section 9). */
function unfiltered(raw: Buffer, width: number, step: number): Buffer {
  const height = raw.length / (width + 1);
  const out = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const left = x < step ? 0 : (out[at - step] ?? 0);
      const up = y === 0 ? 0 : (out[at - width] ?? 0);
      const corner = x < step || y === 0 ? 0 : (out[at - width - step] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (raw[at + y + 1] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The most frequent colour of each group of similar ones, so that a few pixels of an icon keep their colour beside many shades of grey. */
function paletteOf(counts: ReadonlyMap<number, number>, most: number): readonly number[] {
  const groups = new Map<number, { colour: number; count: number; total: number }>();
  for (const [colour, count] of counts) {
    const group = groups.get(colour & 0xf0f0f0) ?? { colour, count: 0, total: 0 };
    if (count > group.count) Object.assign(group, { colour, count });
    group.total += count;
    groups.set(colour & 0xf0f0f0, group);
  }
  const frequent = [...groups.values()].sort((a, b) => b.total - a.total).slice(0, most);
  return frequent.map(({ colour }) => colour);
}

const parts = (colour: number): [number, number, number] => [colour >> 16, (colour >> 8) & 255, colour & 255];

/** The place of the colour that differs least. */
function nearest(palette: readonly number[], colour: number): number {
  const [red, green, blue] = parts(colour);
  let [place, least] = [0, Infinity];
  for (const [at, each] of palette.entries()) {
    const [r, g, b] = parts(each);
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [place, least] = [at, distance];
  }
  return place;
}

function chunk(name: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

/** Node 20 has no `zlib.crc32` in its first versions. */
function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
