/** Guards that each misbehave in one way, and the gateway's answer to their first call. */
import { askBackend, forever, guardBytes, sayStillHere } from '../../engine/runtime/guards.ts';

/** A guard that loads, and misbehaves in `label_resource` as its name describes. */
export interface BadGuard {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Part of the gateway's message for the first call. */
  readonly error: string;
  /** Whether the gateway poisons the guard (gateway spec 1.8). */
  readonly poisons: boolean;
}

/** Writes a text to the output buffer and returns its length; `at` is the address of its data. */
function answer(text: string, at = 1024): { readonly rest: string; readonly body: string } {
  const length = new TextEncoder().encode(text).length;
  const data = text.replaceAll(/["\\]/g, (char) => `\\${char === '"' ? '22' : '5c'}`);
  return {
    rest: `(data (i32.const ${at}) "${data}")`,
    body: `(memory.copy (local.get $out) (i32.const ${at}) (i32.const ${length})) (i32.const ${length})`,
  };
}

function times(count: number, body: string): string {
  return `(loop $l ${body}
    (global.set $i (i32.add (global.get $i) (i32.const 1)))
    (br_if $l (i32.lt_u (global.get $i) (i32.const ${count}))))`;
}

function guard(name: string, body: string, error: string, poisons: boolean, rest = ''): BadGuard {
  const bytes = guardBytes({ label_resource: body, rest: `(global $i (mut i32) (i32.const 0)) ${rest}` });
  return { name, bytes, error, poisons };
}

function answering(name: string, text: string, error: string): BadGuard {
  const { rest, body } = answer(text);
  return guard(name, body, error, false, rest);
}

const deadline = 'module closed with context deadline exceeded';

export const badGuards: readonly BadGuard[] = [
  guard('loops endlessly', `${forever} (i32.const 0)`, deadline, true),
  guard('makes endless look-ups', `(loop $l (drop ${askBackend}) (br $l)) (i32.const 0)`, deadline, true),
  guard('traps', 'unreachable', 'wasm error: unreachable', true),
  guard('divides by zero', '(i32.div_u (i32.const 1) (global.get $i))', 'wasm error: integer divide by zero', true),
  guard('reads beyond its memory', '(i32.load (i32.const -8))', 'wasm error: out of bounds memory access', true),
  guard('recurses endlessly', '(call $r)', 'stack overflow', false, '(func $r (result i32) (call $r))'),
  guard('exits', '(call $proc_exit (i32.const 3)) (i32.const 0)', 'exit_code(3)', true),
  guard(
    'allocates up to the cap',
    '(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (i32.const -7)',
    'WASM function returned error code: -7',
    false,
  ),
  guard(
    'logs a million lines',
    `${times(1_000_000, sayStillHere)} (i32.const -1)`,
    'WASM function returned error code: -1',
    false,
  ),
  guard('returns a negative length', '(i32.const -5)', 'WASM function returned error code: -5', false),
  guard('returns the smallest length', '(i32.const -2147483648)', 'error code: -2147483648', false),
  guard('returns a length beyond its memory', '(i32.const 2147483647)', 'WASM', false),
  guard('returns a length beyond the buffer', '(i32.const 4194305)', 'WASM', false),
  guard(
    'requests a huge buffer',
    '(i32.store (local.get $out) (i32.const -1)) (i32.const -2)',
    'requires buffer of 4294967295 bytes',
    false,
  ),
  guard('always requests a larger buffer', '(i32.const -2)', 'which exceeds maximum', false),
  answering('returns text that is not JSON', 'not json', 'response: invalid character'),
  answering('returns incomplete JSON', '{"resource":{"secrecy":[', 'unexpected end of JSON input'),
  answering('returns JSON of another type', '[1,2,3]', 'cannot unmarshal array'),
  guard(
    'returns bytes that are not UTF-8',
    '(i32.store (local.get $out) (i32.const -1)) (i32.const 4)',
    'invalid',
    false,
  ),
  guard('returns an empty answer', '(i32.const 0)', 'unexpected end of JSON input', false),
];
