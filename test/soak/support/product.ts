/** Builds the bundles for a soak test into a separate folder, so that a concurrent build into `dist` does not change them. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { onExit } from '../../support/processes/process.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};

/** A temporary folder that is removed when this process ends. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `soak-${name}-`));
  onExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Builds the command line as it is packaged; returns the path of `cli.js`, which has its workers beside it. */
export async function buildCli(): Promise<string> {
  const folder = scratchFolder('product');
  const outdir = join(folder, 'dist');
  mkdirSync(outdir);
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  // The manifest says `"type": "module"`, and the bundles are CommonJS.
  writeFileSync(join(outdir, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  const entries = {
    cli: 'src/cli/main.ts',
    worker: 'src/engine/sessionWorker/worker/sessionMain.ts',
    tapRecorder: 'src/engine/recording/recorder/tapRecorderMain.ts',
  };
  const entryPoints = Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)]));
  await build({ ...shared, entryPoints, outdir, format: 'cjs', minify: true, keepNames: true });
  return join(outdir, 'cli.js');
}

/** The exports of a TypeScript file of the repository; `T` is `typeof import` of it. */
export async function load<T>(file: string): Promise<T> {
  const outfile = join(scratchFolder('module'), 'module.mjs');
  // Test files find their data relative to their own path, which a bundle would change.
  const place = JSON.stringify(pathToFileURL(join(root, file)).href);
  const define = { 'import.meta.url': place };
  await build({ ...shared, entryPoints: [join(root, file)], outfile, format: 'esm', define });
  return (await import(pathToFileURL(outfile).href)) as T;
}
