/** A fast pass over all function bodies: whether V8 and wazero agree on them, what they use, and what must be instrumented. */
import { immediates } from './immediates.ts';
import { skipLeb128 } from '../decode/leb128.ts';
import type { Code, DecodedModule } from '../decode/module.ts';

/** The result of the pass. */
export interface BodyScan {
  /**
   * Whether both engines decode every instruction alike. When false, one engine may accept what the other refuses, and only
   * `validateBodies` gives wazero's verdict (wazero spec 2.2).
   */
  readonly isPlain: boolean;
  /** Whether every instruction was looked at, so that `seen` has all opcodes. */
  readonly isComplete: boolean;
  /** Offsets of loops, call_indirects and trapping float truncations, in order; see `instrument`. */
  readonly sites: readonly number[];
  /** 1 at each opcode that occurs; opcodes behind the prefix 0xfc are counted from 0x100. */
  readonly seen: Uint8Array;
}

/** Scans every body once; about 10 ns per instruction. */
export function scanBodies(module: DecodedModule): BodyScan {
  const { bytes, types, code } = module;
  const seen = new Uint8Array(0x200);
  const sites: number[] = [];
  const imported = module.imports.filter((each) => each.kind === 'global').length;
  const globals = imported + module.globals.length;
  let isComplete = true;
  for (const [index, typeIndex] of module.functions.entries()) {
    const type = types[typeIndex];
    const entry = code[index];
    if (type === undefined || entry === undefined) isComplete = false;
    else if (!scanBody(bytes, entry, type.params.length + entry.localCount, globals, seen, sites)) isComplete = false;
  }
  const isPlain = isComplete && seen[refFuncOpcode] === 0 && !module.hasLaterTypes;
  return { isPlain, isComplete, sites, seen };
}

/** wazero has more rules for `ref.func` than V8. */
const refFuncOpcode = 0xd2;

const {
  none,
  local,
  global,
  refFunc,
  leb,
  lebTwice,
  memoryAccess,
  blockType,
  loop,
  fourBytes,
  eightBytes,
  labels,
  zeroByte,
  select,
  heapType,
  misc,
  vector,
  truncation,
  callIndirect,
  other,
} = immediates.kinds;

/**
 * Scans one body; returns false at the first instruction that is not plain, `ref.func` aside. It is a single loop, because it runs on
 * every load. Indexes of locals and globals are checked, because instrumentation adds some, which would make an invalid index valid.
 */
function scanBody(
  bytes: Uint8Array,
  { body: { start, end } }: Code,
  locals: number,
  globals: number,
  seen: Uint8Array,
  sites: number[],
): boolean {
  const { byOpcode, byMisc, byVector } = immediates;
  let at = start;
  while (at < end) {
    const opcode = bytes[at] as number;
    let kind = byOpcode[opcode] as number;
    seen[opcode] = 1;
    at++;
    if (kind === misc) {
      const code = bytes[at] as number;
      kind = byMisc[code] as number;
      seen[0x100 + code] = 1;
      at++;
    } else if (kind === vector) {
      const code = bytes[at] as number;
      kind = byVector[code] as number;
      at++;
      // Opcodes from 0x80 on have a second byte in LEB128. wazero takes it for the next instruction, so only 1, a nop, is harmless.
      if (code >= 0x80 && bytes[at++] !== 1) return false;
    }
    switch (kind) {
      case none:
        break;
      case memoryAccess:
        if ((bytes[at] as number) >= 0x40) return false;
        at++;
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        break;
      case callIndirect:
        sites.push(at - 1);
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        break;
      case lebTwice:
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        break;
      case local:
      case global: {
        let index = bytes[at++] as number;
        if (index >= 0x80) {
          index &= 0x7f;
          for (let scale = 0x80; ; scale *= 0x80) {
            const more = bytes[at++] as number;
            index += (more & 0x7f) * scale;
            if (!(more >= 0x80)) break;
          }
        }
        if (index >= (kind === local ? locals : globals)) return false;
        break;
      }
      case refFunc:
        at = skipLeb128(bytes, at);
        break;
      case leb:
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        break;
      case truncation:
        sites.push(at - 1);
        break;
      case loop:
      case blockType: {
        if (kind === loop) sites.push(at - 1);
        const type = bytes[at] as number;
        if (type >= 0x40 && type < 0x80 && !isShortBlockType(type)) return false;
        while ((bytes[at] as number) >= 0x80) at++;
        at++;
        break;
      }
      case fourBytes:
        at += 4;
        break;
      case eightBytes:
        at += 8;
        break;
      case labels:
        at = skipLabels(bytes, at, end);
        break;
      case zeroByte:
        if (bytes[at++] !== 0) return false;
        break;
      case select:
        if (bytes[at] !== 1 || !isShortBlockType(bytes[at + 1] as number)) return false;
        at += 2;
        break;
      case heapType:
        if (bytes[at] !== 0x70 && bytes[at] !== 0x6f) return false;
        at++;
        break;
      case other:
        return false;
      default:
        at = skipRest(bytes, at, kind);
        if (at < 0) return false;
    }
  }
  return at === end;
}

/** Whether the byte is a value type of WebAssembly 2.0 or `0x40`, the empty block type. */
function isShortBlockType(byte: number): boolean {
  return byte === 0x40 || (byte >= 0x7b && byte <= 0x7f) || byte === 0x70 || byte === 0x6f;
}

/** The offset after the labels of br_table: a count, that many labels, and the default label. */
function skipLabels(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let count = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[at++] as number;
    count += (byte & 0x7f) * scale;
    if (!(byte >= 0x80)) break;
    scale *= 0x80;
  }
  for (let left = count + 1; left > 0 && at < end; left--) {
    while ((bytes[at] as number) >= 0x80) at++;
    at++;
  }
  return at;
}

/** The offset after the immediates of rare kinds: reserved bytes, lanes, vectors. Negative when they are not plain. */
function skipRest(bytes: Uint8Array, start: number, kind: number): number {
  const { lane, sixteenBytes, memoryLane, twoZeroBytes, lebZero } = immediates.kinds;
  let at = start;
  switch (kind) {
    case lane:
      return at + 1;
    case sixteenBytes:
      return at + 16;
    case memoryLane:
      if ((bytes[at] as number) >= 0x40) return -1;
      at++;
      while ((bytes[at] as number) >= 0x80) at++;
      return at + 2;
    case twoZeroBytes:
      return bytes[at] === 0 && bytes[at + 1] === 0 ? at + 2 : -1;
    case lebZero:
      while ((bytes[at] as number) >= 0x80) at++;
      return bytes[at + 1] === 0 ? at + 2 : -1;
    default:
      return -1;
  }
}
