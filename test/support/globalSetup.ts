/** Builds the bundles into a separate folder once before the tests that start workers and processes. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleFolder, repoPath } from './paths.ts';

/** vitest requires a default export. */
export default function setup(): void {
  const bundles = ['worker', 'tapRecorder', 'cli', 'commandLine', 'redaction', 'interactiveClient'];
  mkdirSync(bundleFolder, { recursive: true });
  // The command line reads its version from its package.
  copyFileSync(repoPath('package.json'), join(dirname(bundleFolder), 'package.json'));
  const args = ['esbuild.mjs', '--development', `--only=${bundles.join(',')}`, `--outdir=${bundleFolder}`];
  execFileSync(process.execPath, args, { cwd: repoPath('.'), stdio: 'pipe' });
}
