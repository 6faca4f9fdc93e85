/** Guards for the buffer protocol: unusual allocators and answers, called with inputs around the limits. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import {
  access,
  call,
  globalGet,
  i32Add,
  i32Const,
  i32Sub,
  localGet,
  memoryGrow,
  memorySize,
  misc,
  returnOp,
  unreachable,
} from '../wasm/code.ts';
import { GuardProgram, labelNames, parameter } from '../wasm/guardProgram.ts';
import { hostLog, wasiImport } from '../wasm/wasiFunctions.ts';
import { allocs, bump, deallocs, type Replacement } from './allocators.ts';
import { load } from './steps.ts';

const { inputAt, inputLength, outputAt, capacity } = parameter;

type Unit = (program: GuardProgram) => readonly number[];
/** The action of the guard on its n-th entry. */
interface Behaviour {
  readonly unit: Unit;
}

const mebibyte = 1024 * 1024;
const capacities = [
  1,
  3,
  4,
  5,
  10,
  100,
  65_536,
  4 * mebibyte - 1,
  4 * mebibyte,
  5 * mebibyte,
  8 * mebibyte,
  16 * mebibyte - 1,
  16 * mebibyte,
  16 * mebibyte + 1,
  -1,
  -2,
  0x7fff_ffff,
];
const results = [
  0,
  1,
  2,
  16,
  100,
  65_536,
  4 * mebibyte - 1,
  4 * mebibyte,
  4 * mebibyte + 1,
  5 * mebibyte,
  0x7fff_ffff,
  -1,
  -2,
  -2,
  -3,
  -100,
  -0x8000_0000,
];

export const buffers: Generator = {
  name: 'buffers',
  weight: 8,
  generate(random) {
    const min = random.pick([1, 2, 17, 64, 65, 66, 129, 300, 512]);
    const max = random.pick([undefined, undefined, 65, 66, 67, 130, 193, 258, 300, 512]);
    const limits: readonly [number, number?] = max === undefined || max < min ? [min] : [min, max];
    const alloc = random.once(2) ? random.weighted(allocs) : null;
    const dealloc = alloc === null || alloc === bump ? null : random.weighted(deallocs);
    const parts = random.list(random.between(1, 8), (): Part<Behaviour> => {
      const [label, unit] = random.weighted(behaviours)(random);
      return { label, content: { unit } };
    });
    const labels: Part<Behaviour>[] = [alloc, dealloc].flatMap((each) => {
      return each === null ? [] : [{ label: each.label, content: { unit: () => [] } }];
    });
    const steps = [load, ...random.list(random.between(1, 6), () => step(random))];
    return recipe<Behaviour>({
      parts: [...labels, ...parts],
      steps,
      build: (chosen) =>
        build(
          limits,
          [alloc, dealloc],
          chosen.filter((part) => !labels.includes(part)),
        ),
    });
  },
};

function step(random: Random): JsonObject {
  const name = random.once(30) ? random.pick(['alloc', 'dealloc', 'memory', 'nothing', '']) : random.pick(labelNames);
  const repeat = (times: number, text = 'a', suffix = ''): JsonObject => ({
    inputRepeat: { text, times, ...(suffix === '' ? {} : { suffix }) },
  });
  const input = random.weighted<JsonObject>([
    [4, { input: random.pick(['', '{}', 'x', 'é😀', '\u0000', '{"a":"\u2028"}']) }],
    [3, repeat(random.pick([100, 1000, 65_535, 65_536, 65_537, 100_000]))],
    [1, repeat(random.pick([8 * mebibyte - 1, 8 * mebibyte, 8 * mebibyte + 1, 5 * mebibyte]))],
    [1, repeat(4 * mebibyte, 'é', random.pick(['', 'a']))],
  ]);
  return { op: 'raw', function: name, ...input };
}

function build(
  limits: readonly [number, number?],
  replaced: readonly (Replacement | null)[],
  parts: readonly Part<Behaviour>[],
): Uint8Array {
  const program = new GuardProgram(
    [hostLog, ...['fd_write', 'proc_exit', 'sched_yield', 'random_get'].map((name) => wasiImport(name))],
    limits,
  );
  const { module } = program;
  for (const [index, each] of replaced.entries()) each?.add(program, index === 0 ? 'alloc' : 'dealloc');
  module.data(i32Const(64), [...new TextEncoder().encode('{"result":"stale bytes"}')]);
  const body = parts.flatMap(({ content }, index) => {
    const test = [...globalGet(program.calls), ...i32Const(index + 1), 0x46, 0x04, 0x40];
    return [...test, ...content.unit(program), 0x0b];
  });
  for (const name of labelNames) program.label(name, body);
  return module.build();
}

const give = (code: readonly number[]): readonly number[] => [...code, ...returnOp];

const behaviours: readonly (readonly [number, (random: Random) => readonly [string, Unit]])[] = [
  [
    4,
    (random) => {
      const result = random.pick(results);
      return [`give ${result}`, () => give(i32Const(result))];
    },
  ],
  [
    4,
    (random) => {
      const hint = random.pick(capacities);
      return [
        `hint ${hint}`,
        () => [...localGet(outputAt), ...i32Const(hint), ...access(0x36, 0, 0), ...give(i32Const(-2))],
      ];
    },
  ],
  [
    2,
    () => [
      'echo',
      () => [...[outputAt, inputAt, inputLength].flatMap(localGet), ...misc(10, 0, 0), ...give(localGet(inputLength))],
    ],
  ],
  [
    3,
    () => [
      'tell pointers',
      (program) => [
        ...[inputAt, inputLength, outputAt, capacity].flatMap((each) => program.putI32(localGet(each))),
        ...program.putI32(memorySize),
      ],
    ],
  ],
  [
    2,
    (random) => {
      const length = random.pick([10, 1000, 4 * mebibyte]);
      return [
        `fill ${length}`,
        () => [...localGet(outputAt), ...i32Const(65), ...i32Const(length), ...misc(11, 0), ...give(i32Const(length))],
      ];
    },
  ],
  [
    2,
    (random) => {
      const pages = random.pick([1, 2, 64, 100, 512]);
      return [`grow ${pages}`, (program) => program.putI32([...i32Const(pages), ...memoryGrow])];
    },
  ],
  [1, () => ['give the capacity', () => give(localGet(capacity))]],
  [1, () => ['give one more than the capacity', () => give([...localGet(capacity), ...i32Const(1), ...i32Add])]],
  [
    1,
    () => [
      'give what is left of memory',
      () => give([...memorySize, ...i32Const(16), 0x74, ...localGet(outputAt), ...i32Sub]),
    ],
  ],
  [
    2,
    (random) => {
      const bytes = random.pick([
        [0xff, 0xfe, 0x41],
        [0xe2, 0x82],
        [0xed, 0xa0, 0x80],
        [0xef, 0xbb, 0xbf, 0x41],
        [0xf4, 0x90, 0x80, 0x80],
        [0xc0, 0x80],
      ]);
      const stores = bytes.flatMap((byte, index) => [
        ...localGet(outputAt),
        ...i32Const(byte),
        ...access(0x3a, 0, index),
      ]);
      return [`bytes ${bytes.join()}`, () => [...stores, ...give(i32Const(bytes.length))]];
    },
  ],
  [1, () => ['trap', () => unreachable]],
  [
    1,
    () => [
      'log',
      (program) => [
        ...i32Const(1),
        ...localGet(inputAt),
        ...localGet(inputLength),
        ...call(program.imported('host_log')),
      ],
    ],
  ],
];
