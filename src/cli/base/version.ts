/** The version of this package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read from the manifest, which is in the folder above the bundle in the repository and in the installed extension. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
