/** Checks that the guards with debug information match their sources: by their record, and by a build if the same compiler is installed. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type DebugGuard, debugGuardPath, debugGuards, hashOf } from '../support/guards/debugGuards.ts';
import { readJson } from '../support/samples.ts';

interface BuildRecord {
  readonly compiler: string;
  readonly sources: string;
  readonly wasm: string;
}

const recordFile = debugGuardPath('builds.json');
const records = readJson(recordFile) as unknown as Readonly<Record<string, BuildRecord>>;
const scratch = mkdtempSync(join(tmpdir(), 'debug-guards-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The first line of a command's output; null when it fails. */
function firstLine(command: string, ...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0] ?? '') : null;
}

/** The version of the guard's compiler; null when it, or the target that it needs, is not installed. */
function versionOf({ compiler, target }: DebugGuard): string | null {
  if (target !== undefined) {
    const libraries = firstLine(compiler, '--print', 'target-libdir', '--target', target);
    if (libraries === null || !existsSync(libraries)) return null;
  }
  return firstLine(compiler, '--version');
}

/** Whether the compiler can build for WebAssembly here; null when it did, else what it said. */
function build(guard: DebugGuard, out: string): string | null {
  for (const [command = '', ...args] of guard.build(out, scratch)) {
    const { status, stderr } = spawnSync(command, args, { cwd: debugGuardPath('.'), encoding: 'utf8' });
    if (status !== 0) return `${command}: ${stderr}`;
  }
  return null;
}

describe.each(debugGuards.map((guard) => ({ ...guard, guard })))('$name', ({ name, sources, guard }) => {
  const wasm = debugGuardPath(`${name}.wasm`);
  const rebuilt = process.env['UPDATE'] === '1' ? build(guard, wasm) : null;

  it('matches its record, and its sources have not changed since', () => {
    expect(rebuilt).toBeNull();
    const now = { sources: hashOf(...sources.map(debugGuardPath)), wasm: hashOf(wasm) };
    if (process.env['UPDATE'] === '1') {
      const kept = readJson(recordFile) as unknown as Record<string, BuildRecord>;
      const record = { compiler: versionOf(guard) ?? '', ...now };
      writeFileSync(recordFile, `${JSON.stringify({ ...kept, [name]: record }, null, 2)}\n`);
    } else expect(records[name], 'UPDATE=1 builds the guard again').toMatchObject(now);
  });

  it('contains no path of the machine that built it', () => {
    expect(readFileSync(wasm, 'latin1')).not.toMatch(/\/(home|root|Users|work|tmp|usr)\//);
  });

  it('is what its compiler makes of its sources, if that version is installed with the target', () => {
    if (versionOf(guard) !== records[name]?.compiler) return;
    const out = join(scratch, `${name}.wasm`);
    copyFileSync(wasm, `${out}.committed`);
    expect(build(guard, out)).toBeNull();
    expect(hashOf(out)).toBe(hashOf(`${out}.committed`));
  });
});
