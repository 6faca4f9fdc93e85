/** Files that are not guards (cut off, damaged, other modules, other formats) are refused, and no thread is left. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/base/failure.ts';
import { inspectModule } from '../../src/core/wasm/inspect.ts';
import { openGuard } from '../../src/engine/guard/openGuard.ts';
import { expectOrderly, expectRefused, guardscopeHere } from '../cli/run.ts';
import { fromText } from '../core/wasm/support.ts';
import { workerFile } from '../support/paths.ts';
import { file, guard, removeFiles, trace } from './support.ts';

afterAll(removeFiles);

const guardBytes = readFileSync(guard);

/** The failure of a guard that must not load. */
async function refused(path: string): Promise<Failure> {
  try {
    const opened = await openGuard(path, null, { workerFile, deadlineMs: 2_000 });
    await opened.guard.close();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error(`${path} was loaded`);
}

describe('a guard that is cut off', () => {
  const sections = inspectModule(guardBytes).value.sections.flatMap(({ offset, size }) => [offset, offset + size - 1]);
  const places = [...new Set([1, 4, 7, 8, 9, 100, guardBytes.length >> 1, guardBytes.length - 1, ...sections])]
    .filter((end) => end > 0 && end < guardBytes.length)
    .sort((a, b) => a - b);

  it.each(places)('after %i bytes is refused with the error of the gateway and the next step', async (end) => {
    const failure = await refused(file(`cut-${end}.wasm`, guardBytes.subarray(0, end)));
    // A cut between two sections leaves a valid module without the exports of a guard.
    expect(failure.code).toBe('guard/not-loaded');
    expect(failure.message).toMatch(
      /cut-\d+\.wasm: (?:failed to instantiate WASM module: .+|WASM module must export .+)/,
    );
    expect(failure.hint).toContain('inspect');
  });

  it('is refused by replay and described by inspect', async () => {
    const path = file('half.wasm', guardBytes.subarray(0, guardBytes.length >> 1));
    expectRefused(await guardscopeHere(['replay', trace, '--guard', path]), 3, 'guard/not-loaded', path);
    const inspected = await guardscopeHere(['inspect', path]);
    expectOrderly(inspected);
    expect(inspected.code).toBe(3);
    expect(inspected.stderr).toMatch(/at byte \d+\) \[wasm\/cut-off\]\n {2}The file is incomplete/);
  });
});

describe('a file that is not a guard', () => {
  it.each<readonly [string, string | Uint8Array, string]>([
    ['an empty file', '', 'invalid magic number'],
    ['a text file', 'hello\n', 'invalid magic number'],
    ['a web page', '<!doctype html><title>404</title>', 'invalid magic number'],
    ['the text format', '(module)', 'invalid magic number'],
    ['a component', Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0), 'invalid version header'],
    ['an empty module', fromText('(module)'), 'must export label_resource and label_response'],
    ['half a guard', fromText('(module (func (export "label_resource")))'), 'must export'],
    ['a module with an unknown import', fromText('(module (import "env" "read_file" (func)))'), '"env"'],
    ['a memory over the cap', fromText('(module (memory 513))'), 'memory'],
    [
      'noise behind the preamble',
      Buffer.concat([guardBytes.subarray(0, 8), guardBytes.subarray(5000, 9000)]),
      'section',
    ],
  ])('%s is refused', async (name, content, sentence) => {
    const failure = await refused(file(`${name}.wasm`, content));
    expect(failure.code).toBe('guard/not-loaded');
    expect(failure.message).toContain(sentence);
    expect(failure.hint).not.toBe('');
  });

  it('a module whose start function never returns is refused at the deadline', async () => {
    const text = `(module (func $go (loop $l (br $l))) (start $go)
      (func (export "label_resource") (param i32 i32 i32 i32) (result i32) i32.const 0)
      (func (export "label_response") (param i32 i32 i32 i32) (result i32) i32.const 0))`;
    const failure = await refused(file('start.wasm', fromText(text)));
    expect(failure.message).toContain('context deadline exceeded');
  });
});

afterEach(() => {
  const resources = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort');
  expect(resources.length).toBeLessThan(4);
});
