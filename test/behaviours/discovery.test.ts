/** Discovery of a server's guard file on a real disk (behaviours 1 to 18). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  containerGuard,
  findGuardFile,
  type FoundGuard,
  type GuardFiles,
  loadErrorOf,
} from '../../src/engine/gateway/discovery.ts';
import { guardsRoot } from '../../src/core/gatewayConfig/model/environment.ts';
import { nodeGuardFiles } from '../../src/engine/gateway/nodeGuardFiles.ts';
import { proves } from '../support/proves.ts';

const variable = 'MCP_GATEWAY_WASM_GUARDS_DIR';
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'guards-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Creates empty files; a path that ends with a slash is a folder. */
function make(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(root, path.endsWith('/') ? path : join(path, '..')), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(root, path), '');
  }
}

const find = (server = 'srv', value = root): Promise<FoundGuard> =>
  findGuardFile(server, { [variable]: value }, nodeGuardFiles);
const found = (path: string): FoundGuard => ({ kind: 'found', path: join(root, path), origin: 'folder' });
const none: FoundGuard = { kind: 'none' };

describe('the guards folder', () => {
  test.each([
    [undefined, ''],
    ['', ''],
    ['   ', ''],
    ['\t', ''],
    ['  /guards ', '/guards'],
  ])('for the variable %j is %j', (value, folder) => {
    proves('gateway:001');
    expect(guardsRoot({ [variable]: value })).toBe(folder);
  });
  test('that is unset or blank gives no guard and no error', async () => {
    proves('gateway:002', 'gateway:003');
    expect(await findGuardFile('srv', {}, nodeGuardFiles)).toEqual(none);
    expect(await find('srv', '   ')).toEqual(none);
  });
});

describe('the folder of a server', () => {
  test.each<readonly [string, readonly string[], string | null, readonly string[]]>([
    ['is missing', ['other/a.wasm'], null, ['gateway:004', 'gateway:016']],
    ['is empty', ['srv/'], null, ['gateway:005', 'gateway:016']],
    ['has only files that are not guards', ['srv/a.txt', 'srv/wasm', 'srv/b.wasm.bak'], null, ['gateway:006']],
    ['has one guard', ['srv/guard.wasm', 'srv/README.md'], 'srv/guard.wasm', ['gateway:007']],
    ['has a guard with an ending in capitals', ['srv/GUARD.WASM'], 'srv/GUARD.WASM', ['gateway:008']],
    [
      'has a folder whose name ends in .wasm beside a guard',
      ['srv/a.wasm/', 'srv/b.wasm'],
      'srv/b.wasm',
      ['gateway:009'],
    ],
    ['has only a folder whose name ends in .wasm', ['srv/a.wasm/'], null, ['gateway:009']],
    [
      'has several guards, and the first by name is found',
      ['srv/b.wasm', 'srv/a.wasm', 'srv/Z.wasm'],
      'srv/Z.wasm',
      ['gateway:010'],
    ],
  ])('%s', async (_title, paths, guard, ids) => {
    proves(...ids);
    make(...paths);
    expect(await find()).toEqual(guard === null ? none : found(guard));
  });
  test('is an error when it is a file', async () => {
    proves('gateway:011');
    make('srv');
    expect(await find()).toEqual({
      kind: 'error',
      error: `failed to read server guard directory "${join(root, 'srv')}": open ${join(root, 'srv')}: not a directory`,
    });
  });
});

describe('the guard of the container', () => {
  const shipped: GuardFiles = { ...nodeGuardFiles, exists: async (path) => path === containerGuard };
  const own = (): void => make('github/own.wasm', 'srv/own.wasm');
  test('is used for the server "github" only', async () => {
    proves('gateway:012');
    own();
    expect(await findGuardFile('srv', { [variable]: root }, shipped)).toEqual(found('srv/own.wasm'));
    expect(await findGuardFile('GitHub', { [variable]: root }, shipped)).toEqual(none);
  });
  test('precedes a guard in the guards folder, also when the folder is unset or blank', async () => {
    proves('gateway:014');
    own();
    const container = { kind: 'found', path: containerGuard, origin: 'container' };
    expect(await findGuardFile('github', { [variable]: root }, shipped)).toEqual(container);
    expect(await findGuardFile('github', {}, shipped)).toEqual(container);
    expect(await findGuardFile('github', { [variable]: ' ' }, shipped)).toEqual(container);
  });
  test('may be missing, and then github is searched like any server', async () => {
    proves('gateway:013', 'gateway:016');
    const absent: GuardFiles = { ...nodeGuardFiles, exists: async () => false };
    expect(await findGuardFile('github', { [variable]: root }, absent)).toEqual(none);
    own();
    expect(await findGuardFile('github', { [variable]: root }, absent)).toEqual(found('github/own.wasm'));
  });
  test('is disabled when the variable of the guards folder is empty', async () => {
    proves('gateway:015');
    expect(await findGuardFile('github', { [variable]: '' }, shipped)).toEqual(none);
  });
});

test('a missing file and a file that is not a module fail to load', async () => {
  proves('gateway:017', 'gateway:018', 'gateway:019');
  make('srv/empty.wasm');
  writeFileSync(join(root, 'srv/garbage.wasm'), 'garbage');
  const missing = join(root, 'srv/missing.wasm');
  expect(await loadErrorOf(missing, nodeGuardFiles)).toBe(
    `failed to read WASM file: open ${missing}: no such file or directory`,
  );
  for (const name of ['empty', 'garbage']) {
    expect(await loadErrorOf(join(root, `srv/${name}.wasm`), nodeGuardFiles)).toBe(
      'failed to instantiate WASM module: invalid magic number',
    );
  }
});
