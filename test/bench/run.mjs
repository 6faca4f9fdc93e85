/** `npm run bench [-- NAME…]`: bundles a benchmark with the product's own build settings and runs it in a fresh process. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const names = ['load', 'response', 'replay', 'oracle', 'size', 'tap'];
const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
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
    const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', minify: true, keepNames: true };
    await build({ entryPoints: [`test/bench/${name}.ts`], outfile, ...options, logLevel: 'warning' });
    console.log(`\n## ${name}`);
    const run = spawnSync(process.execPath, ['--expose-gc', outfile], { stdio: 'inherit', cwd: process.cwd() });
    failed ||= run.status !== 0;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
