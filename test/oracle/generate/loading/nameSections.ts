/** Valid and invalid name sections: wazero reads them while it loads and refuses what it cannot read. */
import type { Random } from '../../random.ts';
import { sized, text, u32, vector } from '../../wasm/encode.ts';
import type { MakeChange } from './loadingChanges.ts';

const names: readonly (readonly number[])[] = [
  text(''),
  text('a'),
  text('label_agent'),
  text('core::fmt'),
  text('é😀'),
  text('with\nnewline'),
  text('\u0000'),
  [2, 0xc3, 0x28],
  [1, 0xff],
  [3, 0xed, 0xa0, 0x80],
  [5, 0x61],
  [0x80, 0x00],
  [0xff, 0xff, 0xff, 0x0f, 0x61],
];

function good(random: Random): readonly number[] {
  return random.once(6) ? random.pick(names) : random.pick(names.slice(0, 7));
}

function index(random: Random): number[] {
  return random.once(6) ? u32(random.pick([99, 0xffff_ffff, 200])) : u32(random.below(6));
}

function subsection(random: Random): number[] {
  const map = (make: () => number[]): number[] => vector(random.list(random.below(4), make));
  const [id, content] = random.weighted<readonly [number, number[]]>([
    [2, [0, [...good(random)]]],
    [4, [1, map(() => [...index(random), ...good(random)])]],
    [2, [2, map(() => [...index(random), ...map(() => [...index(random), ...good(random)])])]],
    [1, [random.pick([3, 4, 7, 9, 127]), random.list(random.below(5), () => random.below(256))]],
  ]);
  const size = random.once(10)
    ? [...u32(random.pick([0, 1, content.length + 1, 100, 0xffff_ffff])), ...content]
    : sized(content);
  return [id, ...size];
}

const nameSection: MakeChange = (random) => {
  const whole = random.list(random.pick([0, 1, 1, 2, 3]), () => subsection(random)).flat();
  const content = random.once(5) ? whole.slice(0, random.below(whole.length + 1)) : whole;
  return [`name section ${content.join()}`, { after: ({ program }) => program.module.custom('name', content) }];
};

/** A custom section whose own size or name is wrong. */
const brokenCustom: MakeChange = (random) => {
  const bytes = random.pick<readonly number[]>([
    [],
    [0],
    [5, 0x61],
    [2, 0xc3, 0x28],
    [0x80],
    [4, 0x6e, 0x61, 0x6d, 0x65],
    [3, 0x66, 0x6f, 0x6f, 1, 2],
  ]);
  return [`custom section of bytes ${bytes.join()}`, { after: ({ raw }) => void raw.set(12, bytes) }];
};

export const nameSectionChanges: readonly (readonly [number, MakeChange])[] = [
  [8, nameSection],
  [1, brokenCustom],
];
