/** Paths between backticks in comments, and whether such a path exists. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path/posix';
import { commentsOf } from './comments.ts';
import { repoPath } from '../paths.ts';
import { raisedCodes } from './raisedCodes.ts';

export interface CommentPath {
  readonly file: string;
  readonly line: number;
  readonly path: string;
}

const codes = raisedCodes();

/** Whether a string looks like a path of this repository but is a build output or the code of a failure. */
function isOther(path: string): boolean {
  return path.startsWith('dist/') || codes.has(path);
}

/** A file with a known extension, or any path below a folder of the repository. */
const ourFile = /^[\w./@*{},-]+\.(?:tsx?|mjs|css)$/;
const ourFolder = /^(?:src|test|webview|core|engine|host|cli)\/[\w./{},*-]+$/;

export function commentPathsOf(file: string, text: string): readonly CommentPath[] {
  return commentsOf(text).flatMap(({ lines, line }) =>
    lines.flatMap((each, index) =>
      [...each.matchAll(/`([^`\s]+)`/g)]
        .map((match) => match[1] ?? '')
        .filter((path) => (ourFile.test(path) || ourFolder.test(path)) && !isOther(path))
        .map((path) => ({ file, line: line + index, path })),
    ),
  );
}

/** Relative to the repository, to `src`, or to the file's folder; a bare name may be any file of the repository. */
export function pathExists({ file, path }: CommentPath, allFiles: readonly string[]): boolean {
  const name = path.replace(/\/$/, '');
  if (!name.includes('/')) return allFiles.some((each) => basename(each) === name);
  const places = [name, join('src', name), join(dirname(file), name)];
  if (/[*{]/.test(name)) return places.some((place) => allFiles.some((each) => asPattern(place).test(each)));
  return places.some((place) => ['', '.ts', '.tsx'].some((end) => existsSync(repoPath(place + end))));
}

/** `a/*.ts` and `{a,b}.ts` as a regular expression over whole paths. */
function asPattern(glob: string): RegExp {
  const source = glob
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
    .replaceAll(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.replaceAll(',', '|')})`);
  return new RegExp(`^${source}`);
}
