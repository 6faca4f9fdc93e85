/** Builds the bundles once before the tests, because guards run in a worker and a worker needs a file of its own. */
import { execFileSync } from 'node:child_process';

export default function setup(): void {
  execFileSync(process.execPath, ['esbuild.mjs', '--development'], { stdio: 'inherit' });
}
