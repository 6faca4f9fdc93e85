/** Enforces the arrows between rooms, the purity of core, and the form of every file; src/README.md explains the rules. */
import { describe, expect, it } from 'vitest';
import { arrows, longFiles, packages, withoutNode, withoutVscode } from './support/structure/rooms.ts';
import { sourceFiles } from './support/structure/sourceFiles.ts';
import {
  circles,
  doubledExports,
  fileGraph,
  fullFolders,
  needsNode,
  roomGraph,
  roomOf,
} from './support/structure/structure.ts';
import { readFileSync } from 'node:fs';
import { repoPath } from './support/paths.ts';
import { proves } from './support/proves.ts';

const files = sourceFiles('src', 'webview');
const rooms = Object.keys(arrows);
const lineLimit = 300;
const folderLimit = 20;
const regularFiles = 'src/engine/files/regularFile.ts';
/** Files that open what this program writes itself, and why. */
const ownFiles: Readonly<Record<string, string>> = {
  'src/engine/recording/recorder/captureFile.ts': 'opens the capture for appending; --out may be a pipe',
  'src/engine/session/recordStore.ts': 'creates a private temporary file, and reads its descriptor',
  'src/engine/traceFiles/fileLineStore.ts': 'reads a descriptor that it gets from the one place',
};

/** Files with an object literal that has a getter, and how many of them there are. */
const getterLiterals: Readonly<Record<string, string>> = {
  'src/engine/recording/recorder/recordingLoop.ts': 'one for each recorder process',
  'src/host/panel/panelLink.ts': 'one for each panel',
};

describe('architecture', () => {
  it('finds the source files', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(files.length);
  });

  it('has a room for every file', () => {
    expect(files.map((file) => file.path).filter((path) => roomOf(path, rooms) === undefined)).toEqual([]);
  });

  it('has a row for every folder beside other rooms', () => {
    const parents = new Set(rooms.map((room) => room.slice(0, room.lastIndexOf('/'))));
    const folders = new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
    const silent = [...folders].filter(
      (folder) => !rooms.includes(folder) && parents.has(roomOf(`${folder}/`, rooms) ?? ''),
    );
    expect(silent.map((folder) => `${folder} is not a room: give it a row in test/support/structure/rooms.ts`)).toEqual(
      [],
    );
  });

  it('imports only along the arrows', () => {
    proves('own:arrows');
    const wrong = files.flatMap(({ path, imports }) => {
      const room = roomOf(path, rooms) ?? '';
      const allowed = arrows[room] ?? [];
      return imports
        .filter((target) => target.startsWith('src/') || target.startsWith('webview/'))
        .filter((target) => roomOf(target, rooms) !== room && !allowed.some((prefix) => target.startsWith(prefix)))
        .map(
          (target) =>
            `${path} → ${target}: ${room} may import ${allowed.join(', ') || 'nothing'} (test/support/structure/rooms.ts)`,
        );
    });
    expect(wrong).toEqual([]);
  });

  it('imports packages only as the table allows, and Node only outside core and webview', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const room = roomOf(path, rooms) ?? '';
      const pure = room.startsWith('src/core') || room === 'webview';
      return imports
        .filter((target) => !target.startsWith('src/') && !target.startsWith('webview/'))
        .filter((target) => (target.startsWith('node:') ? pure : !packages[room]?.includes(target)))
        .map((target) => `${path} → ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('has no import cycle between rooms', () => {
    expect(circles(roomGraph(files, rooms))).toEqual([]);
  });

  it('has no import cycle between files, including types', () => {
    expect(circles(fileGraph(files))).toEqual([]);
  });

  it('uses every arrow in its table', () => {
    const graph = roomGraph(files, rooms);
    const unused = Object.entries(arrows).flatMap(([room, targets]) =>
      targets.filter((target) => graph.get(room)?.has(target) !== true).map((target) => `${room} → ${target}`),
    );
    expect(unused).toEqual([]);
  });

  it(`keeps folders at ${folderLimit} files or fewer`, () => {
    expect(fullFolders([...files, ...sourceFiles('test')], folderLimit)).toEqual([]);
  });

  it('exports every name from one file only', () => {
    expect(doubledExports(files)).toEqual([]);
  });

  it('has no file in engine that could be in core, and no file in host that could be in engine', () => {
    const listed = (path: string, table: Readonly<Record<string, string>>): boolean =>
      Object.keys(table).some((prefix) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix)));
    const pure = files
      .filter((file) => file.path.startsWith('src/engine/') && !needsNode(file) && !listed(file.path, withoutNode))
      .map(
        ({ path }) =>
          `${path}: uses nothing of Node; move it to src/core, or list it in withoutNode (test/support/structure/rooms.ts)`,
      );
    const free = files
      .filter(
        ({ path, imports }) =>
          path.startsWith('src/host/') && !imports.includes('vscode') && !listed(path, withoutVscode),
      )
      .map(
        ({ path }) =>
          `${path}: does not import vscode; move it to src/engine, or list it in withoutVscode (test/support/structure/rooms.ts)`,
      );
    expect([...pure, ...free]).toEqual([]);
  });

  it('begins every file with one sentence that says what it is', () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?(\/\*\* @jsx.*\n)?\/\*\*[\s\S]{20,}?\*\//.test(text));
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  it(`keeps files under ${lineLimit} lines`, () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ path, lines }) => lines > lineLimit && longFiles[path] === undefined);
    expect(long).toEqual([]);
  });

  it('has no default export, no barrel, no enum and no suppressed type check', () => {
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

  it('has no getter in an object literal that is made more than a few times', () => {
    // V8 makes a hidden class for each evaluation, which keeps all that the getter can reach until the next full garbage collection: with
    // one for each HTTP body, a tap copied whole exchanges in pauses of 5 to 9 ms instead of 0.3 ms.
    const inLiteral = /^ {4,}[gs]et \w+\(\w*\)(?:: [^{]+)? \{$/m;
    const found = files.filter(({ text }) => inLiteral.test(text)).map(({ path }) => path);
    expect(found).toEqual(Object.keys(getterLiterals));
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

  it('opens files for reading in one place only', () => {
    proves('own:regular-files');
    const readers = /\b(?:readFile|readFileSync|createReadStream|openSync|openAsBlob|readv?Sync|fs\.promises)\b/;
    const wrong = files
      .filter(
        ({ path, text }) =>
          path.startsWith('src/') && path !== regularFiles && ownFiles[path] === undefined && readsFiles(text),
      )
      .map(({ path }) => `${path}: read it with ${regularFiles}`);
    expect(wrong).toEqual([]);

    function readsFiles(text: string): boolean {
      const imports = [...text.matchAll(/import \{([^}]*)\} from 'node:fs(?:\/promises)?'/g)].map(
        ([, names = '']) => names,
      );
      return (
        /import \* as \w+ from 'node:fs|require\('(?:node:)?fs/.test(text) ||
        imports.some((names) => readers.test(names) || /(?:^|[\s,])open(?:[\s,]|$)/.test(names))
      );
    }
  });

  it('describes every room in the map', () => {
    const map = readFileSync(repoPath('src/README.md'), 'utf8');
    const missing = Object.keys(arrows).filter((room) => !map.includes(`\`${room.replace('src/', '')}\``));
    expect(missing.map((room) => `${room} has no row in a table of rooms in src/README.md`)).toEqual([]);
  });
});
