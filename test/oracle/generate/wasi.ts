/** Guards that call all functions of WASI preview 1 with valid and unusual arguments, in any order. */
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import { call, i32Const, i64Const } from '../wasm/code.ts';
import { littleEndian } from '../wasm/encode.ts';
import { GuardProgram, labelNames } from '../wasm/guardProgram.ts';
import { hostLog, wasiImport, wasiParameters } from '../wasm/wasiFunctions.ts';
import { fixed, length, type Pointer, pointer } from './pointers.ts';
import { oneInstance, raw } from './steps.ts';
import { i64Value } from './values.ts';

interface Placed {
  readonly at: number;
  readonly bytes: readonly number[];
}

interface Call {
  readonly function: number;
  readonly name: string;
  readonly operands: readonly (readonly number[])[];
}

const names = Object.keys(wasiParameters).filter((name) => name !== 'proc_exit');
/** Lists of ranges to read and write, subscriptions, paths. */
const places = { ranges: 1024, subscriptions: 2048, paths: 4096, text: 5000, results: 6000 } as const;
const paths = ['', 'a', '/', '/a', '..', '../a', 'a/../..', 'a/..', '.', './', 'a//b', 'é', '\u0000', 'a/b/c/../../..'];

export const wasi: Generator = {
  name: 'wasi',
  weight: 10,
  generate(random) {
    const calls = [0, 1, 2].flatMap((index) => random.list(random.between(3, 25), () => part(random, index)));
    const pages = random.pick([1, 1, 2, 80]);
    const steps = [...oneInstance, ...random.list(random.below(4), () => raw(random.pick(labelNames)))];
    const parts = [...memoryContents(random), ...calls];
    return recipe<Call | Placed>({
      parts,
      steps,
      build: (chosen) =>
        build(
          pages,
          chosen.map(({ content }) => content),
        ),
    });
  },
};

function build(pages: number, parts: readonly (Call | Placed)[]): Uint8Array {
  const calls = parts.filter((part) => 'name' in part);
  const used = [...new Set(calls.map(({ name }) => name))];
  const program = new GuardProgram([hostLog, ...used.map((name) => wasiImport(name))], [pages]);
  for (const part of parts) if ('bytes' in part) program.module.data(i32Const(part.at), part.bytes);
  for (const [index, label] of labelNames.entries()) {
    const own = calls.filter((each) => each.function === index);
    const code = own.flatMap(({ name, operands }) => [
      ...program.putI32([...operands.flat(), ...call(program.imported(name))]),
      ...program.putHash(i32Const(0), 8192),
    ]);
    program.label(label, code);
  }
  return program.module.build();
}

function part(random: Random, index: number): Part<Call> {
  const name = random.once(3)
    ? random.pick(['fd_write', 'poll_oneoff', 'path_open', 'fd_read', 'random_get', 'clock_time_get'])
    : random.pick(names);
  const operands = (wasiParameters[name] ?? '')
    .split('')
    .map((type, position) => argument(random, name, type, position));
  return {
    label: `${labelNames[index]}: ${name}(${operands.map(({ label }) => label).join(', ')})`,
    content: { function: index, name, operands: operands.map(({ code }) => code) },
  };
}

function argument(random: Random, name: string, type: string, position: number): Pointer {
  if (type === 'I') {
    const value = random.pick([0n, 1n, -1n, 1000n, i64Value(random)]);
    return { label: String(value), code: i64Const(value) };
  }
  if (position === 0 && /^(fd|path|sock)_/.test(name)) return descriptor(random);
  if (name === 'fd_renumber') return descriptor(random);
  if (name.startsWith('clock_') && position === 0) return fixed(random.pick([0, 1, 2, 3, 4, -1]));
  if (name === 'poll_oneoff') return poll(random, position);
  if (/^fd_p?(read|write)$/.test(name) && position === 1)
    return random.once(6) ? pointer(random) : fixed(places.ranges + 8 * random.below(12));
  if (/^fd_p?(read|write)$/.test(name) && position === 2)
    return fixed(random.pick([0, 1, 1, 2, 3, 12, 0x2000_0000, 0x2000_0001, -1]));
  return random.weighted<() => Pointer>([
    [4, () => fixed(random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 31, 32, 64]))],
    [3, () => fixed(places.paths + random.below(64))],
    [5, () => fixed(places.results + 8 * random.below(64))],
    [2, () => length(random)],
    [3, () => pointer(random)],
  ])();
}

function descriptor(random: Random): Pointer {
  return fixed(random.pick([0, 1, 1, 2, 2, 3, 4, -1, 0x7fff_ffff]));
}

function poll(random: Random, position: number): Pointer {
  if (random.once(8)) return pointer(random);
  if (position === 0) return fixed(places.subscriptions + 48 * random.below(12));
  if (position === 2) return fixed(random.pick([0, 1, 1, 2, 2, 3, 5, 12, 0x1000_0000, 0x1000_0001, -1]));
  return fixed(places.results + 8 * random.below(64));
}

/** The content of memory: ranges of text, subscriptions, paths, and the text. */
function memoryContents(random: Random): Part<Placed>[] {
  const word = (value: number) => littleEndian(BigInt(value >>> 0), 4);
  const encoder = new TextEncoder();
  const ranges = random.list(14, (index): Placed => {
    const at = random.once(6) ? random.pick([0, 65_535, 0xffff_ffff, 33_554_432]) : places.text + random.below(100);
    const count = random.once(6) ? random.pick([0, 0, 70_000, 0xffff_ffff]) : random.below(40);
    return { at: places.ranges + 8 * index, bytes: [...word(at), ...word(count)] };
  });
  const subscriptions = random.list(14, (index): Placed => {
    return { at: places.subscriptions + 48 * index, bytes: subscription(random) };
  });
  const texts: readonly Placed[] = [
    { at: places.paths, bytes: [...encoder.encode(paths.join(''))] },
    {
      at: places.text,
      bytes: [...encoder.encode('The quick brown fox jumps over the lazy dog. Grüße, 世界! 😀 '.repeat(4))],
    },
  ];
  return [...ranges, ...subscriptions, ...texts].map((content) => {
    return { label: `at ${content.at}: ${Buffer.from(content.bytes).toString('hex').slice(0, 96)}`, content };
  });
}

function subscription(random: Random): number[] {
  const userData = littleEndian(random.bits64(), 8);
  const type = random.pick([0, 0, 1, 1, 2, 2, 3, 255]);
  const rest = [...userData, type, ...random.list(7, () => (random.once(4) ? random.below(256) : 0))];
  if (type === 0) {
    const flags = random.pick([0, 0, 0, 1, 2]);
    return [
      ...rest,
      ...littleEndian(BigInt(random.below(4)), 8),
      ...littleEndian(random.bits64() >> 30n, 8),
      ...littleEndian(0n, 8),
      flags,
      0,
      ...littleEndian(0n, 6),
    ];
  }
  return [...rest, ...littleEndian(BigInt(random.pick([0, 1, 2, 3, 4, 0xffff_ffff])), 4), ...littleEndian(0n, 28)];
}
