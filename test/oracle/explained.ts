/** Known and accepted differences between wazero and the product, each with its reason and a predicate. */
import { decodeModule } from '../../src/core/wasm/decode/decode.ts';
import type { Difference } from './compare.ts';
import type { OracleCase } from './recipe.ts';

export interface Explanation {
  readonly id: string;
  readonly reason: string;
  /** Whether the explanation covers a difference of these cases. */
  covers(difference: Difference, of: OracleCase): boolean;
}

const explanations: readonly Explanation[] = [
  {
    id: 'import-order',
    reason: 'With missing imports from several modules wazero names any of them, because it iterates over a Go map.',
    covers: ({ member, oracle, product }) => member === 'error' && isImportError(oracle) && isImportError(product),
  },
  {
    id: 'v8-refuses',
    reason: 'wazero compiles a few invalid modules that V8 refuses; the product reports the text of V8.',
    covers: ({ product }, { guard }) =>
      typeof product === 'string' &&
      product.startsWith('failed to instantiate WASM module: WebAssembly.') &&
      !WebAssembly.validate(Uint8Array.from(guard)),
  },
  {
    id: 'vector-allocator',
    reason:
      'V8 cannot pass vectors to or from an export, so an alloc or dealloc with a vector in its signature cannot be called.',
    covers: ({ product }) => typeof product === 'string' && product.includes('V8 cannot pass v128 values'),
  },
  {
    id: 'ended-while-asking',
    reason:
      'When the context of a call ends while the guard waits for its backend, wazero closes the module in another goroutine while the guard ' +
      'continues, so whether the next host function finds the module closed is a race. The product closes it first. A guard that ends by ' +
      'proc_exit(0) is not poisoned, so its next call meets what the race left.',
    covers: ({ member, oracle, product }, { guard, steps }) => {
      if (!importsBackend(guard)) return false;
      const endedWhileAsking = steps.some(
        (step) => step['op'] === 'cancel' && JSON.stringify(step).includes('"waitMs"'),
      );
      if (member !== 'error') return endedWhileAsking && isBeginningOfList(product, oracle);
      const isClosed = isText(oracle, /: module closed with context (deadline exceeded|canceled)$/);
      const isLeft = endedWhileAsking && isText(oracle, /: module closed with exit_code\(0\)$/);
      return (isClosed || isLeft) && isText(product, nilDereference);
    },
  },
  {
    id: 'deadline-grace',
    reason:
      'wazero stops a guard whose context has ended in its loop, and still runs its dealloc. The product ends the thread, so the log lines of ' +
      'dealloc are missing.',
    covers: ({ member, oracle, product }, { guard, steps }) =>
      member === 'log' &&
      isBeginningOfList(product, oracle) &&
      steps.some(({ op }) => op === 'cancel' || op === 'deadline') &&
      exportsFunction(guard, 'dealloc'),
  },
  {
    id: 'long-output',
    reason: 'The product keeps the first MiB of what a guard writes to standard output or error.',
    covers: ({ member, oracle, product }) => {
      return (
        (member === 'stdout' || member === 'stderr') &&
        isBeginning(product, oracle) &&
        typeof oracle === 'string' &&
        oracle.length > 1_000_000
      );
    },
  },
  {
    id: 'import-exported-again',
    reason:
      'An import that the guard exports under a name of the ABI runs in its own module when the gateway calls it: without memory, checks of ' +
      'its arguments, and a context. Such guards do not occur in practice, and the product calls the import as an export of the guard.',
    covers: (_, { guard }) => exportsImport(guard),
  },
  {
    id: 'zero-compared-with-and',
    reason:
      'wazero takes a branch on 0 < (x & y) as if it were (x & y) < 0; the product takes it as the comparison says. A zero cannot be seen ' +
      'without following values, so the explanation covers guards with a branch on a comparison right behind an and.',
    covers: (_, { guard }) => branchesOnAnd(guard),
  },
];

/** The explanation that covers one of these differences of a line; the others follow from it. Null when there is none. */
export function explanationOf(found: readonly Difference[], of: OracleCase): Explanation | null {
  return explanations.find((explanation) => found.some((each) => explanation.covers(each, of))) ?? null;
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isBeginningOfList(part: unknown, whole: unknown): boolean {
  if (!Array.isArray(part) || !Array.isArray(whole) || part.length >= whole.length) return false;
  return JSON.stringify(part) === JSON.stringify(whole.slice(0, part.length));
}

function exportsFunction(guard: Uint8Array, wanted: string): boolean {
  return decodeModule(guard).exports.some(({ kind, name }) => kind === 'func' && name === wanted);
}

function importsBackend(guard: Uint8Array): boolean {
  return decodeModule(guard).imports.some(({ kind, name }) => kind === 'func' && name === 'call_backend');
}

function isBeginning(part: unknown, whole: unknown): boolean {
  return typeof part === 'string' && typeof whole === 'string' && whole.startsWith(part);
}

function isImportError(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    /^failed to instantiate WASM module: (module\[.*\] not instantiated$|".*" is not exported in module|export ".*" in module|import \w+\[)/s.test(
      text,
    )
  );
}

const abiNames: ReadonlySet<string> = new Set(['alloc', 'dealloc', 'label_agent', 'label_resource', 'label_response']);

function exportsImport(guard: Uint8Array): boolean {
  try {
    const { exports, imports } = decodeModule(guard);
    const imported = imports.filter(({ kind }) => kind === 'func').length;
    return exports.some(({ kind, name, index }) => kind === 'func' && index < imported && abiNames.has(name));
  } catch {
    return false;
  }
}

const nilDereference = /: runtime error: invalid memory address or nil pointer dereference \(recovered by wazero\)$/;

/** Whether a function has `and`, a relational comparison, and `if` or `br_if` in a row. */
function branchesOnAnd(guard: Uint8Array): boolean {
  try {
    return decodeModule(guard).code.some(({ body }) => hasBranchOnAnd(guard.subarray(body.start, body.end)));
  } catch {
    return false;
  }
}

function hasBranchOnAnd(body: Uint8Array): boolean {
  return body.some((op, at) => {
    const [comparison = 0, branch = 0] = body.subarray(at + 1, at + 3);
    const isI32 = op === 0x71 && comparison >= 0x48 && comparison <= 0x4f;
    const isI64 = op === 0x83 && comparison >= 0x53 && comparison <= 0x5a;
    return (isI32 || isI64) && (branch === 0x04 || branch === 0x0d);
  });
}
