/** Writes a new guard project into an empty folder, or nothing at all. */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { listText } from '../../core/base/listText.ts';
import {
  type GuardLanguage,
  nameOfFolder,
  projectPath,
  projectText,
  requireProjectName,
} from '../../core/newGuard/guardProject.ts';
import { readRegular } from '../files/regularFile.ts';

const maxTemplateBytes = 1024 * 1024;

/** A new project: where its files stand, and what they are made of. */
export interface NewProject {
  /** `media/templates` of the package. */
  readonly templates: string;
  readonly folder: string;
  readonly language: GuardLanguage;
  /** If undefined, the name of the folder as far as it can be one. */
  readonly name?: string | undefined;
}

/** A file of a project, with slashes in its path, relative to the folder. */
interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** What was written. */
export interface CreatedProject {
  readonly folder: string;
  readonly name: string;
  /** Paths relative to the folder, sorted. */
  readonly files: readonly string[];
}

/**
 * Creates the folder, which may exist when it is empty (a `.git` in it does not count), and writes the files of the project. Throws `new/bad-name`,
 * `new/folder-not-empty`, `new/not-a-folder` and `new/unwritable`; then nothing was written, or it was removed again.
 */
export async function createGuardProject({ templates, folder, language, name }: NewProject): Promise<CreatedProject> {
  const home = resolve(folder);
  const named = name === undefined ? nameOfFolder(basename(home)) : requireProjectName(name);
  await requireEmpty(home);
  const words = { name: named, guard: language.guard };
  const parts = await Promise.all(['common', language.id].map((part) => readTemplates(join(templates, part), words)));
  // A file of the language replaces the common one of the same name.
  const files = [...new Map(parts.flat().map((file) => [file.path, file])).values()];
  await writeAll(home, files);
  return { folder: home, name: named, files: files.map(({ path }) => path).sort() };
}

async function requireEmpty(home: string): Promise<void> {
  const entries = await entriesOf(home);
  const others = entries.filter((entry) => entry !== '.git');
  if (others.length === 0) return;
  throw new Failure(
    'new/folder-not-empty',
    `"${home}" is not empty: it has ${listText(others.toSorted(), 3)}`,
    'Name a folder that is empty or that does not exist yet; nothing was written',
  );
}

async function entriesOf(home: string): Promise<readonly string[]> {
  try {
    if ((await stat(home)).isDirectory()) return await readdir(home);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unwritable(home, thrown);
  }
  throw new Failure('new/not-a-folder', `"${home}" is a file`, 'Name a folder; nothing was written');
}

async function readTemplates(
  root: string,
  words: { readonly name: string; readonly guard: string },
): Promise<readonly ProjectFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => ({
      path: projectPath(relative(root, path).split(sep).join('/')),
      text: projectText((await readRegular(path, maxTemplateBytes)).toString(), words),
    })),
  );
}

async function writeAll(home: string, files: readonly ProjectFile[]): Promise<void> {
  const made: string[] = [];
  try {
    await makeFolder(home, made);
    for (const { path, text } of files) {
      const target = join(home, path);
      await makeFolder(dirname(target), made);
      await writeFile(target, text, { flag: 'wx' });
      made.push(target);
    }
  } catch (thrown) {
    for (const path of made.toReversed()) await rm(path, { recursive: true, force: true });
    throw unwritable(home, thrown);
  }
}

/** Creates a folder with those above it, and adds the topmost new one. */
async function makeFolder(folder: string, made: string[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) made.push(first);
}

function unwritable(home: string, thrown: unknown): Failure {
  return new Failure(
    'new/unwritable',
    `The project cannot be written to "${home}": ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    'Check the path, its permissions and the free space; nothing was written',
  );
}
