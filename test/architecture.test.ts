/** Holds the arrows between rooms, the purity of core, and the form of every file; the rules are told in src/README.md. */
import { describe, expect, it } from 'vitest';
import { arrows, longFiles, packages } from './support/rooms.ts';
import { sourceFiles } from './support/sourceFiles.ts';
import { readFileSync } from 'node:fs';
import { repoPath } from './support/paths.ts';
import { proves } from './support/proves.ts';

const files = sourceFiles('src', 'webview');
const lineLimit = 300;

describe('architecture', () => {
  it('finds the source at all', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(files.length);
  });

  it('knows the room of every file', () => {
    expect(files.map((file) => file.path).filter((path) => roomOf(path) === undefined)).toEqual([]);
  });

  it('imports only along the arrows', () => {
    proves('own:arrows');
    const wrong = files.flatMap(({ path, imports }) => {
      const room = roomOf(path) ?? '';
      const allowed = arrows[room] ?? [];
      return imports
        .filter((target) => target.startsWith('src/') || target.startsWith('webview/'))
        .filter((target) => roomOf(target) !== room && !allowed.some((prefix) => target.startsWith(prefix)))
        .map(
          (target) =>
            `${path} → ${target}: ${room} may import ${allowed.join(', ') || 'nothing'} (test/support/rooms.ts)`,
        );
    });
    expect(wrong).toEqual([]);
  });

  it('imports packages only where the table says so, and Node only outside core and webview', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const room = roomOf(path) ?? '';
      const pure = room.startsWith('src/core') || room === 'webview';
      return imports
        .filter((target) => !target.startsWith('src/') && !target.startsWith('webview/'))
        .filter((target) => (target.startsWith('node:') ? pure : !packages[room]?.includes(target)))
        .map((target) => `${path} → ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('has no cycle between rooms', () => {
    const edges = new Map<string, Set<string>>();
    for (const { path, imports } of files) {
      const from = roomOf(path) ?? '';
      const targets = edges.get(from) ?? new Set();
      edges.set(from, targets);
      for (const target of imports) {
        const to = roomOf(target);
        if (to !== undefined && to !== from) targets.add(to);
      }
    }
    const cyclic = [...edges.keys()].filter((room) => reaches(edges, room, room));
    expect(cyclic).toEqual([]);
  });

  it('opens every file with one sentence that says what it is', () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?(\/\*\* @jsx.*\n)?\/\*\*[\s\S]{20,}?\*\//.test(text));
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  it(`keeps files under ${lineLimit} lines`, () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ path, lines }) => lines > lineLimit && longFiles[path] === undefined);
    expect(long).toEqual([]);
  });

  it('has no default export, no barrel, no enum and no escape from the types', () => {
    const patterns = [
      /\bexport default\b/,
      /\bexport \* from\b/,
      /^\s*(export )?(const )?enum\s/m,
      /@ts-(ignore|nocheck|expect-error)/,
    ];
    const wrong = files.flatMap(({ path, text }) =>
      patterns.filter((pattern) => pattern.test(text)).map((pattern) => `${path}: ${pattern.source}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps clocks, randomness and reference libs out of core', () => {
    proves('own:core-is-pure');
    const core = files.filter(({ path }) => path.startsWith('src/core/'));
    const wrong = core.flatMap(({ path, text }) =>
      [/\bDate\.now\b/, /\bMath\.random\b/, /\bperformance\./, /reference\s+lib=/, /\bnew Date\(\)/]
        .filter((pattern) => pattern.test(text))
        .map((pattern) => `${path}: ${pattern.source}`),
    );
    expect(wrong).toEqual([]);
  });

  it('tells every room in the map', () => {
    const map = readFileSync(repoPath('src/README.md'), 'utf8');
    const missing = Object.keys(arrows).filter((room) => !map.includes(`\`${room.replace('src/', '')}\``));
    expect(missing).toEqual([]);
  });
});

function roomOf(path: string): string | undefined {
  return Object.keys(arrows)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function reaches(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, goal: string): boolean {
  const seen = new Set<string>();
  const queue = [...(edges.get(from) ?? [])];
  for (let room = queue.pop(); room !== undefined; room = queue.pop()) {
    if (room === goal) return true;
    if (seen.has(room)) continue;
    seen.add(room);
    queue.push(...(edges.get(room) ?? []));
  }
  return false;
}
