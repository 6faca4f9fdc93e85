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

/** Benchmarks that drive a real VS Code: nothing of them runs in the product's bundles. */
const inEditor = new Set(['editorLoop']);

const names = [
  'load',
  'response',
  'replay',
  'panel',
  'loop',
  'lint',
  'oracle',
  'size',
  'editorLoop',
  'tap',
  'redaction',
  'snapshot',
];
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
    const source = `test/bench/${name}.ts`;
    if (!inEditor.has(name)) await build({ ...settings, entryPoints: [source], outfile });
    console.log(`\n## ${name}`);
    const script = inEditor.has(name) ? ['--import', 'tsx', source] : ['--expose-gc', outfile];
    const run = spawnSync(process.execPath, [...script, ...options], {
      stdio: 'inherit',
      cwd: process.cwd(),
    });
    failed ||= run.status !== 0;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
