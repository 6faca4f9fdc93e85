/** Where the tests find the repository's own files. */
import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder of the repository. */
export function repoPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}

/** Where `globalSetup` puts the bundles that the tests run; `dist` is for what is packaged. */
export const bundleFolder = repoPath('test/.bundles/dist');

/** Absolute path of a bundle of the tests, such as `cli.js`. */
export function bundlePath(name: string): string {
  return `${bundleFolder}/${name}`;
}

/** The bundled worker that guards run in. */
export const workerFile = bundlePath('worker.js');
