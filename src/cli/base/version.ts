/** The version of the package that this command line is part of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From the manifest, which lies above the bundle both in the repository and in the installed extension. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
