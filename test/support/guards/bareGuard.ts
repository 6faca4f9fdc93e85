/** Runs a guard with the bare ABI in the thread of the test, without engine and limits, so that tests can use buffers of any size. */
import type { JsonValue } from '../../../src/core/base/json.ts';

/** One answer: the return code of the export, and its output as text if there is one. */
export interface BareAnswer {
  readonly code: number;
  readonly output: string | null;
  /** The size that a guard leaves in a buffer that is too small; null unless the code is -2. */
  readonly hint: number | null;
}

/** The log lines of the guard as `level:message`, and its look-ups as `tool args`. */
export interface BareGuard {
  readonly log: string[];
  readonly lookUps: string[];
  call(name: string, input: JsonValue | string, capacity?: number): BareAnswer;
  /** The size of the linear memory. */
  memoryBytes(): number;
}

/** The backend for a guard's look-ups; undefined makes the call fail with -1. */
export type BareBackend = (tool: string, args: JsonValue) => JsonValue | undefined;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly alloc: (size: number) => number;
  readonly dealloc: (pointer: number, size: number) => void;
  readonly [name: string]: unknown;
}

/** Instantiates a guard. Its WASI imports do nothing and return success. */
export async function bareGuard(wasm: BufferSource, backend: BareBackend = () => undefined): Promise<BareGuard> {
  const log: string[] = [];
  const lookUps: string[] = [];
  const module = await WebAssembly.compile(wasm);
  const wasi = WebAssembly.Module.imports(module).filter((entry) => entry.module === 'wasi_snapshot_preview1');
  const text = (pointer: number, length: number) =>
    new TextDecoder().decode(new Uint8Array(exports.memory.buffer, pointer >>> 0, length));
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: Object.fromEntries(wasi.map((entry) => [entry.name, () => 0])),
    env: {
      host_log: (level: number, pointer: number, length: number) => log.push(`${level}:${text(pointer, length)}`),
      call_backend: (...at: [number, number, number, number, number, number]) => {
        const [toolAt, toolLength, argsAt, argsLength, resultAt, capacity] = at;
        const tool = text(toolAt, toolLength);
        const args = text(argsAt, argsLength);
        lookUps.push(`${tool} ${args}`);
        const answer = backend(tool, JSON.parse(args) as JsonValue);
        if (answer === undefined) return -1;
        const bytes = new TextEncoder().encode(JSON.stringify(answer));
        if (bytes.length > capacity) {
          new DataView(exports.memory.buffer).setUint32(resultAt, bytes.length, true);
          return -2;
        }
        new Uint8Array(exports.memory.buffer).set(bytes, resultAt);
        return bytes.length;
      },
    },
  });
  const exports = instance.exports as unknown as Exports;
  return {
    log,
    lookUps,
    call: (name, input, capacity) => call(exports, name, input, capacity ?? 65_536),
    memoryBytes: () => exports.memory.buffer.byteLength,
  };
}

function call(exports: Exports, name: string, input: JsonValue | string, capacity: number): BareAnswer {
  const run = exports[name];
  if (typeof run !== 'function') throw new Error(`The guard does not export ${name}`);
  const bytes = new TextEncoder().encode(typeof input === 'string' ? input : JSON.stringify(input));
  const inputAt = exports.alloc(bytes.length);
  const outputAt = exports.alloc(capacity);
  new Uint8Array(exports.memory.buffer).set(bytes, inputAt);
  const code = Number(run(inputAt, bytes.length, outputAt, capacity));
  const output = code < 0 ? null : new TextDecoder().decode(new Uint8Array(exports.memory.buffer, outputAt, code));
  const hint = code === -2 ? new DataView(exports.memory.buffer).getUint32(outputAt, true) : null;
  exports.dealloc(outputAt, capacity);
  exports.dealloc(inputAt, bytes.length);
  return { code, output, hint };
}
