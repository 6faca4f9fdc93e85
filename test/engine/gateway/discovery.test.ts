/** Discovery and loading of guard files (behaviours 1 to 26), in memory and on disk. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { containerGuard, findGuardFile, type GuardFiles, loadErrorOf } from '../../../src/engine/gateway/discovery.ts';
import { guardsRoot } from '../../../src/core/gatewayConfig/model/environment.ts';
import { nodeGuardFiles } from '../../../src/engine/gateway/nodeGuardFiles.ts';
import { repoPath } from '../../support/paths.ts';
import { type FileKind, memoryFiles } from './memoryFiles.ts';

const name = 'MCP_GATEWAY_WASM_GUARDS_DIR';

test.each([
  [undefined, ''],
  ['', ''],
  ['   ', ''],
  ['\t', ''],
  ['/tmp/guards', '/tmp/guards'],
  ['  /tmp/guards  ', '/tmp/guards'],
])('behaviour 1: the variable %j means the folder %j', (value, root) => {
  expect(guardsRoot({ [name]: value })).toBe(root);
});

interface Found {
  readonly title: string;
  readonly files?: Readonly<Record<string, FileKind>>;
  readonly server?: string;
  readonly root?: string | undefined;
  readonly path: string | null;
}

const found: readonly Found[] = [
  { title: 'behaviour 2: no folder is set', files: { '/g/s/a.wasm': 'good' }, root: undefined, path: null },
  { title: 'behaviour 3: the folder is blank', files: { '/g/s/a.wasm': 'good' }, root: ' \t ', path: null },
  { title: 'behaviour 4: the server has no folder', files: { '/g': 'dir' }, path: null },
  { title: 'behaviour 5: its folder is empty', files: { '/g/s': 'dir' }, path: null },
  { title: 'behaviour 6: it holds no .wasm', files: { '/g/s/a.wat': 'good', '/g/s/wasm': 'good' }, path: null },
  { title: 'behaviour 7: it holds one', files: { '/g/s/guard.wasm': 'good' }, path: '/g/s/guard.wasm' },
  { title: 'behaviour 8: in upper case', files: { '/g/s/guard.WASM': 'good' }, path: '/g/s/guard.WASM' },
  {
    title: 'behaviour 9: a folder of that name is passed over',
    files: { '/g/s/a.wasm': 'dir', '/g/s/b.wasm': 'good' },
    path: '/g/s/b.wasm',
  },
  {
    title: 'behaviour 10: the first by bytes, upper case before lower',
    files: { '/g/s/b.wasm': 'good', '/g/s/a.wasm': 'good', '/g/s/Z.wasm': 'good' },
    path: '/g/s/Z.wasm',
  },
  {
    title: 'behaviour 10: U+FFEE before U+1F600',
    files: { '/g/s/\u{1f600}.wasm': 'good', '/g/s/\uffee.wasm': 'good' },
    path: '/g/s/\uffee.wasm',
  },
  { title: 'behaviour 12: another server', files: { [containerGuard]: 'good', '/g/s': 'dir' }, path: null },
  {
    title: 'behaviour 13: github without the guard of the container',
    files: { '/g/github/x.wasm': 'good' },
    server: 'github',
    path: '/g/github/x.wasm',
  },
  {
    title: 'behaviour 14: github with it',
    files: { [containerGuard]: 'good', '/g/github/00.wasm': 'good' },
    server: 'github',
    path: containerGuard,
  },
  {
    title: 'behaviour 15: the folder is set to nothing',
    files: { [containerGuard]: 'good' },
    server: 'github',
    root: '',
    path: null,
  },
  {
    title: 'behaviour 15: the folder is set to a blank, which turns nothing off',
    files: { [containerGuard]: 'good' },
    server: 'github',
    root: ' ',
    path: containerGuard,
  },
  { title: 'behaviour 16: nothing anywhere', server: 'github', path: null },
];

test.each(found)('$title', async ({ files = {}, server = 's', path, ...rest }) => {
  const root = 'root' in rest ? rest.root : '/g';
  const answer = await findGuardFile(server, { [name]: root }, memoryFiles(files));
  expect(answer.kind === 'found' ? answer.path : answer.kind === 'none' ? null : answer.error).toBe(path);
});

test('behaviour 11: a file in place of the folder is an error', async () => {
  const answer = await findGuardFile('s', { [name]: '/g' }, memoryFiles({ '/g/s': 'good' }));
  const error = 'failed to read server guard directory "/g/s": open /g/s: not a directory';
  expect(answer).toEqual({ kind: 'error', error });
});

describe('loading', () => {
  const module = (file: string): GuardFiles => ({
    ...memoryFiles({}),
    read: () => Promise.resolve({ ok: true, bytes: readFileSync(repoPath(file)) }),
  });

  test('behaviour 17: a missing file is an error', async () => {
    const error = 'failed to read WASM file: open /g/x.wasm: no such file or directory';
    expect(await loadErrorOf('/g/x.wasm', memoryFiles({}))).toBe(error);
  });

  test('behaviour 19: an empty file is an error', async () => {
    const error = await loadErrorOf('/g/x.wasm', memoryFiles({ '/g/x.wasm': 'bad' }));
    expect(error).toBe('failed to instantiate WASM module: invalid magic number');
  });

  test.each([
    [
      'behaviour 18: bytes that are not a module',
      'package.json',
      /^failed to instantiate WASM module: invalid magic number$/,
    ],
    [
      'behaviour 21: a module without label_response',
      'test/parity/load/no-label-response/guard.wasm',
      /must export label_resource and label_response/,
    ],
    ['behaviour 23: only _start', 'test/parity/load/only-start/guard.wasm', /TinyGo/],
    [
      'behaviour 24: a module without label_agent',
      'test/parity/load/no-label-agent/guard.wasm',
      /must export label_agent/,
    ],
    ['behaviour 25: a bad signature', 'test/parity/load/signature-no-result/guard.wasm', /signature/],
    ['behaviour 26: a guard', 'test/parity/load/minimal/guard.wasm', null],
  ])('%s', async (_, file, wanted) => {
    const error = await loadErrorOf('/x.wasm', module(file));
    if (wanted === null) expect(error).toBeNull();
    else expect(error).toMatch(wanted);
  });
});

describe('files on disk', () => {
  const root = mkdtempSync(join(tmpdir(), 'guards-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 's', 'a.wasm'), { recursive: true });
  writeFileSync(join(root, 's', 'b.wasm'), 'x');
  writeFileSync(join(root, 'file'), '');

  test('are found like files in memory', async () => {
    const path = join(root, 's', 'b.wasm');
    expect(await findGuardFile('s', { [name]: root }, nodeGuardFiles)).toEqual({
      kind: 'found',
      path,
      origin: 'folder',
    });
    expect(await findGuardFile('t', { [name]: root }, nodeGuardFiles)).toEqual({ kind: 'none' });
    const error = `failed to read server guard directory "${root}/file": open ${root}/file: not a directory`;
    expect(await findGuardFile('file', { [name]: root }, nodeGuardFiles)).toEqual({ kind: 'error', error });
  });

  test('fail to load with the errors of Go', async () => {
    expect(await loadErrorOf(join(root, 'no'), nodeGuardFiles)).toBe(
      `failed to read WASM file: open ${root}/no: no such file or directory`,
    );
    expect(await loadErrorOf(join(root, 's'), nodeGuardFiles)).toBe(
      `failed to read WASM file: read ${root}/s: is a directory`,
    );
  });
});
