/** Guards that log and make look-ups, with valid and unusual pointers. */
import type { JsonObject, JsonValue } from '../../../src/core/base/json.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import { call, globalGet, i32Const, localGet, localTee, returnOp } from '../wasm/code.ts';
import { GuardProgram, labelNames, parameter, scratch } from '../wasm/guardProgram.ts';
import { callBackend, hostLog } from '../wasm/wasiFunctions.ts';
import { fixed, length, type Pointer, pointer } from './pointers.ts';
import { load, raw } from './steps.ts';

/** Texts in the guest's memory: tool names, messages, arguments that are JSON or almost JSON. */
const texts: readonly (string | readonly number[])[] = [
  'get_issue',
  '',
  'a',
  'naïve tool',
  '{}',
  '{"a":1}',
  'null',
  'true',
  '1',
  '-0',
  '1e400',
  '1e21',
  '0.1',
  '123456789012345678901',
  '"x"',
  '[1,2,[3]]',
  '{"b":1,"a":{"d":2,"c":[]}}',
  '{"a":1,"a":2}',
  '{"a":1',
  '{"a":}',
  '[1,]',
  '{} x',
  ' {} ',
  '\ufeff{}',
  '{"é":"😀"}',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '"a\nb"',
  'nul',
  '01',
  '+1',
  '.5',
  '1.',
  '"<>&\u2028"',
  "{'a':1}",
  '[[[[[[]]]]]]',
  [0xff, 0xfe],
  [0x22, 0xff, 0x22],
  [0x22, 0xc3, 0x28, 0x22],
  [0x61, 0xed, 0xa0, 0x80, 0x62],
  [0xf0, 0x9f, 0x98],
  [0x00, 0x01, 0x7f],
  '[1e308,5e-324,1e-7,100000000000000000000,1.5e300]',
  '{"\\u00e9":1,"\ue000":2,"\u{1f600}":3}',
  '"\u007f\u0080"',
];
const placed = place(texts);
/** Addresses for answers of look-ups. */
const resultAt = 16_384;

const answers: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  1e-7,
  123456789012,
  '',
  'text',
  'é😀<>&\u2028"\\\n\t\u0001',
  [],
  {},
  [1, [2, {}]],
  { b: 1, a: 2 },
  { content: [{ type: 'text', text: '[{"number":7}]' }] },
  { isError: true },
  { '\uffee': 1, '\u{1f600}': 2 },
  'x'.repeat(300),
];

type Unit = (program: GuardProgram) => readonly number[];
interface Piece {
  readonly function: number;
  readonly unit: Unit;
}

export const host: Generator = {
  name: 'host',
  weight: 8,
  generate(random) {
    const parts = [0, 1, 2].flatMap((index) => random.list(random.between(1, 10), () => piece(random, index)));
    const pages = random.pick([1, 1, 2, 80]);
    const allocator = random.once(3);
    const steps = [
      load,
      ...random.list(random.between(1, 5), () => raw(random.pick(labelNames), { backend: backend(random) })),
    ];
    const inStart = random.once(10);
    return recipe<Piece>({ parts, steps, build: (chosen) => build(pages, allocator, inStart, chosen) });
  },
};

function build(pages: number, allocator: boolean, inStart: boolean, parts: readonly Part<Piece>[]): Uint8Array {
  const program = new GuardProgram([hostLog, callBackend], [pages]);
  program.module.data(i32Const(0), placed.bytes);
  if (allocator) program.allocator();
  const indexes = labelNames.map((name, index) => {
    const own = parts.filter(({ content }) => content.function === index);
    return program.label(
      name,
      own.flatMap(({ content }) => [...content.unit(program)]),
    );
  });
  if (inStart) {
    const enter = [...i32Const(0), ...i32Const(0), ...i32Const(32_768), ...i32Const(0), ...call(indexes[0] ?? 0), 0x1a];
    program.module.start(program.module.function(program.module.type([], []), [], enter));
  }
  return program.module.build();
}

function piece(random: Random, index: number): Part<Piece> {
  const [label, unit] = random.weighted<(random: Random) => [string, Unit]>([
    [6, logs],
    [10, lookUp],
    [1, manyLookUps],
    [1, tooSmall],
    [1, inputAsArguments],
  ])(random);
  return { label: `${labelNames[index]}: ${label}`, content: { function: index, unit } };
}

function logs(random: Random): [string, Unit] {
  const level = random.pick([0, 1, 2, 3, 4, 5, 255, -1, 0x7fff_ffff]);
  const [at, count] = range(random);
  return [
    `log ${level} at ${at.label}, ${count.label}`,
    (program) => [...i32Const(level), ...at.code, ...count.code, ...call(program.imported('host_log'))],
  ];
}

function lookUp(random: Random): [string, Unit] {
  const [tool, toolLength] = range(random);
  const [args, argsLength] = range(random);
  const result = random.once(3) ? pointer(random) : fixed(resultAt);
  const capacity = random.once(3) ? length(random) : fixed(random.pick([0, 1, 3, 4, 5, 16, 400, 4096]));
  const all = [tool, toolLength, args, argsLength, result, capacity];
  return [
    `look up ${all.map(({ label }) => label).join(' ')}`,
    (program) => [
      ...program.putI32([...all.flatMap(({ code }) => [...code]), ...call(program.imported('call_backend'))]),
      ...program.putHash(i32Const(resultAt), 512),
    ],
  ];
}

/** Numbers of look-ups up to the limit of one call and beyond. */
function manyLookUps(random: Random): [string, Unit] {
  const times = random.pick([2, 20, 49, 50, 51, 60]);
  const { at, size } = placed.at(0);
  return [
    `${times} look-ups`,
    (program) => [
      ...[...i32Const(times), ...localTee(scratch.i32), 0x1a, 0x03, 0x40],
      ...program.putI32([
        ...[at, size, 0, 0, resultAt, 64].flatMap(i32Const),
        ...call(program.imported('call_backend')),
      ]),
      ...[...localGet(scratch.i32), ...i32Const(1), 0x6b, ...localTee(scratch.i32), 0x0d, 0x00, 0x0b],
    ],
  ];
}

/** Requests another attempt on the first entries, because look-ups are counted over all attempts. */
function tooSmall(random: Random): [string, Unit] {
  const times = random.pick([1, 2, 3]);
  return [
    `-2 on the first ${times}`,
    (program) => [
      ...globalGet(program.calls),
      ...i32Const(times),
      0x4c,
      0x04,
      0x40,
      ...i32Const(-2),
      ...returnOp,
      0x0b,
    ],
  ];
}

function inputAsArguments(): [string, Unit] {
  const { at, size } = placed.at(0);
  return [
    'look up with the input as arguments',
    (program) =>
      program.putI32([
        ...[...i32Const(at), ...i32Const(size), ...localGet(parameter.inputAt), ...localGet(parameter.inputLength)],
        ...[...i32Const(resultAt), ...i32Const(4096), ...call(program.imported('call_backend'))],
      ]),
  ];
}

function range(random: Random): readonly [Pointer, Pointer] {
  if (random.once(5)) return [pointer(random, 2), length(random, 3)];
  const { at, size } = placed.at(random.below(texts.length));
  return [fixed(at), fixed(random.once(12) ? size + 1 : size)];
}

function backend(random: Random): JsonObject[] {
  return random.list(random.pick([0, 1, 3, 10, 60]), () =>
    random.once(6) ? { error: 'refused' } : { result: random.pick(answers) },
  );
}

function place(all: typeof texts): {
  readonly bytes: readonly number[];
  at(index: number): { at: number; size: number };
} {
  const encoded = all.map((each) => (typeof each === 'string' ? [...new TextEncoder().encode(each)] : each));
  const starts = encoded.map((_, index) => encoded.slice(0, index).reduce((sum, { length: size }) => sum + size, 0));
  return { bytes: encoded.flat(), at: (index) => ({ at: starts[index] ?? 0, size: encoded[index]?.length ?? 0 }) };
}
