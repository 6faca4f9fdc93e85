/** The kind of immediates of each opcode: the tables of `scanBodies`. */
import { codesOf } from '../decode/opcodeRanges.ts';

const kinds = {
  none: 0,
  leb: 1,
  lebTwice: 2,
  memoryAccess: 3,
  blockType: 4,
  fourBytes: 5,
  eightBytes: 6,
  /** br_table: a list of labels. */
  labels: 7,
  zeroByte: 8,
  /** select with a list of types. */
  select: 9,
  heapType: 10,
  /** Prefix 0xfc: a second opcode follows. */
  misc: 11,
  /** Prefix 0xfd: a second opcode follows. */
  vector: 12,
  /** Float to integer conversion that may trap. */
  truncation: 13,
  callIndirect: 14,
  /** An opcode that one engine or both do not accept. */
  other: 15,
  lane: 16,
  sixteenBytes: 17,
  /** A memory access followed by a lane index. */
  memoryLane: 18,
  twoZeroBytes: 19,
  /** A number followed by a zero byte. */
  lebZero: 20,
  loop: 21,
  local: 22,
  global: 23,
  /** ref.func: its function must be declared, and the private export of the start function would declare it. */
  refFunc: 24,
} as const;

type Kind = keyof typeof kinds;

/** Tables from opcode to kind: one-byte opcodes, and those behind the prefixes 0xfc and 0xfd. */
export const immediates = {
  kinds,
  byOpcode: table('other', {
    none: '00 01 05 0b 0f 1a 1b 45-a7 ac-ad b2-c4 d1',
    leb: '0c 0d 10 25 26 41 42',
    local: '20-22',
    global: '23 24',
    memoryAccess: '28-3e',
    blockType: '02 04',
    loop: '03',
    fourBytes: '43',
    eightBytes: '44',
    labels: '0e',
    zeroByte: '3f 40',
    select: '1c',
    heapType: 'd0',
    refFunc: 'd2',
    misc: 'fc',
    vector: 'fd',
    truncation: 'a8-ab ae-b1',
    callIndirect: '11',
  }),
  byMisc: table('other', {
    none: '00-07',
    lebZero: '08',
    leb: '09 0d 0f-11',
    twoZeroBytes: '0a',
    zeroByte: '0b',
    lebTwice: '0c 0e',
  }),
  byVector: table('none', {
    memoryAccess: '00-0b 5c 5d',
    sixteenBytes: '0c 0d',
    lane: '15-22',
    memoryLane: '54-5b',
    other: '9a a2 a5 a6 af b0 b2-b4 bb c2 c5 c6 cf d0 d2-d4 e2 ee',
  }),
};

/** The kind for each opcode; rows list opcodes and ranges in hexadecimal, all other opcodes get `rest`. */
function table(rest: Kind, rows: Partial<Readonly<Record<Kind, string>>>): Uint8Array {
  const byCode = new Uint8Array(256).fill(kinds[rest]);
  for (const [kind, codes] of Object.entries(rows)) {
    for (const code of codesOf(codes)) byCode[code] = kinds[kind as Kind];
  }
  return byCode;
}
