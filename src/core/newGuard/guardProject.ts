/** What a new guard project is: its language, its name, and the files that its templates become. */
import { Failure } from '../base/failure.ts';

/** A language that new guards are written in. */
export interface GuardLanguage {
  /** The folder below `media/templates`, and the value of `--language`. */
  readonly id: 'rust' | 'assemblyscript' | 'c';
  readonly title: string;
  /** What a build needs, for a quick pick and for the next step. */
  readonly needs: string;
  /** The commands before the first build: they fetch what it needs. */
  readonly prepare: readonly string[];
  /** The commands of a build, in the folder of the project. */
  readonly build: readonly string[];
  /** The module that a build writes, relative to the folder of the project. */
  readonly guard: string;
  /** The commands of a build with debug information, and the module that it writes. */
  readonly buildDebug: readonly string[];
  readonly debugGuard: string;
}

/** All languages, the first one is offered first. */
export const guardLanguages: readonly GuardLanguage[] = [
  {
    id: 'rust',
    title: 'Rust',
    needs: 'cargo, and "rustup target add wasm32-wasip1"',
    prepare: [],
    build: ['cargo build --release'],
    guard: 'target/wasm32-wasip1/release/guard.wasm',
    buildDebug: ['cargo build'],
    debugGuard: 'target/wasm32-wasip1/debug/guard.wasm',
  },
  {
    id: 'assemblyscript',
    title: 'AssemblyScript',
    needs: 'Node.js',
    prepare: ['npm install'],
    build: ['npm run build'],
    guard: 'guard.wasm',
    buildDebug: ['npm run build:debug'],
    debugGuard: 'guard.debug.wasm',
  },
  {
    id: 'c',
    title: 'C',
    needs: 'clang with lld, and make',
    prepare: [],
    build: ['make'],
    guard: 'guard.wasm',
    buildDebug: ['make debug'],
    debugGuard: 'guard.debug.wasm',
  },
];

/** The trace, the policy and the guard test of every new project, relative to its folder. */
export const projectFiles = {
  trace: 'trace.guardtrace.jsonl',
  policy: 'policy.json',
  test: 'guard.guardtest.json',
} as const;

/** A name that Cargo and npm accept for a package. */
const nameForm = /^[a-z][a-z0-9-]{0,63}$/;

/** Throws `new/bad-name` for a name that is not usable in every language. */
export function requireProjectName(name: string): string {
  if (nameForm.test(name)) return name;
  throw new Failure(
    'new/bad-name',
    `"${name}" is not a name for a guard: it has to begin with a letter, and to have at most 64 lower-case letters, digits and hyphens`,
    'Choose another name, for example "notes-guard"',
  );
}

/** The name of a project in a folder of this name: what of it can stand in a name, and `guard` when that is nothing. */
export function nameOfFolder(folder: string): string {
  const words = folder.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 64)
    .replace(/-$/, '');
  return name === '' ? 'guard' : name;
}

/**
 * The path of a template in the project. A template says `dot-` for the dot of a hidden file, which packages leave out, and ends with `.template` when
 * its own name would make it more than a template.
 */
export function projectPath(template: string): string {
  return template.replaceAll(/(^|\/)dot-/g, '$1.').replace(/\.template$/, '');
}

/** The text of a template with the name of the project and the path of its guard. */
export function projectText(
  template: string,
  { name, guard }: { readonly name: string; readonly guard: string },
): string {
  return template.replaceAll('{{name}}', name).replaceAll('{{guard}}', guard);
}
