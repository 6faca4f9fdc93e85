/** Modules of the parity cases are accepted or refused as recorded from the gateway, without running code. */
import { describe, expect, it } from 'vitest';
import { checkGuardShape } from '../../../src/core/wasm/describe/guardShape.ts';
import { explainRefusal, adaptForV8 } from '../../../src/core/wasm/adaptForV8.ts';
import { loadCases } from './support.ts';

const prefix = 'failed to instantiate WASM module: ';
const cases = loadCases();

/** The expected error of the gateway, and the label of a start function, whose failure is known only after running it. */
function verdict(bytes: Uint8Array): { readonly error: string | null; readonly startLabel: string | null } {
  const prepared = adaptForV8(bytes);
  if (!prepared.ok) return { error: prefix + prepared.error, startLabel: null };
  const explained = explainRefusal(bytes);
  if (explained !== null) return { error: prefix + explained, startLabel: null };
  const { description, start } = prepared.module;
  return { error: checkGuardShape(description), startLabel: start?.label ?? null };
}

describe('loading the parity modules', () => {
  it('finds the parity cases', () => expect(cases.length).toBeGreaterThan(120));

  it.each(cases.filter(({ ok }) => ok))('accepts $name', ({ bytes }) => {
    expect(verdict(bytes).error).toBeNull();
  });

  const refused = cases.filter(({ ok }) => !ok);
  it.each(refused)('refuses $name as the gateway does', ({ bytes, error: recorded, panic }) => {
    const { error, startLabel } = verdict(bytes);
    const expected = recorded ?? prefix + (panic ?? '');
    if (expected.startsWith(`${prefix}start `)) {
      expect(expected).toContain(`${prefix}${startLabel} failed: `);
    } else {
      expect(error).toBe(expected);
    }
  });

  it('reports when the gateway itself would crash', () => {
    const found = cases.find(({ panic }) => panic?.startsWith('runtime error: index out of range') === true);
    expect(found && adaptForV8(found.bytes)).toEqual({
      ok: false,
      error: found?.panic,
      panic: found?.panic,
    });
  });
});
