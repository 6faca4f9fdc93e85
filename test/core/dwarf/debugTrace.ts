/** Runs functions of the guards with debug information in V8, and writes their stacks as wazero prints them. */
import { StackReader } from '../../../src/core/symbols/guardStack.ts';
import type { GuardStack } from '../../../src/core/difc/record/stackFrame.ts';
import { sectionId, listSections } from '../../../src/core/wasm/decode/sections.ts';

/** Index and offset of each frame of the trap of a function, which is called with an input of two bytes. */
export function trapOf(bytes: Uint8Array<ArrayBuffer>, name: string): readonly { index: number; offset: number }[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const run = exports[name] as (...args: readonly number[]) => number;
  try {
    run(0, 2, 0, 0);
  } catch (thrown) {
    const frames = (thrown as Error).stack?.matchAll(/wasm-function\[(\d+)\]:0x([\da-f]+)/g) ?? [];
    return [...frames].map(([, index, offset]) => ({
      index: Number(index),
      offset: Number.parseInt(offset ?? '', 16),
    }));
  }
  throw new Error(`${name} did not trap`);
}

/** The stack of a function that traps. */
export function stackOf(bytes: Uint8Array<ArrayBuffer>, name: string): GuardStack {
  return new StackReader(bytes).read(trapOf(bytes, name));
}

/** The lines of wazero below each frame: the offset in the code section, and `FILE:LINE:COLUMN (inlined)`. */
export function wazeroLines(bytes: Uint8Array, { frames }: GuardStack): readonly string[] {
  const code = listSections(bytes).sections.find(({ id }) => id === sectionId.code)?.start ?? 0;
  let last: number | null = null;
  return frames.flatMap(({ at, offset, inlined }) => {
    if (at === null || offset === null) return [];
    const address = `0x${(offset - code).toString(16)}: `;
    const prefix = offset === last ? ' '.repeat(address.length) : address;
    last = inlined ? offset : null;
    const column = at.column === 0 ? '' : `:${at.column}`;
    return [`${prefix}${at.file}:${at.line}${column}${inlined ? ' (inlined)' : ''}`];
  });
}
