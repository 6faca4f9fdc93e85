/** Builds every bundle of Guardscope from one table; `--watch` rebuilds on save, `--development` leaves names readable. */
import * as esbuild from 'esbuild';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--development');

const node = {
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The UMD builds that some packages name as `main` hide their imports from the bundler.
  mainFields: ['module', 'main'],
};

/** Bundles of their own that others load when they need them: `import('….ts')` of one becomes a `require` of the file beside. */
const loadedLater = {
  name: 'loaded-later',
  setup(build) {
    build.onResolve({ filter: /\/interactiveClient\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './interactiveClient.js', external: true } : undefined,
    );
  },
};

/** One row a bundle: what it is made of, where it runs, and what it must leave to its surroundings. */
const bundles = [
  { entryPoints: { extension: 'src/host/extension.ts' }, ...node, external: ['vscode'], plugins: [loadedLater] },
  { entryPoints: { worker: 'src/engine/runtime/worker/workerMain.ts' }, ...node },
  { entryPoints: { tapRecorder: 'src/engine/recording/recorder/tapRecorderMain.ts' }, ...node },
  { entryPoints: { cli: 'src/cli/main.ts' }, ...node, banner: { js: '#!/usr/bin/env node' }, plugins: [loadedLater] },
  // The client of the protocol's SDK is larger than all the rest, and few sessions need it.
  { entryPoints: { interactiveClient: 'src/engine/mcpClient/interactiveClient.ts' }, ...node },
  {
    entryPoints: { webview: 'webview/main.tsx', compose: 'webview/compose/main.tsx' },
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
  outdir: 'dist',
  minify: !development,
  keepNames: !development,
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

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const wanted = bundles.filter((bundle) => only === undefined || only in bundle.entryPoints);
const present = wanted.filter((bundle) => Object.values(bundle.entryPoints).every((file) => existsSync(file)));

if (watch) {
  const contexts = await Promise.all(present.map((bundle) => esbuild.context({ ...shared, ...bundle })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const results = await Promise.all(present.map((bundle) => esbuild.build({ ...shared, ...bundle })));
  writeFileSync('dist/THIRD-PARTY-NOTICES.txt', notices(bundledPackages(results.map((result) => result.metafile))));
}

/** The folders of the packages whose code ended up in a bundle; what was shaken out entirely is not among them. */
function bundledPackages(metafiles) {
  const files = metafiles
    .flatMap((metafile) => Object.values(metafile.outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, input]) => input.bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(files.filter((folder) => folder !== undefined))].sort((a, b) => (a < b ? -1 : 1));
}

/** The notices of all bundled packages: name, version and licence text. Throws for a licence that nobody has agreed to. */
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

/** What a package says about its terms in its own files; a package under MIT that ships no text gets the standard one. */
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
