/** Finds the test files that may start a process or a thread, by their direct and indirect imports. */
import { sourceFiles } from './sourceFiles.ts';

/** Modules that start processes or threads; the SDK's stdio transport spawns its server. */
const starters = /^(node:(child_process|worker_threads|cluster)|@modelcontextprotocol\/sdk\/client\/stdio\.js)$/;

/** Repository paths of the test files from which an import of a starter can be reached. Imports of types do not count. There are no
 * cycles, because lint refuses them. */
export function startingFiles(): string[] {
  const files = new Map(sourceFiles('src', 'webview', 'test').map((file) => [file.path, file]));
  const known = new Map<string, boolean>();
  const starts = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const targets = files.get(path)?.runtimeImports ?? [];
    const found = targets.some((target) => starters.test(target) || starts(target));
    known.set(path, found);
    return found;
  };
  return [...files.keys()].filter((path) => path.endsWith('.test.ts') && starts(path)).sort();
}
