/** WASI functions without a guest: tests call them directly, on a memory of one page. */
import { GuestMemory } from '../../../../../src/engine/runtime/worker/memory.ts';
import { wasiFunctions } from '../../../../../src/engine/runtime/worker/wasi/functions.ts';
import { GuestSystem } from '../../../../../src/engine/runtime/worker/wasi/system.ts';

/** Offset of the end of the memory. */
export const pageEnd = 65_536;

/** A system, and what it did. */
export interface Fixture {
  readonly memory: GuestMemory;
  readonly system: GuestSystem;
  readonly written: { stdout: string; stderr: string };
  /** Exit codes of `proc_exit`. */
  readonly exits: number[];
  /** Calls a function by name; i64 parameters are bigints. */
  readonly call: (name: string, ...args: (number | bigint)[]) => number;
  /** A range of the memory in hexadecimal. */
  readonly hex: (offset: number, length: number) => string;
}

/** Makes a new system. */
export function fixture(): Fixture {
  const memory = new GuestMemory();
  memory.attach(new WebAssembly.Memory({ initial: 1, maximum: 512 }));
  const written = { stdout: '', stderr: '' };
  const system = new GuestSystem(memory, (stream, bytes) => {
    written[stream] += Buffer.from(bytes).toString('utf8');
  });
  const exits: number[] = [];
  const functions = wasiFunctions(system, (code) => {
    exits.push(code);
    system.close();
  });
  return {
    memory,
    system,
    written,
    exits,
    call: (name, ...args) => {
      const run = functions[name] as ((...args: (number | bigint)[]) => number) | undefined;
      if (run === undefined) throw new Error(`no function ${name}`);
      return run(...args);
    },
    hex: (offset, length) => Buffer.from(memory.read(offset, length) ?? []).toString('hex'),
  };
}

/** Writes a list of buffers (`offset`, `length`) at `at`. */
export function putBuffers(memory: GuestMemory, at: number, buffers: readonly (readonly [number, number])[]): void {
  for (const [index, [offset, length]] of buffers.entries()) {
    memory.writeU32(at + index * 8, offset);
    memory.writeU32(at + index * 8 + 4, length);
  }
}

/** Writes text at `at`; returns its length in bytes. */
export function putText(memory: GuestMemory, at: number, text: string): number {
  const bytes = Buffer.from(text);
  memory.write(at, bytes);
  return bytes.length;
}
