/** Inserts checks into function bodies where V8 would behave differently from wazero, and only there (wazero spec 5.1, 6.3). */
import { Cursor } from '../decode/cursor.ts';
import { readLocals } from '../decode/decodeCode.ts';
import { encodeU32, skipLeb128 } from '../decode/leb128.ts';
import type { Code, DecodedModule } from '../decode/module.ts';
import { type Edit, growth } from './rewrite.ts';
import { sectionId } from '../decode/sections.ts';
import { type ValueType, f32, f64, i32 } from '../decode/valueTypes.ts';

/**
 * What an inserted `unreachable` stands for: a trap of wazero, by its text, the end of a call of a closed module, or the end of the rounds of
 * loops that a call was given.
 */
export const trapTexts = {
  nan: 'invalid conversion to integer',
  nullEntry: 'invalid table access',
  closed: 'module closed',
  rounds: 'no rounds left',
} as const;

const op = {
  loop: 0x03,
  callIndirect: 0x11,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  f32Ne: 0x5c,
  f64Ne: 0x62,
  refIsNull: 0xd1,
  i32Const: 0x41,
  i32Eqz: 0x45,
  i32Sub: 0x6b,
} as const;

/** `if unreachable end`, and the position of the `unreachable` in it. */
const trapIf = [0x04, 0x40, 0x00, 0x0b] as const;
const trapAt = 2;

/** V8's limit for the locals of a function (wazero spec 2.5), less the locals that may be added. */
const maxLocals = 50_000 - 3;

/** Indexes of the added globals that loop headers look at; null without the global. */
export interface LoopGlobals {
  /** 1 when the module was closed. */
  readonly closedFlag: number | null;
  /** Counts the rounds of loops down; at 0 the call ends. */
  readonly rounds: number | null;
}

/**
 * Edits for all bodies. `sites` are the offsets of loops, call_indirects and trapping truncations, in order. Loops are not changed when
 * there are no globals.
 *
 * - Truncation of a float: V8 has one trap for NaN and for out of range, wazero two.
 * - call_indirect: V8 has one trap for an empty entry and for a wrong signature, wazero two.
 * - Loop: in a closed module wazero ends the call at the loop header. The count of rounds finds the function of a call that does not end.
 */
export function instrument(module: DecodedModule, sites: readonly number[], globals: LoopGlobals): Edit[] {
  const inside = module.sections.find((each) => each.id === sectionId.code);
  if (inside === undefined) return [];
  const looksAtLoops = globals.closedFlag !== null || globals.rounds !== null;
  const edits: Edit[] = [];
  let next = 0;
  for (const [index, code] of module.code.entries()) {
    const own: number[] = [];
    for (let site = sites[next]; site !== undefined && site < code.end; site = sites[++next]) {
      if (looksAtLoops || module.bytes[site] !== op.loop) own.push(site);
    }
    if (own.length === 0) continue;
    const params = module.types[module.functions[index] ?? -1]?.params.length ?? 0;
    for (const edit of instrumentFunction(module.bytes, code, params, own, globals)) {
      edits.push({ start: edit.start, end: edit.end, bytes: edit.bytes, marks: edit.marks ?? [], inside });
    }
  }
  return edits;
}

type BodyEdit = Omit<Edit, 'inside'>;

function instrumentFunction(
  bytes: Uint8Array,
  code: Code,
  params: number,
  sites: readonly number[],
  globals: LoopGlobals,
): BodyEdit[] {
  const runs = readLocals(new Cursor(bytes, code.locals, code.body.start));
  const declared = params + runs.reduce((sum, { count }) => sum + count, 0);
  if (declared > maxLocals) return [];
  const scratch = new Scratch(declared);
  const checks = sites.flatMap((site) =>
    bytes[site] === op.loop ? loopChecks(bytes, site, globals) : [check(bytes, site, scratch)],
  );
  const edits = [...scratch.declarations(code, skipLeb128(bytes, code.locals), runs.length), ...checks];
  const size = code.end - code.locals + edits.reduce((sum, edit) => sum + growth(edit), 0);
  return [{ start: code.start, end: code.locals, bytes: encodeU32(size) }, ...edits];
}

function loopChecks(bytes: Uint8Array, site: number, { closedFlag, rounds }: LoopGlobals): BodyEdit[] {
  const behindType = skipLeb128(bytes, site + 1);
  const checks: BodyEdit[] = [];
  if (closedFlag !== null) {
    const test = [op.globalGet, ...encodeU32(closedFlag)];
    checks.push(trapBefore(behindType, test, [], trapTexts.closed));
  }
  if (rounds !== null) {
    const count = encodeU32(rounds);
    const test = [op.globalGet, ...count, op.i32Eqz];
    const countDown = [op.globalGet, ...count, op.i32Const, 1, op.i32Sub, op.globalSet, ...count];
    checks.push(trapBefore(behindType, test, countDown, trapTexts.rounds));
  }
  return checks;
}

function check(bytes: Uint8Array, site: number, scratch: Scratch): BodyEdit {
  switch (bytes[site]) {
    case op.callIndirect: {
      const table = bytes.subarray(skipLeb128(bytes, site + 1), skipLeb128(bytes, skipLeb128(bytes, site + 1)));
      const local = scratch.local(i32);
      const test = [op.localTee, ...local, op.tableGet, ...table, op.refIsNull];
      return trapBefore(site, test, [op.localGet, ...local], trapTexts.nullEntry);
    }
    default: {
      const isDouble = doubleTruncations.has(bytes[site] ?? 0);
      const local = scratch.local(isDouble ? f64 : f32);
      const test = [op.localTee, ...local, op.localGet, ...local, isDouble ? op.f64Ne : op.f32Ne];
      return trapBefore(site, test, [op.localGet, ...local], trapTexts.nan);
    }
  }
}

/** i32.trunc_f64_s, i32.trunc_f64_u, i64.trunc_f64_s, i64.trunc_f64_u. */
const doubleTruncations: ReadonlySet<number> = new Set([0xaa, 0xab, 0xb0, 0xb1]);

/** Inserts bytes that trap when `test` gives a value other than 0, and then run `rest`. */
function trapBefore(at: number, test: readonly number[], rest: readonly number[], text: string): BodyEdit {
  return {
    start: at,
    end: at,
    bytes: [...test, ...trapIf, ...rest],
    marks: [{ at: test.length + trapAt, text }],
  };
}

/** The locals added to a function, at most one of a type, behind its own. */
class Scratch {
  readonly #first: number;
  readonly #types: ValueType[] = [];

  constructor(first: number) {
    this.#first = first;
  }

  /** The encoded index of the added local of that type. */
  local(type: ValueType): number[] {
    if (!this.#types.includes(type)) this.#types.push(type);
    return encodeU32(this.#first + this.#types.indexOf(type));
  }

  /** Edits of the local declarations: the new count, and a run for each added local. */
  declarations({ locals, body }: Code, afterCount: number, runs: number): BodyEdit[] {
    if (this.#types.length === 0) return [];
    const added = this.#types.flatMap((type) => [1, type]);
    return [
      { start: locals, end: afterCount, bytes: encodeU32(runs + this.#types.length) },
      { start: body.start, end: body.start, bytes: added },
    ];
  }
}
