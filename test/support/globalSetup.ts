/** Builds the bundles once before the tests that start workers and processes, into a folder of their own. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleFolder, repoPath } from './paths.ts';

/** vitest asks for a default export. */
export default function setup(): void {
  const bundles = ['worker', 'tapRecorder', 'cli', 'interactiveClient'];
  mkdirSync(bundleFolder, { recursive: true });
  // The command line reads its version from the package that it is in.
  copyFileSync(repoPath('package.json'), join(dirname(bundleFolder), 'package.json'));
  const args = ['esbuild.mjs', '--development', `--only=${bundles.join(',')}`, `--outdir=${bundleFolder}`];
  execFileSync(process.execPath, args, { cwd: repoPath('.'), stdio: 'pipe' });
}
