/** `npm run bench [-- NAME… [OPTIONS]]`: bundles a benchmark with the product's own build settings and runs it, with the options, in a fresh process. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

/** The build settings of the product. */
const settings: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  keepNames: true,
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};

const names = ['load', 'response', 'replay', 'panel', 'loop', 'lint', 'oracle', 'size', 'tap', 'redaction', 'snapshot'];
const args = process.argv.slice(2);
const firstOption = args.findIndex((argument) => argument.startsWith('-'));
const wanted = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark "${unknown[0]}"; there are ${names.join(', ')}`);
  process.exit(2);
}

execFileSync(process.execPath, ['esbuild.mjs'], { stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
let failed = false;
try {
  for (const name of wanted.length === 0 ? names : wanted) {
    const outfile = join(folder, `${name}.cjs`);
    await build({ ...settings, entryPoints: [`test/bench/${name}.ts`], outfile });
    console.log(`\n## ${name}`);
    const run = spawnSync(process.execPath, ['--expose-gc', outfile, ...options], {
      stdio: 'inherit',
      cwd: process.cwd(),
    });
    failed ||= run.status !== 0;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
