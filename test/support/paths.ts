/** Paths of the repository's files for tests. */
import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder of the repository. */
export function repoPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}

/** The folder with the test bundles of `globalSetup`; `dist` contains the packaged ones. */
export const bundleFolder = repoPath('test/.bundles/dist');

/** Private folders of the user in tests; `globalSetup` removes those of the run before. */
export const testHomes = repoPath('test/.bundles/homes');

/** Absolute path of a bundle of the tests, such as `cli.js`. */
export function bundlePath(name: string): string {
  return `${bundleFolder}/${name}`;
}

/** The bundled worker that runs guards. */
export const workerFile = bundlePath('worker.js');
