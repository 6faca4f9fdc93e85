/** Finds the files of guard tests. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { guardTestSuffix } from '../../core/guardTest/guardTest.ts';

/** Folders of programs and of builds, which may hold copies. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', 'target']);

/**
 * The tests that are named, and those in folders and below, sorted. Throws `guardtest/unreadable` for a path that is not there, and
 * `guardtest/none-found` when there is no test at all.
 */
export async function findGuardTests(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      (thrown: unknown) => {
        throw unreadableTest(path, thrown);
      },
    );
    if (isFolder) found.push(...(await testsBelow(path)));
    else found.push(path);
  }
  if (found.length > 0) return [...new Set(found)].sort();
  throw new Failure(
    'guardtest/none-found',
    `There is no guard test (*${guardTestSuffix}) in ${paths.map((path) => `"${path}"`).join(', ')}`,
    'Make one: guardscope test --create FILE TRACE --guard GUARD --policy POLICY',
  );
}

export function unreadableTest(path: string, thrown: unknown): Failure {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure(
    'guardtest/unreadable',
    `Cannot read the guard test "${path}": ${reason}`,
    'Check the path; "guardscope help test" says what it may be',
  );
}

/** Links to folders are not followed, so that each test is found once. A folder that cannot be read has no tests. */
async function testsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) found.push(...(await testsBelow(path)));
    } else if (entry.name.endsWith(guardTestSuffix)) found.push(path);
  }
  return found;
}
