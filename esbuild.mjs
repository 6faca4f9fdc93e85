/**
 * Builds every bundle of Guardscope from one table: `--watch` rebuilds on save, `--development` keeps names readable,
 * `--only=NAME,NAME` builds some, `--outdir=FOLDER` puts them elsewhere than `dist`.
 */
import * as esbuild from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--development');
const option = (name) => process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
const outdir = option('outdir') ?? 'dist';

const node = {
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The UMD builds that some packages name as `main` hide their imports from the bundler.
  mainFields: ['module', 'main'],
};

/** Bundles that others load on demand: `import('….ts')` of one becomes a `require` of the bundle beside the importer. */
const loadedLater = {
  name: 'loaded-later',
  setup(build) {
    build.onResolve({ filter: /\/interactiveClient\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './interactiveClient.js', external: true } : undefined,
    );
  },
};

/** The tables of redaction are large, so the bundles that need them share one bundle of them. */
const redactionBeside = {
  name: 'redaction-beside',
  setup(build) {
    build.onResolve({ filter: /\/redaction\.ts$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: './redaction.js', external: true } : undefined,
    );
  },
};

/**
 * The files of `src/core` that the worker needs. The extension and the command line need them too, so the three share one bundle of
 * them; its names are unique (test/architecture.test.ts), so it exports them all.
 */
const sharedCore = await filesBelow('src/core', 'src/engine/sessionWorker/worker/sessionMain.ts');

/** What the extension and the command line both need beside that: it is a third of each, and stands in one bundle, too. */
const sharedByDoors = await filesOfBoth('src/host/extension.ts', 'src/cli/main.ts');

const coreBeside = {
  name: 'core-beside',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir, importer }) => {
      const isShared = sharedCore.has(resolve(resolveDir, path)) && !sharedCore.has(importer);
      return kind === 'import-statement' && isShared ? { path: './core.js', external: true } : undefined;
    });
  },
};

const doorsBeside = {
  name: 'doors-beside',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir, importer }) => {
      const isShared = sharedByDoors.has(resolve(resolveDir, path)) && !sharedByDoors.has(importer);
      return kind === 'import-statement' && isShared ? { path: './doors.js', external: true } : undefined;
    });
  },
};

/** The entry of a shared bundle, which exports all of its files. */
function allOf(name, files) {
  return {
    name,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      build.onLoad({ filter: /.*/, namespace: name }, () => ({
        contents: [...files].map((file) => `export * from ${JSON.stringify(file)};`).join('\n'),
        loader: 'ts',
        resolveDir: '.',
      }));
    },
  };
}

/** One row per bundle: its entry file, where it runs, and what its surroundings provide. */
const bundles = [
  {
    entryPoints: { extension: 'src/host/extension.ts' },
    ...node,
    external: ['vscode'],
    plugins: [loadedLater, redactionBeside, coreBeside, doorsBeside],
    // VS Code imports the `main` of a manifest with `"type": "module"` as ESM unless its name ends in .cjs.
    outExtension: { '.js': '.cjs' },
  },
  { entryPoints: { worker: 'src/engine/sessionWorker/worker/sessionMain.ts' }, ...node, plugins: [coreBeside] },
  { entryPoints: { core: 'all-of-core' }, ...node, plugins: [allOf('all-of-core', sharedCore)] },
  {
    entryPoints: { doors: 'all-of-doors' },
    ...node,
    plugins: [allOf('all-of-doors', sharedByDoors), loadedLater, redactionBeside, coreBeside],
  },
  {
    entryPoints: { tapRecorder: 'src/engine/recording/recorder/tapRecorderMain.ts' },
    ...node,
    plugins: [redactionBeside],
  },
  {
    entryPoints: { cli: 'src/cli/main.ts' },
    ...node,
    banner: { js: '#!/usr/bin/env node' },
    plugins: [loadedLater, redactionBeside, coreBeside, doorsBeside],
  },
  { entryPoints: { redaction: 'src/core/redaction/redaction.ts' }, ...node },
  // For tests that run command lines in their own process; only built on request.
  {
    entryPoints: { commandLine: 'src/cli/commandLine.ts' },
    ...node,
    plugins: [loadedLater, redactionBeside, coreBeside, doorsBeside],
  },
  // The client of the protocol's SDK is larger than all the rest, and few sessions need it.
  { entryPoints: { interactiveClient: 'src/engine/mcpClient/interactiveClient.ts' }, ...node },
  {
    entryPoints: { webview: 'webview/main.ts' },
    platform: 'browser',
    format: 'iife',
    target: 'chrome130',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'text' },
  },
];

const shared = {
  bundle: true,
  outdir,
  minify: !development,
  sourcemap: development ? 'linked' : false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'silent' },
};

/** Licences whose terms a bundle meets by carrying their text. */
const agreedLicences = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
]);

const only = option('only')?.split(',');
const wanted = bundles.filter(({ entryPoints }) =>
  only === undefined ? !('commandLine' in entryPoints) : only.some((name) => name in entryPoints),
);
const needs = (beside) => wanted.some(({ plugins = [] }) => plugins.includes(beside));
const needed = { core: needs(coreBeside), doors: needs(doorsBeside) };
const chosen = bundles.filter(
  (bundle) => wanted.includes(bundle) || Object.keys(needed).some((name) => needed[name] && name in bundle.entryPoints),
);

// The bundles are CommonJS below a manifest that says `"type": "module"`; this file lets Node read their `.js` as such.
mkdirSync(outdir, { recursive: true });
writeFileSync(join(outdir, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);

if (watch) {
  const announce = announcer();
  const contexts = await Promise.all(
    chosen.map(({ plugins = [], ...bundle }) =>
      esbuild.context({ ...shared, ...bundle, plugins: [...plugins, announce], logLevel: 'silent' }),
    ),
  );
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const results = await Promise.all(chosen.map((bundle) => esbuild.build({ ...shared, ...bundle })));
  const packages = bundledPackages(results.map((result) => result.metafile));
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), notices(packages));
}

/**
 * Prints one line when the first bundle starts to build, one when the last is done, and one per problem. The problem matcher
 * of .vscode/tasks.json reads these lines.
 */
function announcer() {
  let running = 0;
  const report = (severity, { text, location }) => {
    const place = location === null ? '' : `${location.file}:${location.line}:${location.column + 1}: `;
    console.log(`[build] ${place}${severity}: ${text}`);
  };
  return {
    name: 'announcer',
    setup(build) {
      build.onStart(() => {
        if (running++ === 0) console.log('[build] started');
      });
      build.onEnd(({ errors, warnings }) => {
        for (const error of errors) report('error', error);
        for (const warning of warnings) report('warning', warning);
        if (--running === 0) console.log('[build] finished');
      });
    },
  };
}

/**
 * The files of the source that the bundles of two entry files both contain, without those of `core.js`. What such a file imports is there,
 * too, although one of the bundles may not need it, so that no module has two instances.
 */
async function filesOfBoth(one, other) {
  const [first, second] = await Promise.all([one, other].map((entry) => filesBelow('src', entry)));
  const both = new Set([...first].filter((file) => second.has(file) && !sharedCore.has(file)));
  const all = await filesBelow('src', 'all-of-both', [allOf('all-of-both', both)]);
  return new Set([...all].filter((file) => !sharedCore.has(file)));
}

/** The files below a folder that a bundle of an entry file contains, sorted. */
async function filesBelow(folder, entry, plugins = []) {
  const { metafile } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    external: ['vscode'],
    plugins: [...plugins, loadedLater, redactionBeside],
    logOverride: { 'empty-import-meta': 'silent' },
    ...node,
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(
    files
      .map(([file]) => resolve(file))
      .filter((file) => file.startsWith(resolve(folder) + sep))
      .sort((a, b) => (a < b ? -1 : 1)),
  );
}

/** The folders of the packages that a bundle contains code of; packages that tree shaking removed entirely are not listed. */
function bundledPackages(metafiles) {
  const files = metafiles
    .flatMap((metafile) => Object.values(metafile.outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, input]) => input.bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(files.filter((folder) => folder !== undefined))].sort((a, b) => (a < b ? -1 : 1));
}

/** The notices of all bundled packages: name, version and licence text. Throws for a licence outside `agreedLicences`. */
function notices(folders) {
  const sections = folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const licence = manifest.license;
    if (!agreedLicences.has(licence)) {
      throw new Error(
        `${manifest.name} ${manifest.version} is bundled under ${JSON.stringify(licence)}, which is not among the agreed ` +
          `licences (${[...agreedLicences].join(', ')}); see esbuild.mjs`,
      );
    }
    return `${manifest.name} ${manifest.version} (${licence})\n\n${licenceText(folder, manifest)}`;
  });
  const opening = 'Guardscope bundles code of the following packages.';
  return `${[opening, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The licence files of a package; a package under MIT that ships no licence file gets the standard text. */
function licenceText(folder, manifest) {
  const texts = [/^(licen[cs]e|copying)([.-]|$)/i, /^notices?(\.|$)/i]
    .flatMap((pattern) => readdirSync(folder).filter((name) => pattern.test(name)))
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  if (texts.length > 0) return texts.join('\n\n');
  const holder = manifest.author?.name ?? manifest.author;
  if (manifest.license !== 'MIT' || holder === undefined) {
    throw new Error(`${manifest.name} ${manifest.version} is bundled, but its package holds no licence text`);
  }
  return readFileSync('LICENSE', 'utf8')
    .replace(/Copyright \(c\) .*/, `Copyright (c) ${holder}`)
    .trim();
}
