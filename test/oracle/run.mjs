/**
 * `npm run test:oracle [-- OPTIONS]`: builds the oracle and this comparison, and runs them.
 * `--seed N` and `--cases N` choose the generated cases, `--kind NAME` one family, `--only N` one case; `--long` runs 20,000,
 * `--slice` a fixed few in under 90 seconds, and passes where there is no Go.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const out = join(here, '.build');
const binary = join(out, process.platform === 'win32' ? 'gateway.exe' : 'gateway');
const args = process.argv.slice(2);

if (spawnSync('go', ['version']).status !== 0) {
  console.log('The oracle was not run: it needs Go 1.26 or later in the PATH.');
  process.exit(args.includes('--slice') ? 0 : 2);
}
mkdirSync(out, { recursive: true });
const built = spawnSync('go', ['build', '-o', binary, '.'], { cwd: join(here, 'gateway'), stdio: 'inherit' });
if (built.status !== 0) process.exit(2);

const bundle = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
await build({
  ...bundle,
  entryPoints: [join(root, 'src/engine/runtime/workerMain.ts')],
  format: 'cjs',
  outfile: join(out, 'worker.cjs'),
});
await build({
  ...bundle,
  entryPoints: [join(here, 'main.ts')],
  format: 'esm',
  outfile: join(out, 'main.mjs'),
  // Files of the tests find their data by their own place, which a bundle would move.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/support/paths.ts')).href) },
});
const run = spawnSync(process.execPath, [join(out, 'main.mjs'), binary, join(out, 'worker.cjs'), ...args], {
  stdio: 'inherit',
});
process.exit(run.status ?? 2);
