/** Builds the guard projects that `guardscope new` writes, with the toolchains that are installed. */
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type GuardLanguage, guardLanguages } from '../../../src/core/newGuard/guardProject.ts';
import { createGuardProject } from '../../../src/engine/newGuard/createProject.ts';
import { repoPath } from '../paths.ts';

/** Commands that a build needs and what they must print, and how to get what is missing. */
interface Toolchain {
  readonly needs: readonly { readonly command: readonly string[]; readonly prints: RegExp }[];
  readonly install: string;
}

const toolchains: Readonly<Record<GuardLanguage['id'], Toolchain>> = {
  rust: {
    needs: [
      { command: ['cargo', '--version'], prints: /cargo/ },
      { command: ['rustup', 'target', 'list', '--installed'], prints: /wasm32-wasip1/ },
    ],
    install: 'install rustup, and run "rustup target add wasm32-wasip1"',
  },
  // The package is one of this repository.
  assemblyscript: { needs: [{ command: ['npm', '--version'], prints: /^\d/ }], install: 'install npm' },
  c: {
    needs: [
      { command: ['make', '--version'], prints: /Make/ },
      { command: ['clang', '--print-targets'], prints: /wasm32/ },
      { command: ['wasm-ld', '--version'], prints: /LLD/ },
    ],
    install: 'install clang, lld and make',
  },
};

/** The file with the rules of each language, and a line for it that does not compile. */
export const rulesOf = {
  rust: { file: 'src/labels.rs', line: 'const BROKEN: u32 = missing;' },
  assemblyscript: { file: 'assembly/labels.ts', line: 'const BROKEN: i32 = missing;' },
  c: { file: 'src/guard.c', line: 'int broken = missing;' },
} as const satisfies Readonly<Record<GuardLanguage['id'], { readonly file: string; readonly line: string }>>;

/** A language, and why its project cannot be built on this machine; null when it can. */
export interface TemplateLanguage {
  readonly language: GuardLanguage;
  readonly missing: string | null;
}

export const templateLanguages: readonly TemplateLanguage[] = guardLanguages.map((language) => ({
  language,
  missing: missingOf(toolchains[language.id]),
}));

function missingOf({ needs, install }: Toolchain): string | null {
  const missing = needs.filter(({ command: [name = '', ...args], prints }) => {
    const { status, stdout } = spawnSync(name, args, { encoding: 'utf8' });
    return status !== 0 || !prints.test(stdout);
  });
  if (missing.length === 0) return null;
  return `${missing.map(({ command }) => `"${command.join(' ')}"`).join(' and ')} did not print what the build needs: ${install}`;
}

/** Writes the project of a language into a new folder. Returns the path of the folder. */
export async function writeTemplateProject(language: GuardLanguage, folder: string): Promise<string> {
  await createGuardProject({ templates: repoPath('media/templates'), folder, language });
  // In place of `npm install`.
  if (language.id === 'assemblyscript') symlinkSync(repoPath('node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** Runs commands of a shell in a project. Throws with their output when one fails. */
export function runInProject(folder: string, commands: readonly string[]): void {
  for (const command of commands) {
    const { status, stdout, stderr } = spawnSync(command, { cwd: folder, encoding: 'utf8', shell: true });
    if (status !== 0) throw new Error(`${command} in ${folder} failed:\n${stdout}${stderr}`);
  }
}
