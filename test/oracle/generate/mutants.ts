/** Guards with a few changed bytes or sections: the product must refuse what wazero refuses, with the same text. */
import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../../src/core/base/json.ts';
import { repoPath } from '../../support/paths.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, type Recipe, recipe } from '../recipe.ts';
import { preamble, sized, u32 } from '../wasm/encode.ts';
import { labelNames } from '../wasm/guardProgram.ts';
import { limited, load } from './steps.ts';

/** Changes bytes; positions are fractions of the length, since earlier mutations move them. */
type Mutate = (bytes: readonly number[]) => readonly number[];

let recorded: readonly Uint8Array[] | undefined;
let compiled: Uint8Array | undefined;

/** A recorded guard, one of another generator, or occasionally the large guard of a real compiler. */
function seedGuard(random: Random, others: readonly Generator[]): Uint8Array {
  if (random.once(40)) {
    compiled ??= new Uint8Array(readFileSync(repoPath('media/samples/files-and-memory-as/guard.wasm')));
    return compiled;
  }
  if (random.once(2)) {
    const made = random.pick(others).generate(random);
    return made.build(made.parts);
  }
  recorded ??= recordedGuards();
  return random.pick(recorded);
}

function recordedGuards(): readonly Uint8Array[] {
  const folder = repoPath('test/parity');
  const groups = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const guards = groups
    .flatMap(({ name }) => readdirSync(`${folder}/${name}`).map((each) => `${folder}/${name}/${each}/guard.wasm`))
    .sort()
    .map((file) => new Uint8Array(readFileSync(file)));
  return guards.filter(({ length }) => length > 8);
}

/** Mutants of recorded guards and of guards from the other generators. */
export function mutantsOf(others: readonly Generator[]): Generator {
  return { name: 'mutants', weight: 18, generate: (random) => mutant(random, seedGuard(random, others)) };
}

function mutant(random: Random, guard: Uint8Array): Recipe {
  const parts = random.list(random.pick([1, 1, 1, 2, 3, 6]), (): Part<Mutate> => {
    const [label, content] = random.once(4) ? sectionMutation(random) : byteMutation(random);
    return { label, content };
  });
  const steps: readonly JsonObject[] = [load, ...labelNames.map((name) => limited(name))];
  return recipe<Mutate>({
    parts,
    steps,
    loadMs: 3000,
    build: (chosen) => {
      return Uint8Array.from(chosen.reduce<readonly number[]>((bytes, { content }) => content(bytes), [...guard]));
    },
  });
}

const oddBytes = [
  0, 1, 2, 3, 4, 0x0b, 0x1a, 0x40, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xfc, 0xfd, 0xff,
];

function byteMutation(random: Random): readonly [string, Mutate] {
  const place = random.bits() / 0x1_0000_0000;
  const byte = random.once(2) ? random.pick(oddBytes) : random.below(256);
  const bit = 1 << random.below(8);
  const count = random.pick([1, 1, 2, 4, 16]);
  const at = (bytes: readonly number[]): number =>
    preamble.length + Math.floor(place * (bytes.length - preamble.length));
  const spliced = (bytes: readonly number[], start: number, removed: number, added: readonly number[]) => [
    ...bytes.slice(0, start),
    ...added,
    ...bytes.slice(start + removed),
  ];
  return random.weighted<readonly [string, Mutate]>([
    [5, [`set ${byte} at ${place}`, (bytes) => spliced(bytes, at(bytes), 1, [byte])]],
    [4, [`flip ${bit} at ${place}`, (bytes) => spliced(bytes, at(bytes), 1, [(bytes[at(bytes)] ?? 0) ^ bit])]],
    [2, [`one more at ${place}`, (bytes) => spliced(bytes, at(bytes), 1, [((bytes[at(bytes)] ?? 0) + 1) & 255])]],
    [2, [`insert ${byte} at ${place}`, (bytes) => spliced(bytes, at(bytes), 0, [byte])]],
    [2, [`remove ${count} at ${place}`, (bytes) => spliced(bytes, at(bytes), count, [])]],
    [
      1,
      [
        `repeat ${count} at ${place}`,
        (bytes) => spliced(bytes, at(bytes), 0, bytes.slice(at(bytes), at(bytes) + count)),
      ],
    ],
    [1, [`cut at ${place}`, (bytes) => bytes.slice(0, at(bytes))]],
    [1, [`preamble ${byte}`, (bytes) => spliced(bytes, byte % 8, 1, [byte])]],
  ]);
}

/** Splits a module into its sections; a rest that cannot be split is one part. */
function sections(bytes: readonly number[]): (readonly [id: number, content: readonly number[]])[] {
  const found: (readonly [number, readonly number[]])[] = [];
  for (let at = preamble.length; at < bytes.length;) {
    const id = bytes[at] ?? 0;
    let size = 0;
    let cursor = at + 1;
    for (let shift = 0; cursor < bytes.length; shift += 7) {
      const byte = bytes[cursor++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    found.push([id, bytes.slice(cursor, cursor + size)]);
    at = cursor + size;
  }
  return found;
}

function sectionMutation(random: Random): readonly [string, Mutate] {
  const [first, second] = [random.bits(), random.bits()];
  const id = random.below(16);
  const difference = random.pick([-2, -1, 1, 2, 100, 0x1000_0000]);
  const change = (make: (list: (readonly [number, readonly number[]])[]) => void): Mutate => {
    return (bytes) => {
      const list = sections(bytes);
      if (list.length > 0) make(list);
      return [
        ...bytes.slice(0, preamble.length),
        ...list.flatMap(([section, content]) => [section, ...sized(content)]),
      ];
    };
  };
  const pick = (list: readonly unknown[], bits: number) => bits % Math.max(list.length, 1);
  return random.pick<readonly [string, Mutate]>([
    ['drop a section', change((list) => void list.splice(pick(list, first), 1))],
    [
      'repeat a section',
      change((list) => void list.splice(pick(list, second), 0, ...list.slice(pick(list, first)).slice(0, 1))),
    ],
    [
      'swap sections',
      change((list) => {
        const [moved] = list.splice(pick(list, first), 1);
        if (moved !== undefined) list.splice(pick(list, second), 0, moved);
      }),
    ],
    [
      `a section gets id ${id}`,
      change((list) => {
        const at = pick(list, first);
        list[at] = [id, list[at]?.[1] ?? []];
      }),
    ],
    [`insert an empty section ${id}`, change((list) => void list.splice(pick(list, first), 0, [id, []]))],
    [`insert a section ${id} with a zero`, change((list) => void list.splice(pick(list, first), 0, [id, [0]]))],
    [
      'a section loses its last byte',
      change((list) => {
        const at = pick(list, first);
        list[at] = [list[at]?.[0] ?? 0, list[at]?.[1].slice(0, -1) ?? []];
      }),
    ],
    [
      'a section gets a byte more',
      change((list) => {
        const at = pick(list, first);
        list[at] = [list[at]?.[0] ?? 0, [...(list[at]?.[1] ?? []), second & 255]];
      }),
    ],
    [
      `a size is off by ${difference}`,
      (bytes) => {
        const list = sections(bytes);
        const at = pick(list, first);
        const written = list.flatMap(([section, content], index) => {
          const size = index === at ? Math.max(0, content.length + difference) : content.length;
          return [section, ...u32(size), ...content];
        });
        return [...bytes.slice(0, preamble.length), ...written];
      },
    ],
    [
      'a longer form of a size',
      (bytes) => {
        const list = sections(bytes);
        const at = pick(list, first);
        const written = list.flatMap(([section, content], index) => [
          section,
          ...u32(content.length, index === at ? 1 + (second % 5) : 0),
          ...content,
        ]);
        return [...bytes.slice(0, preamble.length), ...written];
      },
    ],
  ]);
}
