/** Checks that the committed guards match their sources: by their records, and by a build if a compiler is installed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { samples } from '../../src/core/samples/catalog.ts';
import { readJson, samplePath } from '../support/samples.ts';

/** `guard.wasm.json`. */
interface BuildRecord {
  readonly language: string;
  readonly toolchain: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly wasm: { readonly bytes: number; readonly sha256: string };
}

/** The output of `build.mjs --which`; `warm`: the standard library was built before, so that building takes seconds. */
interface Toolchain {
  readonly toolchain: string;
  readonly warm: boolean;
}

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-build-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function recordOf(id: string): BuildRecord {
  return readJson(samplePath(id, 'guard.wasm.json')) as unknown as BuildRecord;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function runBuild(id: string, ...args: readonly string[]): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [samplePath(id, 'build.mjs'), ...args], {
    cwd: dirname(samplePath(id, 'build.mjs')),
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

/** Builds into a temporary file, which must equal the committed one with its record. */
function expectSameBuild(id: string): void {
  const out = join(scratch, `${id}.wasm`);
  const { status, text } = runBuild(id, '--out', out);
  expect(status, text).toBe(0);
  expect(readJson(`${out}.json`)).toEqual(recordOf(id));
  expect(readFileSync(out).equals(readFileSync(samplePath(id, 'guard.wasm')))).toBe(true);
}

/** All files that determine the bytes of the module. */
function filesBelow(id: string, name: string): readonly string[] {
  if (!statSync(samplePath(id, name)).isDirectory()) return [name];
  return readdirSync(samplePath(id, name)).flatMap((child) => filesBelow(id, `${name}/${child}`));
}

describe.each(samples.map((sample) => sample.id))('%s', (id) => {
  it('matches its record', () => {
    const { wasm } = recordOf(id);
    expect({
      bytes: statSync(samplePath(id, 'guard.wasm')).size,
      sha256: sha256(samplePath(id, 'guard.wasm')),
    }).toEqual(wasm);
  });

  it('has unchanged sources since its build', () => {
    const { language, sources } = recordOf(id);
    const places = language === 'rust' ? ['guard/Cargo.toml', 'guard/Cargo.lock', 'guard/src'] : ['guard/assembly'];
    const names = ['build.mjs', ...places.flatMap((name) => filesBelow(id, name))];
    const now = Object.fromEntries(names.map((name) => [name, sha256(samplePath(id, name))]));
    expect(now, `run: node media/samples/${id}/build.mjs`).toEqual(sources);
  });

  it('contains no paths of the machine that built it', () => {
    const bytes = readFileSync(samplePath(id, 'guard.wasm'), 'latin1');
    expect(bytes).not.toMatch(/\/(home|root|Users|work|tmp|usr)\//);
  });
});

describe('building', () => {
  it('works in a copy of one sample folder, because each sample includes its build helper', () => {
    const [first, ...others] = samples.map(({ id }) => readFileSync(samplePath(id, 'record.mjs'), 'utf8'));
    for (const other of others) expect(other).toBe(first);
    for (const { id } of samples) expect(readFileSync(samplePath(id, 'build.mjs'), 'utf8')).not.toContain("'../");
  });

  it('reproduces the committed bytes with AssemblyScript', () => {
    expectSameBuild('files-and-memory-as');
  });

  it('reproduces the committed bytes with the same Rust toolchain, or names in one sentence what is missing', () => {
    const which = runBuild('files-and-memory', '--which');
    if (which.status !== 0) {
      expect(which.status).toBe(3);
      expect(which.text).toMatch(/^No Rust toolchain builds for wasm32-wasip1 here: .*rustup target add.*\n$/);
      return;
    }
    const { toolchain, warm } = JSON.parse(which.text) as Toolchain;
    expect(toolchain).toMatch(/^rustc \d+\.\d+/);
    // Other compilers give other bytes, and the first build of the standard library takes minutes, so only the record is compared then.
    if (toolchain === recordOf('files-and-memory').toolchain && warm) expectSameBuild('files-and-memory');
  }, 60_000);
});
