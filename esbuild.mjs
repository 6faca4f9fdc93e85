/** Builds every bundle of Guardscope from one table; `--watch` rebuilds on save, `--development` leaves names readable. */
import * as esbuild from 'esbuild';
import { existsSync } from 'node:fs';

const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--development');

const node = {
  platform: 'node',
  format: 'cjs',
  target: 'node20',
};

/** One row a bundle: what it is made of, where it runs, and what it must leave to its surroundings. */
const bundles = [
  { entryPoints: { extension: 'src/host/extension.ts' }, ...node, external: ['vscode'] },
  { entryPoints: { worker: 'src/engine/runtime/workerMain.ts' }, ...node },
  { entryPoints: { cli: 'src/cli/main.ts' }, ...node, banner: { js: '#!/usr/bin/env node' } },
  {
    entryPoints: { webview: 'webview/main.tsx' },
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

const present = bundles.filter((bundle) => Object.values(bundle.entryPoints).every((file) => existsSync(file)));

if (watch) {
  const contexts = await Promise.all(present.map((bundle) => esbuild.context({ ...shared, ...bundle })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(present.map((bundle) => esbuild.build({ ...shared, ...bundle })));
}
