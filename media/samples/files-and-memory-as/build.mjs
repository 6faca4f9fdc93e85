/** Builds guard.wasm from guard/assembly with AssemblyScript: `node build.mjs [--out FILE]`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hashSources, writeGuard } from './record.mjs';

const SOURCES = ['build.mjs', 'guard/assembly'];
const sample = path.dirname(fileURLToPath(import.meta.url));

const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const asc = await import('assemblyscript/asc').catch(() => undefined);
if (asc === undefined) {
  console.error(
    'The AssemblyScript compiler is not installed: run "npm install" at the top of the repository, or here',
  );
  process.exit(3);
}

const files = new Map();
const { error, stderr } = await asc.main(
  [
    'assembly/index.ts',
    '--outFile=guard.wasm',
    '-O3',
    '--runtime=minimal',
    '--noAssert',
    // The gateway's limit for a guard's memory, in pages.
    '--maximumMemory=512',
    // Without this the guard would import env.abort, which the gateway does not have.
    '--use=abort=assembly/index/onAbort',
  ],
  {
    readFile: (name) => readOptional(path.join(sample, 'guard', name)),
    writeFile: (name, contents) => files.set(name, contents),
    listFiles: () => [],
  },
);
const wasm = files.get('guard.wasm');
if (error !== null || wasm === undefined) {
  console.error(stderr.toString());
  process.exit(1);
}
writeGuard(path.resolve(options.out ?? path.join(sample, 'guard.wasm')), wasm, {
  language: 'assemblyscript',
  toolchain: `assemblyscript ${asc.version}`,
  sources: hashSources(sample, SOURCES),
});

/** The compiler asks for many names that may not exist. */
function readOptional(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
