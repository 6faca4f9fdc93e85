/** Guards that call proc_exit anywhere and are called again, and guards that are ended by their deadline. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import {
  call,
  callIndirect,
  drop,
  globalGet,
  i32Add,
  i32Const,
  i64Const,
  localGet,
  localTee,
  memoryGrow,
  types,
  unreachable,
} from '../wasm/code.ts';
import { vector } from '../wasm/encode.ts';
import { GuardProgram, labelNames, scratch } from '../wasm/guardProgram.ts';
import { callBackend, hostLog, wasiImport } from '../wasm/wasiFunctions.ts';
import { load } from './steps.ts';

type Unit = (program: GuardProgram) => readonly number[];
/** The place of a piece of code. */
const places = [...labelNames, 'alloc', 'dealloc', 'start', 'helper'] as const;
interface Piece {
  readonly place: (typeof places)[number];
  readonly unit: Unit;
}

const codes = [0, 0, 0, 1, 3, 255, 256, -1, 0x7fff_ffff, -0x8000_0000, 0xefff_ffff];

export const exits: Generator = {
  name: 'exits',
  weight: 8,
  generate(random) {
    const allocator = random.once(2);
    const start = random.once(6);
    const usable = places.filter((place) => (allocator || !/alloc/.test(place)) && (start || place !== 'start'));
    const parts = random.list(random.between(2, 14), (): Part<Piece> => {
      const place = random.pick(usable);
      const [label, unit] = random.weighted(unitsFor(place))(random);
      return { label: `${place}: ${label}`, content: { place, unit } };
    });
    const steps = [load, ...random.list(random.between(2, 7), () => step(random))];
    return recipe<Piece>({ parts, steps, loadMs: 3000, build: (chosen) => build(allocator, start, chosen) });
  },
};

function unitsFor(place: Piece['place']): typeof units {
  if (place === 'dealloc') return units;
  return place === 'helper' ? [...units, lookUp] : [...units, lookUp, callHelper, endlessLoop];
}

function step(random: Random): JsonObject {
  const call = { function: random.pick(labelNames), input: random.pick(['', '{}', '{"a":1}']) };
  if (random.once(12)) return { op: 'cancel', wraps: 'raw', afterMs: 0, ...call };
  if (random.once(20))
    return { op: 'cancel', wraps: 'raw', afterMs: 150, ...call, backend: [{ result: 1, waitMs: 600 }] };
  if (random.once(40)) return load;
  if (random.once(40)) return { op: 'close' };
  const backend = random.list(random.below(3), () => ({ result: 1 }));
  return { op: 'cancel', wraps: 'raw', afterMs: 1500, ...call, ...(random.once(2) ? { backend } : {}) };
}

function build(allocator: boolean, start: boolean, parts: readonly Part<Piece>[]): Uint8Array {
  const wasi = [
    'proc_exit',
    'fd_write',
    'clock_time_get',
    'poll_oneoff',
    'proc_raise',
    'fd_fdstat_set_rights',
    'sched_yield',
  ];
  const program = new GuardProgram([hostLog, callBackend, ...wasi.map((name) => wasiImport(name))]);
  const { module } = program;
  const { i32 } = types;
  module.data(i32Const(0), [16, 0, 0, 0, 2, 0, 0, 0]);
  module.data(i32Const(16), [0x68, 0x69]);
  const codeOf = (place: Piece['place']) =>
    parts.filter(({ content }) => content.place === place).flatMap(({ content }) => [...content.unit(program)]);
  const locals: readonly (readonly [number, typeof i32])[] = [[9, i32]];
  const helper = module.function(module.type([], []), locals, codeOf('helper'));
  if (allocator) {
    const next = module.global(i32, true, i32Const(1 << 16));
    const bump = [...globalGet(next), ...globalGet(next), ...localGet(0), ...i32Add, 0x24, next];
    const grown = [...i32Const(80), ...memoryGrow, ...drop];
    module.export(
      'alloc',
      'func',
      module.function(module.type([i32], [i32]), locals, [...codeOf('alloc'), ...grown, ...bump]),
    );
    module.export('dealloc', 'func', module.function(module.type([i32, i32], []), locals, codeOf('dealloc')));
  }
  module.table(types.funcref, 2);
  module.element([0x00, ...i32Const(1), 0x0b, ...vector([[helper]])]);
  for (const name of labelNames) program.label(name, codeOf(name));
  if (start) module.start(module.function(module.type([], []), locals, codeOf('start')));
  return module.build();
}

type Make = (random: Random) => readonly [string, Unit];

/** Units use only the last locals, which all functions have. */
const counter = scratch.i32;

const logCalls: Make = () => [
  'log the call number',
  (program) => [...globalGet(program.calls), ...i32Const(16), ...i32Const(2), ...call(program.imported('host_log'))],
];

const exit: Make = (random) => {
  const code = random.pick(codes);
  const onCall = random.once(2) ? random.between(1, 3) : null;
  const plain = (program: GuardProgram) => [...i32Const(code), ...call(program.imported('proc_exit'))];
  if (onCall === null) return [`proc_exit(${code | 0})`, plain];
  return [
    `proc_exit(${code | 0}) on call ${onCall}`,
    (program) => [...globalGet(program.calls), ...i32Const(onCall), 0x46, 0x04, 0x40, ...plain(program), 0x0b],
  ];
};

const loop: Make = (random) => {
  const times = random.pick([1, 2, 5, 1000]);
  const logs = random.once(2) && times < 10;
  return [
    `loop ${times} times${logs ? ', logging' : ''}`,
    (program) => [
      ...[...i32Const(times), ...localTee(counter), ...drop, 0x03, 0x40],
      ...(logs ? [...localGet(counter), ...i32Const(16), ...i32Const(2), ...call(program.imported('host_log'))] : []),
      ...[...localGet(counter), ...i32Const(1), 0x6b, ...localTee(counter), 0x0d, 0x00, 0x0b],
    ],
  ];
};

const wasi: Make = (random) => {
  const [name, code] = random.pick<readonly [string, readonly number[]]>([
    ['fd_write', [1, 0, 1, 8].flatMap((each) => i32Const(each))],
    ['clock_time_get', [...i32Const(1), ...i64Const(0n), ...i32Const(32)]],
    ['poll_oneoff', [0, 0, 0, 0].flatMap((each) => i32Const(each))],
    ['poll_oneoff', [0, 64, 1, 0].flatMap((each) => i32Const(each))],
    ['proc_raise', i32Const(9)],
    ['fd_fdstat_set_rights', [...i32Const(1), ...i64Const(0n), ...i64Const(0n)]],
    ['sched_yield', []],
  ]);
  const put = random.once(2);
  return [
    `${name}${put ? ', logging its errno' : ''}`,
    (program) => {
      const called = [...code, ...call(program.imported(name))];
      return put
        ? [...called, ...i32Const(16), ...i32Const(2), ...call(program.imported('host_log'))]
        : [...called, ...drop];
    },
  ];
};

const units: readonly (readonly [number, Make])[] = [
  [4, exit],
  [4, logCalls],
  [3, loop],
  [3, wasi],
  [
    1,
    () => [
      'unreachable on call 3',
      (program) => [...globalGet(program.calls), ...i32Const(3), 0x46, 0x04, 0x40, ...unreachable, 0x0b],
    ],
  ],
  [
    1,
    () => [
      'division by zero on call 2',
      (program) => [
        ...globalGet(program.calls),
        ...i32Const(2),
        0x6b,
        0x45,
        0x04,
        0x40,
        ...i32Const(1),
        ...i32Const(0),
        0x6d,
        ...drop,
        0x0b,
      ],
    ],
  ],
  [
    1,
    () => [
      'memory.grow, logged',
      (program) => [
        ...i32Const(1),
        ...memoryGrow,
        ...i32Const(16),
        ...i32Const(2),
        ...call(program.imported('host_log')),
      ],
    ],
  ],
];

// None of these is for `dealloc`: it has no deadline in the gateway, but a limited time in the product.

const lookUp: (typeof units)[number] = [
  2,
  () => [
    'call_backend',
    (program) => [
      ...[16, 2, 0, 0, 64, 64].flatMap((each) => i32Const(each)),
      ...call(program.imported('call_backend')),
      ...drop,
    ],
  ],
];

const endlessLoop: (typeof units)[number] = [
  1,
  () => [
    'endless loop on call 4',
    (program) => [...globalGet(program.calls), ...i32Const(4), 0x46, 0x04, 0x40, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b],
  ],
];

const callHelper: (typeof units)[number] = [
  3,
  () => ['call the helper', (program) => [...i32Const(1), ...callIndirect(program.module.type([], []))]],
];
