/** Explains the gateway's refusal of a module to its author: what is missing, and the next step. */
import type { ModuleDescription } from './describe.ts';
import type { Producer } from './producers.ts';
import { requiredExports, isLabelSignature } from './guardShape.ts';
import { hostFunctions } from '../validate/imports.ts';
import { memoryCapPages } from '../decode/memoryCap.ts';
import { type Signature, signatureForPeople } from '../decode/valueTypes.ts';

/** The hint; empty when there is nothing to add. `refusal` is wazero's text, or null for a valid module that is not a guard. */
export function loadHint(description: ModuleDescription, refusal: string | null): string {
  if (refusal === null) return shapeHint(description);
  if (/^section memory: .* over limit of /.test(refusal))
    return `Declare at most ${memoryCapPages} pages (32 MiB) of memory`;
  if (/^section (?:memory|table): .*invalid byte for limits: 0x0?[4-7] /.test(refusal))
    return 'The module has a memory or a table with 64-bit addresses (memory64): compile it for wasm32';
  return importHint(refusal);
}

/** Names the required exports that are missing or have another signature. */
function shapeHint({ exports, producers }: ModuleDescription): string {
  const found = new Map(exports.map(({ name, signature }) => [name, signature]));
  const missing = requiredExports.filter((name) => (found.get(name) ?? null) === null);
  if (missing.length > 0) {
    const otherKinds = missing.filter((name) => found.has(name));
    const note = otherKinds.length === 0 ? '' : `; not a function: ${listed(otherKinds)}`;
    const advice = found.has('_start') || found.has('_initialize') ? exportAdvice(producers) : '';
    return `Missing function exports: ${listed(missing)}${note}${advice === '' ? '' : `. ${advice}`}`;
  }
  const wrong = requiredExports
    .map((name) => [name, found.get(name) ?? null] as const)
    .filter((each): each is readonly [(typeof each)[0], Signature] => each[1] !== null && !isLabelSignature(each[1]))
    .map(([name, signature]) => `${name} is ${signatureForPeople(signature)}`);
  return wrong.length === 0 ? '' : `In this module, ${listed(wrong)}. ${signatureInWords}`;
}

const signatureInWords =
  'A guard function takes (input pointer, input length, output pointer, output capacity), each an i32, and returns an i32: the bytes written, or -1 (refused), or -2 (output capacity too small)';

/** How to export functions in the language that the module says it was compiled from; empty for an unknown one. */
function exportAdvice(producers: readonly Producer[]): string {
  const text = producers.map(({ field, name }) => `${field} ${name}`.toLowerCase()).join('\n');
  return languages.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

/** What the `producers` section names, and the advice. A Rust module may also name C, and a TinyGo module Go and clang. */
const languages: readonly (readonly [RegExp, string])[] = [
  [
    /rust/,
    'Rust: set crate-type = ["cdylib"] in Cargo.toml, and declare the functions with #[no_mangle] pub extern "C"; a program with main exports only _start',
  ],
  [/tinygo/, 'TinyGo: put //export label_agent (and so on) above the functions'],
  [
    /\bgo\b/,
    'Go: modules of the standard compiler need _start or _initialize, which the gateway does not call; compile with TinyGo and put //export label_agent (and so on) above the functions',
  ],
  [/zig/, 'Zig: declare the functions with "export fn" and build with -fno-entry -rdynamic'],
  [
    /\bc(?:\d+|_plus_plus.*|\+\+.*)?$|clang/m,
    'C and C++: link with -nostartfiles -Wl,--no-entry -Wl,--export=label_agent (and so on), with extern "C" in C++',
  ],
];

/** Explains an import that the gateway does not offer. */
function importHint(refusal: string): string {
  if (refusal === '"abort" is not exported in module "env"') {
    return 'AssemblyScript imports env.abort: compile with "--use abort=", or name an abort function of your own there';
  }
  if (!/^(?:module\[.*\] not instantiated|".*" is not exported in module ".*")$/s.test(refusal)) return '';
  const own = [...(hostFunctions.get('env')?.keys() ?? [])].map((name) => `env.${name}`);
  return `A guard may import ${listed([...own, 'the functions of wasi_snapshot_preview1'])}`;
}

/** `a, b and c`. */
function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
