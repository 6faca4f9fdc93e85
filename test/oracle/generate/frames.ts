/** Guards that trap at the end of a chain of calls, for the frames of the stack trace. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import {
  callIndirect,
  drop,
  i32Add,
  i32Const,
  i32Sub,
  localGet,
  type TypeByte,
  types,
  unreachable,
  v128Const,
} from '../wasm/code.ts';
import { sized, text, u32, vector } from '../wasm/encode.ts';
import { GuardProgram, labelNames } from '../wasm/guardProgram.ts';
import { hostLog, wasiImport } from '../wasm/wasiFunctions.ts';
import { freshForEach, load, raw } from './steps.ts';

const { i32, i64, f32, f64, v128, funcref, externref } = types;

/** One function of the chain. */
interface Hop {
  readonly params: readonly TypeByte[];
  readonly results: readonly TypeByte[];
  readonly indirect: boolean;
  /** Number of calls to itself before it calls the next function. */
  readonly rounds: number;
  /** Function name in the name section; null: none. */
  readonly name: string | null;
}

const ends = {
  unreachable,
  'division by zero': [...i32Const(1), ...i32Const(0), 0x6d, ...drop],
  'division overflow': [...i32Const(-0x8000_0000), ...i32Const(-1), 0x6d, ...drop],
  'remainder by zero': [...i32Const(1), ...i32Const(0), 0x6f, ...drop],
  'load out of bounds': [...i32Const(-1), 0x28, 0, 0, ...drop],
  'trunc of NaN': [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0xaa, ...drop],
  'trunc of infinity': [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 0xaa, ...drop],
  'table out of bounds': [...i32Const(99), 0x25, 0, ...drop],
  'indirect null': [...i32Const(0), ...callIndirect(0), ...drop],
} as const;

const hostEnds = ['poll wraps', 'set times', 'exit 3', 'exit 0', 'none', 'endless recursion'] as const;
const names = [
  '',
  'main',
  'a.b',
  'core::fmt::write',
  'naïve',
  '😀',
  'with space',
  '$1',
  'label_agent',
  'a\nb',
  '\u0000',
  'é\u202e',
];

export const frames: Generator = {
  name: 'frames',
  weight: 6,
  generate(random) {
    const end = random.once(3) ? random.pick(hostEnds) : random.pick(Object.keys(ends) as (keyof typeof ends)[]);
    const inStart = random.once(8);
    const extraImports = random.below(3);
    const moduleName = random.once(3) ? random.pick(names) : null;
    const parts = random.list(random.once(4) ? random.between(20, 40) : random.below(8), () => hop(random));
    const again: readonly JsonObject[] = [load, raw('label_agent'), raw('label_resource'), raw('label_agent')];
    const steps = random.once(3) ? again : freshForEach;
    return recipe<Hop>({ parts, steps, build: (chosen) => build({ end, inStart, extraImports, moduleName }, chosen) });
  },
};

function hop(random: Random): Part<Hop> {
  const type = () => random.pick([i32, i32, i64, f32, f64, v128, funcref, externref]);
  const content: Hop = {
    params: random.list(random.below(4), type),
    results: random.list(random.pick([0, 1, 1, 2, 3]), type),
    indirect: random.once(3),
    rounds: random.once(6) ? random.between(1, 40) : 0,
    name: random.once(2) ? random.pick(names) : null,
  };
  const { params, results, indirect, rounds, name } = content;
  return {
    label: `(${params.join()})->(${results.join()}) ${indirect ? 'indirect' : 'direct'} ${rounds} ${name}`,
    content,
  };
}

interface Frame {
  readonly end: keyof typeof ends | (typeof hostEnds)[number];
  readonly inStart: boolean;
  readonly extraImports: number;
  readonly moduleName: string | null;
}

function build({ end, inStart, extraImports, moduleName }: Frame, parts: readonly Part<Hop>[]): Uint8Array {
  const imports = [hostLog, wasiImport('sched_yield')].slice(0, extraImports);
  const host = ['poll_oneoff', 'fd_filestat_set_times', 'proc_exit'].map((name) => wasiImport(name));
  const program = new GuardProgram(hostEnds.some((each) => each === end) ? [...imports, ...host] : imports);
  const { module } = program;
  const named: (readonly [number, string])[] = [];
  const last = module.function(module.type([], []), [], endCode(program, end));
  let next = { index: last, params: [] as readonly TypeByte[], results: [] as readonly TypeByte[], slot: 1 };
  const slots = [last];
  for (const [number, { content }] of parts.entries()) {
    const params = content.rounds > 0 ? [...content.params, i32] : content.params;
    const index = module.declare(module.type(params, content.results));
    module.define(index, [], hopBody(program, content, index, next));
    if (content.name !== null) named.push([index, content.name]);
    slots.push(index);
    next = { index, params, results: content.results, slot: number + 2 };
  }
  module.table(funcref, slots.length + 1);
  module.element([0x00, ...i32Const(1), 0x0b, ...vector(slots.map((slot) => u32(slot)))]);
  const down = [...zeros(next.params), 0x10, ...u32(next.index), ...next.results.flatMap(() => drop)];
  for (const name of labelNames) program.label(name, name === 'label_resource' ? [0x02, 0x40, ...down, 0x0b] : down);
  if (inStart) module.start(module.function(module.type([], []), [], down));
  const moduleNames = moduleName === null ? [] : [0, ...sized(text(moduleName))];
  if (moduleName !== null || named.length > 0) {
    module.custom('name', [
      ...moduleNames,
      1,
      ...sized(vector(named.map(([index, name]) => [...u32(index), ...text(name)]))),
    ]);
  }
  return module.build();
}

function hopBody(
  program: GuardProgram,
  content: Hop,
  self: number,
  next: { index: number; params: readonly TypeByte[]; results: readonly TypeByte[]; slot: number },
): number[] {
  const { params, results, indirect, rounds } = content;
  const enter = indirect
    ? [...i32Const(next.slot), ...callIndirect(program.module.type(next.params, next.results))]
    : [0x10, ...u32(next.index)];
  const on = [...zeros(next.params, rounds), ...enter, ...next.results.flatMap(() => drop)];
  if (rounds === 0) return [...on, ...zeros(results)];
  const count = localGet(params.length);
  const again = [
    ...zeros(params),
    ...count,
    ...i32Const(1),
    ...i32Sub,
    0x10,
    ...u32(self),
    ...results.flatMap(() => drop),
  ];
  return [
    ...count,
    ...i32Const(rounds),
    ...i32Add,
    ...drop,
    ...count,
    0x04,
    0x40,
    ...again,
    0x05,
    ...on,
    0x0b,
    ...zeros(results),
  ];
}

/** A value of each type; the last i32 is the number of calls to itself. */
function zeros(wanted: readonly TypeByte[], last = 3): number[] {
  return wanted.flatMap((type, index) => {
    if (type === i32) return i32Const(index === wanted.length - 1 ? last : 0);
    if (type === i64) return [0x42, 0];
    if (type === f32) return [0x43, 0, 0, 0, 0];
    if (type === f64) return [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
    return type === v128 ? v128Const(0n) : [0xd0, type];
  });
}

function endCode(program: GuardProgram, end: Frame['end']): readonly number[] {
  const callHost = (name: string, ...operands: readonly number[]): number[] => [
    ...operands,
    0x10,
    ...u32(program.imported(name)),
  ];
  switch (end) {
    case 'poll wraps':
      return [...callHost('poll_oneoff', ...[0, 0, 0x1000_0000, 0].flatMap(i32Const)), ...drop];
    case 'set times':
      return [...callHost('fd_filestat_set_times', ...i32Const(0), 0x42, 0, 0x42, 0, ...i32Const(0)), ...drop];
    case 'exit 3':
      return callHost('proc_exit', ...i32Const(3));
    case 'exit 0':
      return callHost('proc_exit', ...i32Const(0));
    case 'endless recursion':
      return [0x10, ...u32(program.hash + 1)];
    case 'none':
      return [];
    default:
      return ends[end];
  }
}
