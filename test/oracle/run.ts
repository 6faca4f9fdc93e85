/**
 * `npm run test:oracle [-- OPTIONS]`: builds the oracle and this comparison, and runs them.
 * `--seed N` and `--cases N` choose the generated cases, `--kind NAME` one family, `--only N` one case; `--long` runs 20,000,
 * `--direct` runs guards by function calls, as in the thread of a session;
 * `--slice` a fixed small set in under 90 seconds, and passes without Go.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const out = join(here, '.build');
const binary = join(out, process.platform === 'win32' ? 'gateway.exe' : 'gateway');
const args = process.argv.slice(2);

const go = (...words: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync('go', words, { cwd: join(here, 'gateway'), encoding: 'utf8' });
if (go('version').status !== 0) skip('it needs Go 1.25 or later in the PATH');
const fetched = go('mod', 'download');
if (fetched.status !== 0) skip(`Go did not take its module or could not fetch wazero (${firstLine(fetched.stderr)})`);
mkdirSync(out, { recursive: true });
const built = go('build', '-o', binary, '.');
if (built.status !== 0) {
  console.error(built.stderr);
  process.exit(2);
}

const bundle: BuildOptions = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
await build({
  ...bundle,
  entryPoints: [join(root, 'src/engine/sessionWorker/worker/sessionMain.ts')],
  format: 'cjs',
  outfile: join(out, 'worker.cjs'),
});
await build({
  ...bundle,
  entryPoints: [join(here, 'main.ts')],
  format: 'esm',
  outfile: join(out, 'main.mjs'),
  // Test files find their data relative to their own path, which a bundle would change.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/support/paths.ts')).href) },
});
const run = spawnSync(process.execPath, [join(out, 'main.mjs'), binary, join(out, 'worker.cjs'), ...args], {
  stdio: 'inherit',
});
process.exit(run.status ?? 2);

/** Ends the run with a reason. With `--slice` this is not a failure. */
function skip(reason: string): never {
  console.log(`The oracle was not run: ${reason}.`);
  process.exit(args.includes('--slice') ? 0 : 2);
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
