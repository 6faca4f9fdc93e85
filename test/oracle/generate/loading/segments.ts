/** Changes to the parts that a guard initializes while it loads: data and element segments, tables, memory. */
import { f64Const, i32Const, i64Const, type TypeByte, types } from '../../wasm/code.ts';
import { u32, vector } from '../../wasm/encode.ts';
import type { MakeChange } from './loadingChanges.ts';

const { i32, funcref, externref } = types;
const edges = [0, 1, 7, 8, 9, 65_530, 65_535, 65_536, 65_537, 0x7fff_ffff, -1, -8];

const dataSegment: MakeChange = (random) => {
  const at = random.pick(edges);
  const bytes = random.list(random.pick([0, 0, 1, 2, 6, 100]), () => random.below(256));
  const passive = random.once(5);
  return [
    `${passive ? 'passive ' : ''}data at ${at}, ${bytes.length} bytes`,
    {
      after: ({ program: { module } }) => void (passive ? module.passiveData(bytes) : module.data(i32Const(at), bytes)),
    },
  ];
};

const oddData: MakeChange = (random) => {
  const [label, bytes] = random.pick<readonly [string, readonly number[]]>([
    ['flag 2, memory 0', [0x02, 0x00, ...i32Const(4), 0x0b, 2, 1, 2]],
    ['flag 2, memory 1', [0x02, 0x01, ...i32Const(4), 0x0b, 2, 1, 2]],
    ['flag 3', [0x03, 2, 1, 2]],
    ['i64 offset', [0x00, ...i64Const(4n), 0x0b, 1, 1]],
    ['no offset', [0x00, 0x0b, 1, 1]],
    ['two offsets', [0x00, ...i32Const(1), ...i32Const(1), 0x0b, 1, 1]],
    ['offset from a global', [0x00, 0x23, 0x00, 0x0b, 1, 1]],
    ['offset from no global', [0x00, 0x23, 0x63, 0x0b, 1, 1]],
    ['offset by add', [0x00, ...i32Const(1), ...i32Const(1), 0x6a, 0x0b, 1, 1]],
    ['offset by nop', [0x00, 0x01, ...i32Const(1), 0x0b, 1, 1]],
    ['short', [0x00, ...i32Const(0), 0x0b, 10, 1]],
    ['a null as offset', [0x00, 0xd0, 0x70, 0x0b, 1, 1]],
  ]);
  return [`data: ${label}`, { after: ({ raw }) => void raw.set(11, vector([bytes])) }];
};

const element: MakeChange = (random) => {
  const at = random.pick([0, 1, 6, 7, 8, 9, -1]);
  const count = random.pick([0, 0, 1, 1, 2, 8, 9]);
  const [label, make] = random.pick<readonly [string, (index: number) => readonly number[]]>([
    ['functions', (index) => [0x00, ...i32Const(at), 0x0b, ...repeat(count, u32(index))]],
    ['functions', (index) => [0x00, ...i32Const(at), 0x0b, ...repeat(count, u32(index))]],
    ['passive functions', (index) => [0x01, 0x00, ...repeat(count, u32(index))]],
    ['functions of table 0', (index) => [0x02, 0x00, ...i32Const(at), 0x0b, 0x00, ...repeat(count, u32(index))]],
    ['functions of table 1', (index) => [0x02, 0x01, ...i32Const(at), 0x0b, 0x00, ...repeat(count, u32(index))]],
    ['declared functions', (index) => [0x03, 0x00, ...repeat(count, u32(index))]],
    ['expressions', (index) => [0x04, ...i32Const(at), 0x0b, ...repeat(count, [0xd2, ...u32(index), 0x0b])]],
    ['nulls', () => [0x04, ...i32Const(at), 0x0b, ...repeat(count, [0xd0, funcref, 0x0b])]],
    ['passive expressions', (index) => [0x05, funcref, ...repeat(count, [0xd2, ...u32(index), 0x0b])]],
    ['passive extern nulls', () => [0x05, externref, ...repeat(count, [0xd0, externref, 0x0b])]],
    [
      'expressions of table 0',
      (index) => [0x06, 0x00, ...i32Const(at), 0x0b, funcref, ...repeat(count, [0xd2, ...u32(index), 0x0b])],
    ],
    [
      'extern nulls of table 0',
      () => [0x06, 0x00, ...i32Const(at), 0x0b, externref, ...repeat(count, [0xd0, externref, 0x0b])],
    ],
    ['declared expressions', (index) => [0x07, funcref, ...repeat(count, [0xd2, ...u32(index), 0x0b])]],
    ['a wrong kind', (index) => [0x01, 0x01, ...repeat(count, u32(index))]],
    ['flag 8', (index) => [0x08, 0x00, ...repeat(count, u32(index))]],
    ['an unknown function', () => [0x00, ...i32Const(at), 0x0b, 1, 99]],
    ['an unknown function in an expression', () => [0x04, ...i32Const(at), 0x0b, 1, 0xd2, 99, 0x0b]],
    ['a type that does not exist', () => [0x05, 0x63, 99, ...repeat(count, [0xd0, 99, 0x0b])]],
    ['a number', () => [0x04, ...i32Const(at), 0x0b, 1, 0x41, 1, 0x0b]],
    ['a global', () => [0x04, ...i32Const(at), 0x0b, 1, 0x23, 0, 0x0b]],
    ['an offset of another type', (index) => [0x00, ...f64Const(0n), 0x0b, 1, ...u32(index)]],
  ]);
  return [
    `element: ${count} ${label} at ${at}`,
    { after: ({ program }) => void program.module.element(make(program.put)) },
  ];
};

function repeat(count: number, item: readonly number[]): number[] {
  return vector(Array.from({ length: count }, () => item));
}

const tables: MakeChange = (random) => {
  const list = random.pick<readonly (readonly [TypeByte, number, number?])[]>([
    [],
    [[funcref, 0]],
    [[funcref, 8, 8]],
    [[funcref, 8, 7]],
    [[funcref, 10_000_000]],
    [
      [externref, 8],
      [funcref, 8],
    ],
    [
      [funcref, 8],
      [funcref, 0],
    ],
    [[i32, 8]],
    [[funcref, 0x0800_0001]],
    [[funcref, 8, 0xffff_ffff]],
  ]);
  return [
    `tables ${JSON.stringify(list)}`,
    {
      ownTable: true,
      before: ({ program }) => list.forEach(([type, min, max]) => program.module.table(type, min, max)),
    },
  ];
};

const memories: MakeChange = (random) => {
  const bytes = random.pick<readonly number[]>([
    [0],
    [1, 0x00, 0],
    [1, 0x00, 1],
    [1, 0x01, 1, 1],
    [1, 0x01, 2, 1],
    [1, 0x00, ...u32(512)],
    [1, 0x00, ...u32(513)],
    [1, 0x01, 1, ...u32(65_536)],
    [1, 0x01, 1, ...u32(65_537)],
    [1, 0x01, ...u32(600), ...u32(70_000)],
    [1, 0x02, 1, 1],
    [1, 0x03, 1, 1],
    [1, 0x04, 1],
    [1, 0x08, 1, 16],
    [2, 0x00, 1, 0x00, 1],
    [1, 0x00, 0x81, 0x80, 0x80, 0x80, 0x00],
    [1, 0x00],
    [],
    [1, 0x00, 1, 0],
    [1, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 1],
    [1, 0x00, 0xff, 0xff, 0xff, 0xff, 0x1f],
  ]);
  return [`memory section ${bytes.join()}`, { after: ({ raw }) => void raw.set(5, bytes) }];
};

export const segmentChanges: readonly (readonly [number, MakeChange])[] = [
  [6, dataSegment],
  [3, oddData],
  [8, element],
  [3, tables],
  [3, memories],
];
