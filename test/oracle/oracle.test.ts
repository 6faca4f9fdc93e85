/** Tests of the comparison with the oracle: repeatable cases, valid guards, names of differences, shrinking, options. */
import { describe, expect, it } from 'vitest';
import { hostFunctions } from '../../src/core/wasm/validate/imports.ts';
import { differences, kindOf } from './compare.ts';
import { generate } from './generate/all.ts';
import { readOptions } from './options.ts';
import { caseOf, recipe } from './recipe.ts';
import { shrink } from './shrink.ts';
import { types } from './wasm/code.ts';
import { wasiImport, wasiModule, wasiParameters } from './wasm/wasiFunctions.ts';

const valid = ['arithmetic', 'vectors', 'memory', 'control', 'frames', 'host', 'wasi', 'exits', 'buffers'];

describe('generated cases', () => {
  it.each([...valid, 'loading', 'bodies', 'mutants'])('%s is the same for the same seed and number', (kind) => {
    const once = caseOf(generate(3, 5, kind).made);
    const made = generate(3, 5, kind).made;
    expect(caseOf(made)).toEqual(once);
    expect(caseOf(made)).toEqual(once);
    expect(caseOf(generate(3, 6, kind).made)).not.toEqual(once);
  });

  it.each(valid)('%s gives modules that compile, also without some of their parts', (kind) => {
    for (let index = 0; index < 20; index++) {
      const { made } = generate(1, index, kind);
      expect(WebAssembly.validate(Uint8Array.from(caseOf(made).guard))).toBe(true);
      const fewer = made.parts.filter((_, position) => position % 2 === 0);
      expect(WebAssembly.validate(Uint8Array.from(caseOf(made, fewer).guard))).toBe(true);
    }
  });
});

describe('the table of WASI functions', () => {
  it('has every function that a guard may import, with its signature', () => {
    const own = Object.keys(wasiParameters).map((name) => {
      const { params, results } = wasiImport(name);
      const [took, gave] = [params, results].map(
        (list) => list.map((type) => (type === types.i64 ? 'i64' : 'i32')).join('') || 'v',
      );
      return `${name} ${took}_${gave}`;
    });
    const offered = [...(hostFunctions.get(wasiModule) ?? [])].map(([name, signature]) => `${name} ${signature}`);
    expect(own.sort(), 'test/oracle/wasm/wasiFunctions.ts and core/wasm/validate/imports.ts').toEqual(offered.sort());
  });
});

describe('differences', () => {
  it('are those of the first line that differs, and ignore further members of the product', () => {
    const oracle = [{ ok: true }, { ok: false, error: 'a' }, { ok: true, output: 'x' }];
    const product = [
      { ok: true, more: 1 },
      { ok: false, error: 'b' },
      { ok: true, output: 'y' },
    ];
    expect(differences(oracle, product)).toEqual([{ step: 1, member: 'error', oracle: 'a', product: 'b' }]);
    expect(differences(oracle, oracle)).toEqual([]);
  });

  it('include a failure that only the product reports', () => {
    const found = differences([{ ok: true }], [{ ok: false, error: 'no' }]);
    expect(found.map(({ member }) => member)).toEqual(['ok', 'error']);
  });

  it('have the same kind when only numbers and names differ', () => {
    const kind = (error: string): string => kindOf(differences([{ error }], [{ error: 'else' }]));
    expect(kind('module[a] not instantiated')).toBe(kind('module[b] not instantiated'));
    expect(kind('unknown function for export["f"] at 0x1f')).toBe(kind('unknown function for export["g"] at 0x20'));
    expect(kind('unknown function')).not.toBe(kind('unknown table'));
  });
});

describe('shrink', () => {
  it('keeps the parts and steps that the difference needs', async () => {
    const parts = Array.from({ length: 20 }, (_, index) => ({ label: `part ${index}`, content: index }));
    const steps = Array.from({ length: 6 }, (_, index) => ({ op: `step ${index}` }));
    const made = recipe<number>({
      parts,
      steps,
      build: (chosen) => Uint8Array.from(chosen.map(({ content }) => content)),
    });
    const smallest = await shrink(
      made,
      async ({ guard, steps: left }) =>
        guard.includes(3) && guard.includes(17) && left.some(({ op }) => op === 'step 4'),
      500,
    );
    expect(smallest.parts.map(({ label }) => label)).toEqual(['part 3', 'part 17']);
    expect(smallest.found.steps).toEqual([{ op: 'step 4' }]);
  });
});

describe('options', () => {
  it('are refused by name when they are unknown or invalid', () => {
    expect(() => readOptions(['--sed', '1'])).toThrow(/Unknown option "--sed"/);
    expect(() => readOptions(['--seed', 'x'])).toThrow(/--seed takes a number, not "x"/);
    expect(readOptions(['--seed', '4', '--cases', '9', '--kind', 'wasi'])).toMatchObject({
      seed: 4,
      cases: 9,
      kind: 'wasi',
    });
  });
});
