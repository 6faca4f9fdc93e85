/** Small guards with debug information: their sources, the commands that build them, and the stack traces that wazero prints of them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { repoPath } from '../paths.ts';

/** A guard of `test/debugGuards`. */
export interface DebugGuard {
  readonly name: string;
  readonly sources: readonly string[];
  /** Commands that run in the folder of the sources, and write `out`. `scratch` is an empty folder. */
  readonly build: (out: string, scratch: string) => readonly (readonly string[])[];
  /** The compiler, whose version decides about the bytes. */
  readonly compiler: string;
  /** The target of rustc that the build needs, which is installed apart from it. */
  readonly target?: string;
}

const folder = 'test/debugGuards';
const wasmOpt = repoPath('node_modules/.bin/wasm-opt');
const cpp = { sources: ['guard.cpp', 'labels.h'], compiler: 'clang++' };

/** Compiles and links in two steps: in one, clang runs the wasm-opt of the path, which leaves the debug information behind. */
function clang(out: string, scratch: string, ...flags: readonly string[]): readonly (readonly string[])[] {
  const object = `${scratch}/guard.o`;
  const always = ['--target=wasm32', '-O1', '-fno-exceptions', '-fdebug-compilation-dir=/guard'];
  return [
    ['clang++', ...always, ...flags, '-c', '-o', object, 'guard.cpp'],
    ['wasm-ld', '--no-entry', '--export-table', '-o', out, object],
  ];
}

const split = ['-gsplit-dwarf', '-Xclang', '-split-dwarf-file', '-Xclang', 'split.dwo'];

/** All guards. They have no paths of the machine that built them. */
export const debugGuards: readonly DebugGuard[] = [
  { name: 'cpp', ...cpp, build: (out, scratch) => clang(out, scratch, '-gdwarf-4') },
  { name: 'cpp5', ...cpp, build: (out, scratch) => clang(out, scratch, '-gdwarf-5') },
  { name: 'split', ...cpp, build: (out, scratch) => clang(out, scratch, '-gdwarf-5', ...split) },
  // wasm-opt without -g changes the functions, and leaves the debug information as it is.
  {
    name: 'stale',
    sources: ['cpp.wasm'],
    compiler: wasmOpt,
    build: (out) => [[wasmOpt, '-O1', '-o', out, 'cpp.wasm']],
  },
  {
    name: 'rust',
    sources: ['guard.rs'],
    compiler: 'rustc',
    target: 'wasm32-unknown-unknown',
    build: (out) => [
      ['rustc', '--target', 'wasm32-unknown-unknown', '--crate-type', 'cdylib', '--crate-name', 'guard', '--edition']
        .concat(['2021', '-Copt-level=2', '-Cpanic=abort', '-Cdebuginfo=2', '-Csymbol-mangling-version=v0'])
        .concat(['-Ccodegen-units=1', `--remap-path-prefix=${repoPath(folder)}=/guard`, '-o', out, 'guard.rs']),
    ],
  },
];

/** The full path of a file beside the guards. */
export function debugGuardPath(name: string): string {
  return repoPath(`${folder}/${name}`);
}

/** The module of a guard. */
export function debugGuardBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(debugGuardPath(`${name}.wasm`)));
}

/** The hash by which a build is recognised: of the module, or of its sources. */
export function hashOf(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
