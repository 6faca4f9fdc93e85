/** Files that are no guards: cut off anywhere, damaged, valid but something else, or not wasm; loading says so and leaves no thread. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/base/failure.ts';
import { inspectModule } from '../../src/core/wasm/inspect.ts';
import { openGuard } from '../../src/engine/guard/openGuard.ts';
import { expectOrderly, expectRefused, guardscope } from '../cli/run.ts';
import { fromText } from '../core/wasm/support.ts';
import { workerFile } from '../support/paths.ts';
import { file, guard, trace } from './support.ts';

const whole = readFileSync(guard);

/** Loads what must not load. */
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
  const sections = inspectModule(whole).value.sections.flatMap(({ offset, size }) => [offset, offset + size - 1]);
  const places = [...new Set([1, 4, 7, 8, 9, 100, whole.length >> 1, whole.length - 1, ...sections])]
    .filter((end) => end > 0 && end < whole.length)
    .sort((a, b) => a - b);

  it.each(places)('after %i bytes is refused in the words of the gateway, with the next step', async (end) => {
    const failure = await refused(file(`cut-${end}.wasm`, whole.subarray(0, end)));
    // A cut between two sections leaves a module that is valid and says too little.
    expect(failure.code).toBe('guard/not-loaded');
    expect(failure.message).toMatch(
      /cut-\d+\.wasm: (?:failed to instantiate WASM module: .+|WASM module must export .+)/,
    );
    expect(failure.hint).toContain('inspect');
  });

  it('on the command line too', async () => {
    const path = file('half.wasm', whole.subarray(0, whole.length >> 1));
    expectRefused(await guardscope(['replay', trace, '--guard', path]), 3, 'guard/not-loaded', path);
    const inspected = await guardscope(['inspect', path]);
    expectOrderly(inspected);
    expect(inspected.code).toBe(3);
    expect(inspected.stderr).toMatch(/at byte \d+\) \[wasm\/cut-off\]\n {2}The file is incomplete/);
  });
});

describe('what is no guard', () => {
  it.each<readonly [string, string | Uint8Array, string]>([
    ['an empty file', '', 'invalid magic number'],
    ['a text', 'hello\n', 'invalid magic number'],
    ['a page', '<!doctype html><title>404</title>', 'invalid magic number'],
    ['the text format', '(module)', 'invalid magic number'],
    ['a component', Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0), 'invalid version header'],
    ['an empty module', fromText('(module)'), 'must export label_resource and label_response'],
    ['half a guard', fromText('(module (func (export "label_resource")))'), 'must export'],
    ['a module that imports what is not there', fromText('(module (import "env" "read_file" (func)))'), '"env"'],
    ['a memory over the cap', fromText('(module (memory 513))'), 'memory'],
    ['noise behind the preamble', Buffer.concat([whole.subarray(0, 8), whole.subarray(5000, 9000)]), 'section'],
  ])('%s', async (name, content, sentence) => {
    const failure = await refused(file(`${name}.wasm`, content));
    expect(failure.code).toBe('guard/not-loaded');
    expect(failure.message).toContain(sentence);
    expect(failure.hint).not.toBe('');
  });

  it('a start function that never ends', async () => {
    const text = `(module (func $go (loop $l (br $l))) (start $go)
      (func (export "label_resource") (param i32 i32 i32 i32) (result i32) i32.const 0)
      (func (export "label_response") (param i32 i32 i32 i32) (result i32) i32.const 0))`;
    const began = performance.now();
    const failure = await refused(file('start.wasm', fromText(text)));
    expect(failure.message).toContain('context deadline exceeded');
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});

afterEach(() => {
  const resources = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort');
  expect(resources.length).toBeLessThan(4);
});
