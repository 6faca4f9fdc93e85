/** Builds the bundles into a separate folder once before the tests that start workers and processes. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleFolder, repoPath, testHomes } from './paths.ts';

/** vitest requires a default export. */
export default function setup(): void {
  const bundles = ['worker', 'tapRecorder', 'cli', 'commandLine', 'redaction', 'interactiveClient'];
  mkdirSync(bundleFolder, { recursive: true });
  rmSync(testHomes, { recursive: true, force: true });
  // The command line reads its version and the templates of new guards from its package.
  copyFileSync(repoPath('package.json'), join(dirname(bundleFolder), 'package.json'));
  cpSync(repoPath('media/templates'), join(dirname(bundleFolder), 'media', 'templates'), { recursive: true });
  // The help prints documents of its package.
  cpSync(repoPath('media/docs'), join(dirname(bundleFolder), 'media/docs'), { recursive: true });
  copyFileSync(repoPath('media/records.schema.json'), join(dirname(bundleFolder), 'media/records.schema.json'));
  const args = ['esbuild.mjs', '--development', `--only=${bundles.join(',')}`, `--outdir=${bundleFolder}`];
  execFileSync(process.execPath, args, { cwd: repoPath('.'), stdio: 'pipe' });
}
