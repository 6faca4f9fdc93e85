/** Tells the frames of a language's library and runtime from the guard's own, and folds runs of them. */
import type { StackFrame } from '../difc/record/stackFrame.ts';

/** A part of a stack for people: a frame, or library frames that are folded into one line. */
export type StackPart =
  | { readonly kind: 'frame'; readonly frame: StackFrame }
  | { readonly kind: 'folded'; readonly frames: readonly StackFrame[]; readonly text: string };

/** How many libraries a folded line names. */
const namedLibraries = 3;

/** The stack with each run of two or more library frames folded, such as `4 frames of core::panicking`. */
export function foldFrames(frames: readonly StackFrame[]): readonly StackPart[] {
  const parts: StackPart[] = [];
  let run: StackFrame[] = [];
  const endRun = (): void => {
    if (run.length > 1) parts.push({ kind: 'folded', frames: run, text: foldedText(run) });
    else for (const frame of run) parts.push({ kind: 'frame', frame });
    run = [];
  };
  for (const frame of frames) {
    if (libraryOf(frame) === null) {
      endRun();
      parts.push({ kind: 'frame', frame });
    } else run.push(frame);
  }
  endRun();
  return parts;
}

/** The innermost frame of the guard's own code; null when all frames are a library's. */
export function innermostOwnFrame(frames: readonly StackFrame[]): StackFrame | null {
  return frames.find((frame) => libraryOf(frame) === null) ?? null;
}

function foldedText(frames: readonly StackFrame[]): string {
  // The library that the guard's own code called comes first.
  const names = [...new Set(frames.toReversed().map((frame) => libraryOf(frame) ?? ''))];
  const shown = names.slice(0, namedLibraries);
  const rest = names.length - shown.length;
  const last = rest > 0 ? `${rest} more` : shown.length > 1 ? shown.pop() : undefined;
  return `${frames.length} frames of ${shown.join(', ')}${last === undefined ? '' : ` and ${last}`}`;
}

/**
 * The library that a frame belongs to, such as `core::panicking`, `runtime` or `~lib/rt`; null for the guard's own code and for the
 * packages that it uses.
 */
export function libraryOf({ function: name, at }: StackFrame): string | null {
  if (at !== null && ownFile(at.file)) return null;
  return (
    rustLibrary(name) ?? goLibrary(name) ?? assemblyScriptLibrary(name) ?? cLibrary(name) ?? fileLibrary(at?.file ?? '')
  );
}

/** Whether a path is not one of a toolchain: those are absolute, or `~lib` of AssemblyScript. */
function ownFile(file: string): boolean {
  return file !== '' && fileLibrary(file) === null && !file.startsWith('~lib/');
}

const libraryPaths: readonly (readonly [pattern: RegExp, library: string])[] = [
  [
    /(?:^|\/)(?:rustc\/[\da-f]{40}\/|rustlib\/src\/rust\/)?library\/(core|std|alloc|panic_abort|panic_unwind|compiler-builtins|stdarch|portable-simd)\//,
    '',
  ],
  [/^\/rust\/deps\/([\w-]+?)-\d/, ''],
  [/(?:^|\/)wasi-libc\/|(?:^|\/)(?:dlmalloc|libc-(?:top|bottom)-half)\//, 'libc'],
  [/(?:^|\/)go(?:root|-?\d[\w.-]*)?\/src\/(runtime|internal|syscall|sync|reflect)\//i, ''],
  [/(?:^|\/)(?:libcxx|libcxxabi|compiler-rt|libunwind)\//, 'the C++ library'],
  [/(?:^|\/)zig\/(?:\d[\w.-]*\/)?lib\/(std|compiler_rt)\b|(?:^|\/)lib\/(?:zig\/)?(std)\/\w+\.zig$/, ''],
];

function fileLibrary(file: string): string | null {
  for (const [pattern, library] of libraryPaths) {
    const found = pattern.exec(file);
    if (found !== null) return library === '' ? (found[1] ?? found[2] ?? 'the standard library') : library;
  }
  return null;
}

/** Crates of Rust's standard library, and those that it is built from. */
const rustCrates = /^(?:core|std|alloc|__rustc|panic_abort|panic_unwind|compiler_builtins|dlmalloc|rustc_demangle)::/;

/** `core::panicking::panic` → `core::panicking`; of `<A as B>::c` both types have to be a library's. */
function rustLibrary(name: string): string | null {
  if (/^(?:rust_begin_unwind|rust_panic|__rust_\w+|__rdl_\w+|rust_eh_personality|rust_oom)$/.test(name))
    return 'the Rust runtime';
  const impl = /^<(.+?) as (.+)>::[^>]*$/s.exec(name);
  if (impl !== null) {
    const [, type = '', trait = ''] = impl;
    return isRustLibraryType(type) && rustCrates.test(trait) ? moduleOf(trait) : null;
  }
  const path = name.replace(/^<(?:dyn |&|\*(?:const|mut) |mut )*/, '');
  return rustCrates.test(path) ? moduleOf(path) : null;
}

/** Whether a type is a library's or built in. A type argument of the guard's does not make a library's type its own. */
function isRustLibraryType(type: string): boolean {
  const plain = type.replace(/^(?:dyn |&|\*(?:const|mut) |mut |\[)*/, '');
  return rustCrates.test(plain) || !/::/.test(plain.replace(/<.*$/s, ''));
}

function moduleOf(path: string): string {
  const segments = path
    .replace(/[<({].*$/s, '')
    .split('::')
    .filter((segment) => segment !== '');
  return segments.slice(0, Math.min(2, Math.max(segments.length - 1, 1))).join('::');
}

function goLibrary(name: string): string | null {
  if (/^_?rt0_wasm\w*$|^wasm_(?:pc_f_loop|export)\w*$|^gcWriteBarrier\w*$|^memeqbody$|^cmpbody$|^callRet$/.test(name))
    return 'runtime';
  return /^\(?\*?(runtime|internal\/[\w/]+|internal_\w+|syscall|sync|reflect)\.[\w(*$]/.exec(name)?.[1] ?? null;
}

function assemblyScriptLibrary(name: string): string | null {
  return /^(~lib\/[\w-]+(?:\/[\w-]+)?)/.exec(name)?.[1] ?? null;
}

const cFunctions =
  /^(?:abort|_?exit|_Exit|__assert_fail|__wasi_\w+|__wasilibc_\w+|__wasm_\w+|_start|_initialize|__libc_\w+|malloc|free|calloc|realloc|aligned_alloc|posix_memalign|dl\w*(?:malloc|free|calloc|realloc|memalign)|sbrk|mem(?:cpy|move|set|cmp|chr)|str(?:len|cpy|cmp|chr|ncpy|ncmp|dup)|v?[fs]?n?printf|fputs|fwrite|puts|undefined_weak:.*|.*\.command_export|dummy)$/;

function cLibrary(name: string): string | null {
  if (/^(?:operator (?:new|delete)|std::|__cxxabiv1::|__cxa_|__gnu_cxx::|_Unwind_)/.test(name))
    return 'the C++ library';
  return cFunctions.test(name) ? 'libc' : null;
}
