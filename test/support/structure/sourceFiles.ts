/** Lists the source files of the repository and their imports, for tests of its structure. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repoPath } from '../paths.ts';

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Relative imports as repository paths, others as written. */
  readonly imports: readonly string[];
  /** The same without imports and exports of types alone. */
  readonly runtimeImports: readonly string[];
}

/** Every TypeScript file below the given folders, declaration files left out. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) => walk(repoPath(folder))).map(read);
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

function read(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const root = repoPath('.');
  const matches = [...text.matchAll(importPattern)];
  const targetOf = (match: RegExpExecArray): string => {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    return target.startsWith('.') ? relative(root, join(dirname(file), target)).replaceAll('\\', '/') : target;
  };
  return {
    path: relative(root, file).replaceAll('\\', '/'),
    text,
    imports: matches.map(targetOf),
    runtimeImports: matches.filter(([whole]) => !/^\s*(?:import|export)\s+type\s/.test(whole)).map(targetOf),
  };
}

/** Static imports and exports (also of types), dynamic imports, and import types; the formatter keeps them in these forms. */
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|require\(\s*['"]([^'"]+)['"]\s*\)/g;
