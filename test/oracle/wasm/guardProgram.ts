/** The frame of a generated guard: memory, imports, the three exports, and helpers that write computed values to the output. */
import {
  type TypeByte,
  access,
  call,
  globalGet,
  globalSet,
  i32Add,
  i32Const,
  i32Sub,
  i64Const,
  localGet,
  localSet,
  localTee,
  types,
} from './code.ts';
import { ModuleBuilder } from './moduleBuilder.ts';
import { type HostImport, hostLog } from './wasiFunctions.ts';

export const labelNames = ['label_agent', 'label_resource', 'label_response'] as const;
export type LabelName = (typeof labelNames)[number];

const { i32, i64, f32, f64, v128 } = types;

/** Locals of a label function after its four parameters: two of each number type, and one vector. */
export const scratch = {
  i32: 4,
  secondI32: 5,
  i64: 6,
  secondI64: 7,
  f32: 8,
  secondF32: 9,
  f64: 10,
  secondF64: 11,
  v128: 12,
} as const;
const scratchRuns: readonly (readonly [number, TypeByte])[] = [
  [2, i32],
  [2, i64],
  [2, f32],
  [2, f64],
  [1, v128],
];

/** Parameters of a label function. */
export const parameter = { inputAt: 0, inputLength: 1, outputAt: 2, capacity: 3 } as const;

export class GuardProgram {
  readonly module = new ModuleBuilder();
  /** Global: the address of the next output byte. */
  readonly out: number;
  /** Global: number of entries into label functions since the guard was loaded. */
  readonly calls: number;
  /** Function (i64) -> (): appends its bits to the output, as 16 letters. */
  readonly put: number;
  /** Function (i32 from, i32 length) -> i64: a checksum of memory. */
  readonly hash: number;
  readonly labelType: number;
  readonly #imports = new Map<string, number>();

  /** With `logsOutput`, the output is also logged, because a trap discards the output but not the log. */
  constructor(imports: readonly HostImport[], memory: readonly [min: number, max?: number] = [1], logsOutput = false) {
    const { module } = this;
    this.labelType = module.type([i32, i32, i32, i32], [i32]);
    for (const { module: from, name, params, results } of logsOutput ? [hostLog, ...imports] : imports) {
      if (!this.#imports.has(name))
        this.#imports.set(name, module.importFunction(from, name, module.type(params, results)));
    }
    module.memory(...memory);
    module.export('memory', 'memory', 0);
    this.out = module.global(i32, true, i32Const(0));
    this.calls = module.global(i32, true, i32Const(0));
    this.put = module.function(
      module.type([i64], []),
      [[1, i32]],
      [...(logsOutput ? logValue(this.imported(hostLog.name)) : []), ...putBody(this.out)],
    );
    this.hash = module.function(module.type([i32, i32], [i64]), [[1, i64]], hashBody);
  }

  /** The function index of an import. */
  imported(name: string): number {
    const index = this.#imports.get(name);
    if (index === undefined) throw new Error(`${name} is not imported`);
    return index;
  }

  /** Writes the checksum of a range to the output. */
  putHash(from: readonly number[], length: number): number[] {
    return [...from, ...i32Const(length), ...call(this.hash), ...call(this.put)];
  }

  /** Writes an i32 to the output; `value` is code that pushes it. */
  putI32(value: readonly number[]): number[] {
    return [...value, 0xad, ...call(this.put)];
  }

  /** Adds a label function and its export. The body writes the output with `put`, and may also return by itself. */
  label(name: LabelName, body: readonly number[]): number {
    const opening = [
      ...localGet(parameter.outputAt),
      ...globalSet(this.out),
      ...[...globalGet(this.calls), ...i32Const(1), ...i32Add, ...globalSet(this.calls)],
    ];
    const closing = [...globalGet(this.out), ...localGet(parameter.outputAt), ...i32Sub];
    const index = this.module.function(this.labelType, scratchRuns, [...opening, ...body, ...closing]);
    this.module.export(name, 'func', index);
    return index;
  }

  /** Adds a bump `alloc` that starts at 64 KiB, and a `dealloc` that resets it. */
  allocator(): void {
    const { module } = this;
    const next = module.global(i32, true, i32Const(1 << 16));
    const grown = [...localGet(0), ...i32Const(16), 0x76, ...i32Const(1), ...i32Add, 0x40, 0x00, 0x1a];
    const bump = [...globalGet(next), ...globalGet(next), ...localGet(0), ...i32Add, ...globalSet(next)];
    module.export('alloc', 'func', module.function(module.type([i32], [i32]), [], [...grown, ...bump]));
    const reset = [...i32Const(1 << 16), ...globalSet(next)];
    module.export('dealloc', 'func', module.function(module.type([i32, i32], []), [], reset));
  }
}

function putBody(out: number): number[] {
  const letter = [...localGet(0), 0xa7, ...i32Const(15), 0x71, ...i32Const(65), ...i32Add];
  return [
    ...[0x03, 0x40],
    ...[...globalGet(out), ...letter, ...access(0x3a, 0, 0)],
    ...[...globalGet(out), ...i32Const(1), ...i32Add, ...globalSet(out)],
    ...[...localGet(0), ...i64Const(4n), 0x88, ...localSet(0)],
    ...[...localGet(1), ...i32Const(1), ...i32Add, ...localTee(1), ...i32Const(16), 0x49, 0x0d, 0x00, 0x0b],
  ];
}

/** The level of the line is the low half of the value, xored with the high one. */
function logValue(log: number): number[] {
  const folded = [...localGet(0), ...localGet(0), ...i64Const(32n), 0x88, 0x85, 0xa7];
  return [...folded, ...i32Const(0), ...i32Const(0), ...call(log)];
}

/** FNV-1a over bytes. */
const hashBody: readonly number[] = [
  ...[...i64Const(-3750763034362895579n), ...localSet(2)],
  ...[0x02, 0x40, ...localGet(1), 0x45, 0x0d, 0x00, 0x03, 0x40],
  ...[...localGet(2), ...localGet(0), ...access(0x31, 0, 0), 0x85, ...i64Const(1099511628211n), 0x7e, ...localSet(2)],
  ...[...localGet(0), ...i32Const(1), ...i32Add, ...localSet(0)],
  ...[...localGet(1), ...i32Const(1), ...i32Sub, ...localTee(1), 0x0d, 0x00, 0x0b, 0x0b],
  ...localGet(2),
];
