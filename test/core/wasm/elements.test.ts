/** Element segments in every form: wazero's text for a bad one, and no objection to a good one. */
import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../../src/core/wasm/adaptForV8.ts';
import { elementCases } from './elementCases.ts';
import { guardWithElement } from './guardWithElement.ts';
import { prepared, refusal as refusalOf } from './support.ts';

const cases = elementCases.map(([title, segment, refusal, around = {}]) => ({
  title,
  bytes: guardWithElement(segment, around),
  refusal,
  around,
}));
const good = cases.filter(({ refusal }) => refusal === null);

describe('an element segment', () => {
  it.each(cases.filter(({ refusal }) => refusal !== null))('with $title: $refusal', ({ bytes, refusal }) => {
    expect(explainRefusal(bytes)).toBe(refusal);
    expect(refusalOf(bytes)).toBe(refusal);
  });

  it.each(good)('with $title is accepted', ({ bytes }) => {
    expect(explainRefusal(bytes)).toBeNull();
    expect(refusalOf(bytes)).toBeNull();
  });

  it.each(good.filter(({ around }) => around.isNewer !== true))('with $title compiles in V8', ({ bytes }) => {
    expect(() => new WebAssembly.Module(prepared(bytes).bytes)).not.toThrow();
  });
});
