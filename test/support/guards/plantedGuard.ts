/** A guard in the text format that passes every check, and variations of it with one mistake each. */
import type { JsonValue } from '../../../src/core/base/json.ts';
import { fromText } from '../../core/wasm/support.ts';

/** What is planted. A body leaves an i32; it may call `$answer` with the number of one of the answers. */
export interface Mistake {
  readonly label_agent?: string;
  readonly label_resource?: string;
  readonly label_response?: string;
  /** Runs when the answer has more bytes than the buffer; it leaves the guard with `return`, or goes on to copy the answer. */
  readonly tooSmall?: string;
  /** Runs at the beginning of each of the three functions. */
  readonly always?: string;
  readonly dealloc?: string;
  readonly rest?: string;
  /** In place of the answers of the right guard, by their numbers. */
  readonly answers?: Readonly<Record<number, JsonValue>>;
  /** Texts for `$has`, by their numbers. */
  readonly texts?: readonly string[];
}

/** Numbers of the answers. */
export const answers = { agent: 0, read: 1, response: 2, write: 3, secret: 4, spare: 5 } as const;

const labels = (secrecy: readonly string[]): JsonValue => ({ description: 'thing', secrecy, integrity: [] });

const rightAnswers: readonly JsonValue[] = [
  { agent: { secrecy: [], integrity: [] }, difc_mode: 'filter' },
  { resource: labels([]), operation: 'read' },
  { labeled_paths: [], default_labels: labels([]) },
  { resource: labels([]), operation: 'write' },
  { resource: labels(['private:acme']), operation: 'read' },
  null,
];

const hint = '(if (i32.ge_u (local.get $cap) (i32.const 4)) (then (i32.store (local.get $out) (local.get $len))))';

/** Announces a too small buffer as the gateway wants it. */
const announce = `${hint} (return (i32.const -2))`;

const takesLast = '(global.set $top (local.get $at))';

/** The binary. Buffers come from a stack, which fits the gateway's order of `alloc` and `dealloc`. */
export function plantedGuard(mistake: Mistake = {}): Uint8Array<ArrayBuffer> {
  const texts = rightAnswers.map((answer, at) => JSON.stringify(mistake.answers?.[at] ?? answer));
  const stored = [...texts, ...(mistake.texts ?? [])];
  let at = 1024;
  const places = stored.map((text) => {
    const place = { at, length: new TextEncoder().encode(text).length, text };
    at += place.length + 8;
    return place;
  });
  const table = (field: 'at' | 'length'): string =>
    places.reduceRight(
      (rest, place, number) =>
        `(if (result i32) (i32.eq (local.get $number) (i32.const ${number})) (then (i32.const ${place[field]})) (else ${rest}))`,
      '(i32.const 0)',
    );
  const body = (name: 'label_agent' | 'label_resource' | 'label_response', number: number): string =>
    `(func (export "${name}") (param $in i32) (param $n i32) (param $out i32) (param $cap i32) (result i32)
      ${mistake.always ?? ''} ${mistake[name] ?? answer(number)})`;
  return fromText(`(module
    (import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (memory (export "memory") 2)
    (data (i32.const 0) "still")
    ${places.map((place) => `(data (i32.const ${place.at}) "${escaped(place.text)}")`).join('\n')}
    (global $top (mut i32) (i32.const 65536))
    (global $count (mut i32) (i32.const 0))
    ${mistake.rest ?? ''}
    (func $at (param $number i32) (result i32) ${table('at')})
    (func $length (param $number i32) (result i32) ${table('length')})
    (func $answer (param $number i32) (param $out i32) (param $cap i32) (result i32) (local $len i32)
      (local.set $len (call $length (local.get $number)))
      (if (i32.gt_u (local.get $len) (local.get $cap)) (then ${mistake.tooSmall ?? announce}))
      (memory.copy (local.get $out) (call $at (local.get $number)) (local.get $len))
      (local.get $len))
    (func $has (param $in i32) (param $n i32) (param $number i32) (result i32)
      (local $i i32) (local $j i32) (local $len i32) (local $text i32)
      (local.set $len (call $length (local.get $number)))
      (local.set $text (call $at (local.get $number)))
      (block $no (loop $next
        (br_if $no (i32.gt_u (i32.add (local.get $i) (local.get $len)) (local.get $n)))
        (local.set $j (i32.const 0))
        (block $differs (loop $same
          (br_if $differs (i32.ne
            (i32.load8_u (i32.add (local.get $in) (i32.add (local.get $i) (local.get $j))))
            (i32.load8_u (i32.add (local.get $text) (local.get $j)))))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $same (i32.lt_u (local.get $j) (local.get $len)))
          (return (i32.const 1))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
      (i32.const 0))
    (func (export "alloc") (param $size i32) (result i32) (local $at i32)
      (local.set $at (global.get $top))
      (global.set $top (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 15)) (i32.const -16)))
      (block $fits (loop $more
        (br_if $fits (i32.le_u (global.get $top) (i32.shl (memory.size) (i32.const 16))))
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1))
          (then (global.set $top (local.get $at)) (return (i32.const 0))))
        (br $more)))
      (local.get $at))
    (func (export "dealloc") (param $at i32) (param $size i32) ${mistake.dealloc ?? takesLast})
    ${body('label_agent', answers.agent)} ${body('label_resource', answers.read)} ${body('label_response', answers.response)})`);
}

/** A body that gives one of the answers. */
export function answer(number: number): string {
  return `(call $answer (i32.const ${number}) (local.get $out) (local.get $cap))`;
}

/** A condition: the input has the text `number` of `Mistake.texts`. */
export function inputHas(number: number): string {
  return `(call $has (local.get $in) (local.get $n) (i32.const ${rightAnswers.length + number}))`;
}

function escaped(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
