/** The guard project of AssemblyScript, and its files with planted mistakes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardLanguages } from '../../../src/core/newGuard/guardProject.ts';
import { createGuardProject } from '../../../src/engine/newGuard/createProject.ts';
import type { Replacement } from '../../planted/templateMistakes.ts';
import { repoPath } from '../paths.ts';

/** Writes the project into an empty folder. It has no packages, which only its own build needs. */
export async function writeNotesProject(folder: string): Promise<void> {
  const language = guardLanguages.find(({ id }) => id === 'assemblyscript');
  if (language === undefined) throw new Error('There are no guards in AssemblyScript');
  await createGuardProject({ templates: repoPath('media/templates'), folder, language });
}

/** The changed files of a project, by their paths in its folder. Throws when a text does not stand in its file once. */
export function planted(changes: readonly Replacement[], folder: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { file, from, to } of changes) {
    const parts = (files[file] ?? readFileSync(join(folder, file), 'utf8')).split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${JSON.stringify(from)} ${parts.length - 1} times`);
    files[file] = parts.join(to);
  }
  return files;
}
