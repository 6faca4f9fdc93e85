/** A guard on plain V8, called by a minimal script; the difference to it is Guardscope's overhead. */

export interface PlainGuard {
  call(name: string, input: string): string;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly alloc: (size: number) => number;
  readonly dealloc: (pointer: number, size: number) => void;
}

const outputBytes = 4 * 1024 * 1024;

/**
 * Instantiates the guard with imports that do nothing, except `call_backend`, which returns the answers in order, from the first in each
 * call. A call writes the input, calls the export and reads the output.
 */
export async function plainGuard(bytes: Uint8Array<ArrayBuffer>, answers: readonly string[] = []): Promise<PlainGuard> {
  const module = await WebAssembly.compile(bytes);
  const encoder = new TextEncoder();
  const encoded = answers.map((answer) => encoder.encode(answer));
  let asked = 0;
  const callBackend = (...[, , , , result = 0]: readonly number[]): number => {
    const answer = encoded[asked++];
    if (answer === undefined) return -1;
    new Uint8Array(memory.buffer).set(answer, result);
    return answer.length;
  };
  const imports: Record<string, Record<string, (...args: readonly number[]) => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = name === 'call_backend' ? callBackend : () => 0;
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const { memory, alloc, dealloc } = exports as unknown as Exports;
  const decoder = new TextDecoder();
  return {
    call(name, text) {
      const input = encoder.encode(text);
      asked = 0;
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
