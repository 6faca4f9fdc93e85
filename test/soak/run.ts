/**
 * `npm run test:soak [-- NAME… [OPTIONS]]`: runs every soak test of this folder, or the named ones, in order, each with the options. The
 * last line is `N passed, N failed`: a soak test that does not count its checks counts as one; exit code 1 after a failure.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(here)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();

const args = process.argv.slice(2);
const firstOption = args.findIndex((argument) => argument.startsWith('-'));
const wanted = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`Unknown soak test "${unknown}"; expected one of ${names.join(', ')}`);
  process.exit(2);
}

/** The result of a soak test. */
interface Row {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

const rows: Row[] = [];
for (const name of wanted.length === 0 ? names : wanted) {
  console.log(`── ${name}`);
  const began = performance.now();
  const { code, passed, failed } = await soak(name);
  const hasFailed = code !== 0 && failed === 0 ? 1 : failed;
  rows.push({ name, passed, failed: hasFailed, seconds: (performance.now() - began) / 1000 });
  if (code !== 0) console.log(`${name} failed (exit code ${code})`);
}
console.log('');
for (const { name, passed, failed, seconds } of rows) {
  const state = failed === 0 ? 'ok' : `${failed} FAILED`;
  console.log(`${name.padEnd(12)} ${state.padEnd(12)} ${seconds.toFixed(0).padStart(6)} s  ${passed} passed`);
}
const sum = (key: 'passed' | 'failed'): number => rows.reduce((total, row) => total + row[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;

/** Runs a soak test and shows its output while it runs. A test whose last line does not count its checks counts as one. */
function soak(
  name: string,
): Promise<{ readonly code: number | string | null; readonly passed: number; readonly failed: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(here, `${name}.ts`), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    rest = (rest + chunk.toString()).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      const code = status ?? signal;
      const counted = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(rest);
      if (counted === null) resolve({ code, passed: code === 0 ? 1 : 0, failed: 0 });
      else resolve({ code, passed: Number(counted[1]), failed: Number(counted[2]) });
    });
  });
}
