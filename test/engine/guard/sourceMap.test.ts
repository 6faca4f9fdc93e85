/** Places of a guard from a source map: a module of the AssemblyScript compiler, with its map beside it, in a data URL, or broken. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuardCallRecord, GuardFunction } from '../../../src/core/difc/record/guardCall.ts';
import { stackFrameText } from '../../../src/core/symbols/stackText.ts';
import { openGuard } from '../../../src/engine/guard/openGuard.ts';
import { repoPath, workerFile } from '../../support/paths.ts';
import { makeNamedPipe } from '../../support/processes/namedPipe.ts';
import { proves } from '../../support/proves.ts';
import { scratchFolder } from '../tap/tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const source = `// Line 1.
function share(total: i32, count: i32): i32 {
  return total / count;
}
function owner(n: i32): i32 {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += share(100, n - 2);
  }
  return sum;
}
export function label_agent(input: i32, length: i32, output: i32, capacity: i32): i32 {
  if (length > 0) unreachable();
  return 0;
}
export function label_resource(input: i32, length: i32, output: i32, capacity: i32): i32 {
  return owner(length);
}
export function label_response(input: i32, length: i32, output: i32, capacity: i32): i32 {
  let i = 3;
  while (i > 0) i = owner(1) + 104 - (i & 1);
  return 0;
}
`;

const folder = scratch.path('as');
const modulePath = join(folder, 'guard.wasm');
const mapText = (): string => readFileSync(`${modulePath}.map`, 'utf8');

beforeAll(() => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'guard.ts'), source);
  const flags = [
    'guard.ts',
    '--outFile',
    'guard.wasm',
    '--debug',
    '--sourceMap',
    '--runtime',
    'stub',
    '--use',
    'abort=',
  ];
  execFileSync(process.execPath, [repoPath('node_modules/assemblyscript/bin/asc.js'), ...flags], { cwd: folder });
});

/** The module with another URL in its section `sourceMappingURL`, which is the last one. */
function withUrl(url: string): Uint8Array {
  const bytes = readFileSync(modulePath);
  const name = Buffer.from('sourceMappingURL');
  const at = bytes.lastIndexOf(name);
  const content = Buffer.concat([lengthOf(name.length), name, lengthOf(Buffer.byteLength(url)), Buffer.from(url)]);
  return Buffer.concat([bytes.subarray(0, at - 3), Buffer.of(0), lengthOf(content.length), content]);
}

function lengthOf(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}

async function called(path: string, name: GuardFunction, deadlineMs = 20_000): Promise<GuardCallRecord> {
  const { guard } = await openGuard(path, null, { workerFile });
  try {
    if (!('raw' in guard)) throw new Error('not a module');
    return await (guard as unknown as Raw).raw(name, '{}', { backend: { kind: 'none' }, deadlineMs });
  } finally {
    await guard.close();
  }
}
interface Raw {
  raw(name: GuardFunction, input: string, context: object): Promise<GuardCallRecord>;
}

const lines = (record: GuardCallRecord): readonly string[] => record.stack?.frames.map(stackFrameText) ?? [];

describe('a module with a source map', () => {
  it('has the files and lines of a trap, also where the module was rewritten', async () => {
    proves('own:source-map-places');
    const record = await called(modulePath, 'label_resource');
    expect(lines(record)).toEqual([
      'guard/share (guard.ts:3:10)',
      'guard/owner (guard.ts:8:12)',
      'guard/label_resource (guard.ts:17:10)',
    ]);
    expect(record.stack?.notes).toEqual([]);
    expect(lines(await called(modulePath, 'label_agent'))).toEqual(['guard/label_agent (guard.ts:13:19)']);
  });

  it.each(['base64', 'percent'])('takes the map from a data URL in %s', async (kind) => {
    const map = mapText();
    const data = kind === 'base64' ? `;base64,${Buffer.from(map).toString('base64')}` : `,${encodeURIComponent(map)}`;
    const path = scratch.path(`${kind}.wasm`);
    writeFileSync(path, withUrl(`data:application/json${data}`));
    expect(lines(await called(path, 'label_resource'))[0]).toBe('guard/share (guard.ts:3:10)');
  });
});

describe('a source map that cannot be used', () => {
  const withMap = (change: (map: Record<string, unknown>) => unknown): (() => string) => {
    return () => JSON.stringify(change(JSON.parse(mapText()) as Record<string, unknown>));
  };
  const read = 'The source map cannot be read:';
  const rows: readonly [string, () => string, string][] = [
    ['is not JSON', () => '<html>', `${read} it is not JSON`],
    ['is not an object', () => '[]', `${read} it is not a JSON object`],
    [
      'has another version',
      withMap((map) => ({ ...map, version: 2 })),
      `${read} it has the version 2; only version 3 is known`,
    ],
    ['has no version', () => '{}', `${read} it has no version`],
    ['has sections', withMap((map) => ({ ...map, sections: [] })), 'it is an index of several maps'],
    ['has no sources', withMap((map) => ({ ...map, sources: null })), `${read} "sources" is not an array`],
    ['has no mappings', withMap((map) => ({ ...map, mappings: 1 })), `${read} "mappings" is not a string`],
    ['has fewer sources', withMap((map) => ({ ...map, sources: [] })), 'mapping 1 has the source 1, and there are 0'],
    [
      'has lines',
      withMap((map) => ({ ...map, mappings: 'A;A' })),
      '";" at position 1 of "mappings" is not a digit of a number',
    ],
    [
      'is cut off',
      withMap((map) => ({ ...map, mappings: 'AAAA,g' })),
      'the end at position 6 of "mappings" is not a digit',
    ],
    ['has two numbers', withMap((map) => ({ ...map, mappings: 'AA' })), 'has 2 numbers in place of 1, 4 or 5'],
    ['has a large number', withMap((map) => ({ ...map, mappings: 'gggggggggggA' })), 'of "mappings" is too large'],
    ['goes back', withMap((map) => ({ ...map, mappings: 'gB,D' })), 'mapping 2 goes back to the offset 15'],
    ['has a negative line', withMap((map) => ({ ...map, mappings: 'AADA' })), 'mapping 1 has the line -1'],
    [
      'is of a larger build',
      withMap((map) => ({ ...map, mappings: `gggE${String(map['mappings'])}`.slice(0, 4) })),
      'it is of another build',
    ],
  ];
  it.each(rows)('because it %s gives a sentence', async (_, text, sentence) => {
    proves('own:source-map-places');
    const path = scratch.path('broken.wasm');
    writeFileSync(path, withUrl('broken.wasm.map'));
    writeFileSync(`${path}.map`, text());
    const { stack } = await called(path, 'label_resource');
    expect(stack?.frames.map(({ function: name, at }) => [name, at])).toEqual([
      ['guard/share', null],
      ['guard/owner', null],
      ['guard/label_resource', null],
    ]);
    expect(stack?.notes).toEqual([expect.stringContaining(sentence)]);
  });

  it.each([
    ['../as/guard.wasm.map', 'is not beside the module'],
    [`${folder}/guard.wasm.map`, 'is not beside the module'],
    ['https://example.test/guard.wasm.map', 'is not beside the module'],
    ['%', 'is not beside the module'],
    ['none.map', 'cannot be read: ENOENT'],
    ['.', 'cannot be read: it is a directory, not a regular file. Put it beside the module'],
    ['data:application/json', 'its data URL has no comma'],
    ['data:application/json,%', 'its data URL is not percent-encoded'],
  ])('at %s gives a sentence', async (url, sentence) => {
    const path = scratch.path('elsewhere.wasm');
    writeFileSync(path, withUrl(url));
    expect((await called(path, 'label_resource')).stack?.notes).toEqual([expect.stringContaining(sentence)]);
  });

  it.skipIf(process.platform === 'win32')('that is a named pipe does not block the guard', async () => {
    const path = scratch.path('piped.wasm');
    makeNamedPipe(`${path}.map`);
    writeFileSync(path, withUrl('piped.wasm.map'));
    expect((await called(path, 'label_resource')).stack?.notes).toEqual([
      expect.stringContaining('it is a named pipe'),
    ]);
    rmSync(`${path}.map`);
  });
});
