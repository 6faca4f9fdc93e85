/** What is derived from modules is kept on disk: found again by another process, and refused when its file is not what was written. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { decodeDerived, encodeDerived } from '../../../src/engine/guard/derivedModule.ts';
import { ModuleStore } from '../../../src/engine/guard/moduleStore.ts';
import { WorkerGuard } from '../../../src/engine/runtime/host/workerGuard.ts';
import type { DerivedModule } from '../../../src/engine/runtime/shared/moduleFacts.ts';
import { prepareModule } from '../../../src/engine/runtime/worker/prepareModule.ts';
import { workerFile } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { guardBytes } from '../runtime/guards.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-modules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(folder, String(folders++));

const program = join(folder, 'program.js');
writeFileSync(program, 'one build');

const sample = new Uint8Array(readFileSync(samplePath('files-and-memory', 'guard.wasm')));

function derived(bytes: Uint8Array, exportsState = false): DerivedModule {
  const prepared = prepareModule(bytes, { exportsState }, true);
  if (prepared.kind !== 'prepared' || prepared.copy === undefined) throw new Error('the guard is refused');
  const { facts, frames, offsets, copy } = prepared;
  return { facts, frames, offsets, bytes: copy };
}

/** A guard with a start function, loops, a trap site and a global. */
const rich = guardBytes({
  rest: '(global $g (mut i32) (i32.const 7)) (func $begin (global.set $g (i32.const 9))) (start $begin)',
  label_agent: '(loop $l (br_if $l (i32.const 0))) (i32.div_s (global.get $g) (i32.const 3))',
});

describe('a derived module', () => {
  test.each([
    ['the sample', sample, false],
    ['a guard with exported state', rich, true],
    ['a guard with a start function', rich, false],
  ])('is the same after it was kept: %s', (_, bytes, exportsState) => {
    const module = derived(bytes, exportsState);
    expect(decodeDerived(encodeDerived(module, 'k'), 'k')).toEqual(module);
  });

  test('is not used for another key', () => {
    const content = encodeDerived(derived(rich), 'k');
    expect(decodeDerived(content, 'other')).toBeNull();
    expect(decodeDerived(new Uint8Array(), 'k')).toBeNull();
  });

  test('is not used when any byte was changed or is missing', () => {
    proves('own:kept-modules');
    const content = encodeDerived(derived(rich), 'k');
    for (let at = 0; at < content.length; at++) {
      const changed = Uint8Array.from(content);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      expect(decodeDerived(changed, 'k'), `byte ${at}`).toBeNull();
      expect(decodeDerived(content.subarray(0, at), 'k')).toBeNull();
    }
  });

  test.each<readonly [string, string, unknown]>([
    ['without facts', 'facts', undefined],
    ['with frames that are numbers', 'frames', [1]],
    ['with two lists of offsets', 'offsets', [[], []]],
    ['with a start without a label', 'facts.start', { export: 'x' }],
    ['with state of another kind', 'facts.state', { kind: 'x' }],
    [
      'with a global without a type',
      'facts.state',
      { kind: 'exported', globals: [{ export: 'g' }], tables: [], functions: [] },
    ],
    ['with a signature without results', 'facts.functions', [['f', { params: [] }]]],
    ['with imports by number', 'facts.imports', [[1, 1]]],
    ['with trap sites of three', 'facts.trapSites', [[1, 'x', 2]]],
    ['with an error that is a number', 'facts.shapeError', 7],
  ])('%s is not used, although its hash is right', (_, member, value) => {
    const content = encodeDerived(derived(rich), 'k');
    expect(decodeDerived(forged(content, 'facts.shapeError', 'another'), 'k')?.facts.shapeError).toBe('another');
    expect(decodeDerived(forged(content, member, value), 'k')).toBeNull();
  });
});

/** The content with another member, and the hash that belongs to it. */
function forged(content: Uint8Array, member: string, value: unknown): Uint8Array {
  const end = content.indexOf(0x0a);
  const head = JSON.parse(Buffer.from(content.subarray(0, end)).toString()) as { json: number };
  const rest = Buffer.from(content.subarray(end + 1));
  const plain = JSON.parse(rest.subarray(0, head.json).toString()) as Record<string, Record<string, unknown>>;
  const [outer = '', inner] = member.split('.');
  if (inner === undefined) Object.assign(plain, { [outer]: value });
  else Object.assign(plain[outer] ?? {}, { [inner]: value });
  const json = Buffer.from(JSON.stringify(plain));
  const changed = Buffer.concat([json, rest.subarray(head.json)]);
  const sha256 = createHash('sha256').update(changed).digest('hex');
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, json: json.length, sha256 })}\n`), changed]);
}

describe('a store', () => {
  test('gives another process what was kept, only to its user and the same program', async () => {
    proves('own:kept-modules');
    const path = newFolder();
    const module = derived(rich);
    await new ModuleStore(path, [program]).write('key', module);
    expect(await new ModuleStore(path, [program]).read('key')).toEqual(module);
    expect(await new ModuleStore(path, [program]).read('other')).toBeNull();
    expect(statSync(join(path, 'key.module')).mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const other = join(folder, 'other.js');
    writeFileSync(other, 'another build');
    expect(await new ModuleStore(path, [other]).read('key')).toBeNull();
    chmodSync(join(path, 'key.module'), 0o622);
    expect(await new ModuleStore(path, [program]).read('key')).toBeNull();
  });

  test('without a disk derives again, and says nothing', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const store = new ModuleStore(join(file, 'below'), [program]);
    await store.write('key', derived(rich));
    expect(await store.read('key')).toBeNull();
    expect(await new ModuleStore(newFolder(), [join(folder, 'no such program')]).read('key')).toBeNull();
  });

  test('drops what was used least recently, and drafts of processes that died', async () => {
    proves('own:kept-modules');
    const path = newFolder();
    const module = derived(rich);
    const size = encodeDerived(module, 'x'.repeat(70)).length;
    const store = new ModuleStore(path, [program], { mostBytes: 3.5 * size });
    for (const [at, key] of ['a', 'b', 'c'].entries()) {
      await store.write(key, module);
      utimesSync(join(path, `${key}.module`), 1000 + at, 1000 + at);
    }
    writeFileSync(join(path, 'old.draft'), '');
    utimesSync(join(path, 'old.draft'), 1, 1);
    writeFileSync(join(path, 'new.draft'), '');
    expect(await store.read('a')).toEqual(module);
    await expect.poll(() => statSync(join(path, 'a.module')).mtimeMs).toBeGreaterThan(10_000);
    await store.write('d', module);
    expect(readdirSync(path).sort()).toEqual(['a.module', 'c.module', 'd.module', 'new.draft']);
  });
});

describe('a guard that was loaded before', () => {
  test('is loaded from what is kept, with the same answers, and from its bytes when that is broken', async () => {
    proves('own:kept-modules');
    const path = newFolder();
    const load = async (): Promise<unknown> => {
      const cache = new CompileCache(new ModuleStore(path, [program]));
      const loaded = await WorkerGuard.load(rich, { workerFile, cache });
      if (!loaded.ok) throw new Error(loaded.error);
      const record = await loaded.guard.call('label_agent', '{}', { backend: { kind: 'none' } });
      await loaded.guard.close();
      return [record.error, record.attempts.length, { ...loaded.record, durationMs: 0 }];
    };
    const first = await load();
    await expect
      .poll(() => existsSync(path) && readdirSync(path).filter((name) => name.endsWith('.module')))
      .toHaveLength(1);
    const [name = ''] = readdirSync(path);
    expect(await load()).toEqual(first);
    // A module that V8 refuses, with the right hash.
    const store = new ModuleStore(path, [program]);
    const key = name.replace('.module', '');
    const kept = await store.read(key);
    if (kept === null) throw new Error('nothing was kept');
    await store.write(key, { ...kept, bytes: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 1]) });
    expect(await load()).toEqual(first);
  });
});
