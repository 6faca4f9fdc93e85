/** Where the tests find the repository's own files. */
import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder of the repository. */
export function repoPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}

/** The bundled worker that guards run in; `globalSetup` builds it. */
export const workerFile = repoPath('dist/worker.js');
