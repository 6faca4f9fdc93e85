/** A guard on bare V8: the exports called by a few lines of script, as the yardstick of our own overhead. */

export interface PlainGuard {
  call(name: string, input: string): string;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly alloc: (size: number) => number;
  readonly dealloc: (pointer: number, size: number) => void;
}

const outputBytes = 4 * 1024 * 1024;

/** Instantiates with imports that do nothing; writes the input, calls, reads the output. */
export async function plainGuard(bytes: Uint8Array<ArrayBuffer>): Promise<PlainGuard> {
  const module = await WebAssembly.compile(bytes);
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => (name === 'call_backend' ? -1 : 0);
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const { memory, alloc, dealloc } = exports as unknown as Exports;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    call(name, text) {
      const input = encoder.encode(text);
      const label = exports[name] as (...pointers: number[]) => number;
      const from = alloc(input.length);
      const to = alloc(outputBytes);
      new Uint8Array(memory.buffer).set(input, from);
      const length = label(from, input.length, to, outputBytes);
      if (length < 0) throw new Error(`${name} returned ${length}`);
      const output = decoder.decode(new Uint8Array(memory.buffer, to, length));
      dealloc(to, outputBytes);
      dealloc(from, input.length);
      return output;
    },
  };
}
