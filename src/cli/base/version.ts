/** The version of this package. */
import { join } from 'node:path';
import { readRegularSync } from '../../engine/files/regularFile.ts';

const maxManifestBytes = 1024 * 1024;

/** Read from the manifest, which is in the folder above the bundle in the repository and in the installed extension. */
export function version(): string {
  const manifest = JSON.parse(readRegularSync(join(__dirname, '..', 'package.json'), maxManifestBytes).toString()) as {
    readonly version: string;
  };
  return manifest.version;
}
