/** Measures the size of the bundles, and the time to load that of the extension. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { report, summarize } from './measure.ts';

for (const file of readdirSync('dist')
  .filter((name) => /\.(cjs|js|css)$/.test(name))
  .sort()) {
  const bytes = statSync(`dist/${file}`).size;
  const zipped = gzipSync(readFileSync(`dist/${file}`)).length;
  console.log(
    `dist/${file.padEnd(16)} ${(bytes / 1000).toFixed(1).padStart(8)} kB  ${(zipped / 1000).toFixed(1).padStart(8)} kB zipped`,
  );
}

/** The members of the VS Code API that the extension uses. */
const names = execFileSync('grep', ['-rhoE', String.raw`vscode\.[A-Za-z]+`, 'src/host'], { encoding: 'utf8' })
  .split('\n')
  .map((found) => found.slice('vscode.'.length));

/** Loads the extension's bundle in a fresh process with a stand-in for vscode, and times `require` and `activate` together. */
const script = `
const Module = require('node:module');
const anything = () => new Proxy(class {}, { set: () => true, get: (_t, key) => (key === Symbol.toPrimitive ? () => '' : key === 'prototype' ? {} : anything()), apply: () => anything(), construct: () => anything() });
const some = (own) => new Proxy(own, { get: (target, key) => (key in target ? target[key] : anything()) });
const section = { get: (_name, usual) => usual, inspect: () => undefined };
const workspace = some({ getConfiguration: () => section, workspaceFolders: undefined, findFiles: async () => [] });
const vscode = { __esModule: true, workspace, Uri: some({ file: (fsPath) => ({ fsPath }) }) };
// The bundle copies the names that are there.
for (const name of ${JSON.stringify(names)}) vscode[name] ??= anything();
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const began = performance.now();
const { activate } = require(process.cwd() + '/dist/extension.cjs');
activate({ subscriptions: [], extensionPath: process.cwd(), extensionUri: {}, globalState: { get: () => [] }, extension: { packageJSON: {} }, globalStorageUri: { fsPath: '/tmp/user/globalStorage/x' }, workspaceState: { get: () => ({}) } });
console.log(performance.now() - began);
process.exit(0);
`;
const samples: number[] = [];
for (let at = 0; at < 10; at++) {
  samples.push(Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })));
}
report(
  'load and activate the extension',
  summarize(samples),
  'goal: under 50 ms; in a real VS Code: npm run test:vscode',
);
