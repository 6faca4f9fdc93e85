/** Input of any kind never throws, and large modules are scanned in linear time. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeModule } from '../../../src/core/wasm/decode/decode.ts';
import { scanBodies } from '../../../src/core/wasm/describe/scanBodies.ts';
import { inspectModule } from '../../../src/core/wasm/inspect.ts';
import { encodeU32 } from '../../../src/core/wasm/decode/leb128.ts';
import { explainRefusal, adaptForV8 } from '../../../src/core/wasm/adaptForV8.ts';
import { expectLinear } from '../../support/growth.ts';
import { repoPath } from '../../support/paths.ts';
import { fromText, loadCases } from './support.ts';

/** A guard as a compiler makes it. */
const sample = readFileSync(repoPath('media/samples/files-and-memory-as/guard.wasm'));

/** Adapts, explains and inspects the bytes; returns the load error that the inspection reports. */
function lookAt(bytes: Uint8Array): string | null {
  const result = adaptForV8(bytes);
  const explained = explainRefusal(bytes);
  if (!result.ok) expect(explained).toBe(result.error);
  const { value } = inspectModule(bytes);
  if (explained !== null) expect(value.loadError).toBe(`failed to instantiate WASM module: ${explained}`);
  return value.loadError;
}

describe('any input', () => {
  it('cut at any byte is refused without an exception', () => {
    // Every byte at the beginning, where the structured sections are; every 397th byte in code and data.
    for (let end = 0; end < sample.length; end += end < 1500 ? 1 : 397) {
      expect(lookAt(sample.subarray(0, end))).not.toBeNull();
    }
  });

  it('with any bytes changed is refused or prepared', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    const bases = loadCases().filter(({ bytes }) => bytes.length > 8 && bytes.length < 2000);
    fc.assert(
      fc.property(fc.constantFrom(...bases), changes, (base, edits) => {
        const bytes = base.bytes.slice();
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        lookAt(bytes);
      }),
      { numRuns: 600 },
    );
  });

  it('of random bytes after the preamble is refused or prepared', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (rest) => {
        lookAt(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...rest]));
      }),
      { numRuns: 800 },
    );
  });
});

describe('a large module', () => {
  /** Copies of one body with many kinds of instructions, up to this many bytes. */
  function large(size: number): Uint8Array {
    const text = `(module (memory 1) (table 1 funcref) (type $t (func (param i32) (result i32)))
      (func (param i32) (result i32) (local i32 i64 f64)
        (loop $l
          ${'(local.set 1 (i32.add (local.get 1) (i32.load8_u offset=300 (local.get 0))))'.repeat(60)}
          (block $b (br_table $b $b $l (i32.and (local.get 0) (i32.const 3))))
          (if (i32.lt_s (local.get 1) (i32.const 100000)) (then
            (local.set 2 (i64.mul (local.get 2) (i64.const 6364136223846793005)))
            (i64.store offset=8 align=4 (local.get 0) (local.get 2))
            (local.set 3 (f64.add (local.get 3) (f64.const 1.5)))
            (local.set 1 (call_indirect (type $t) (local.get 1) (i32.const 0)))))
          (memory.fill (local.get 0) (i32.const 0) (i32.const 16))
          (br_if $l (i32.trunc_f64_s (local.get 3))))
        (local.get 1)))`;
    const one = fromText(text);
    const { code, sections } = decodeModule(one);
    const [entry] = code;
    if (entry === undefined) throw new Error('no code');
    const body = one.subarray(entry.start, entry.end);
    const count = Math.ceil(size / body.length);
    const parts: Uint8Array[] = [one.subarray(0, 8)];
    for (const { id, start, end } of sections) {
      const many = { 3: new Uint8Array(count), 10: Buffer.concat(Array.from({ length: count }, () => body)) }[id];
      const content =
        many === undefined ? one.subarray(start, end) : Buffer.concat([Uint8Array.from(encodeU32(count)), many]);
      parts.push(Uint8Array.of(id, ...encodeU32(content.length)), content);
    }
    return Buffer.concat(parts);
  }

  it('is scanned and prepared in time linear in its size, and the result is valid', async () => {
    const scanned = (size: number) => {
      const module = decodeModule(large(size));
      return () => expect(scanBodies(module).isPlain).toBe(true);
    };
    await expectLinear(scanned, 4_000_000);
    await expectLinear((size) => {
      const bytes = large(size);
      return () => expect(adaptForV8(bytes).ok).toBe(true);
    }, 2_000_000);
    const prepared = adaptForV8(large(1_000_000));
    expect(prepared.ok && WebAssembly.validate(prepared.module.bytes)).toBe(true);
  });
});
