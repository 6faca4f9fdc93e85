/** How large the bundles are, and how long it takes to load the extension's. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { report, time } from './measure.ts';

for (const file of readdirSync('dist')
  .filter((name) => /\.(js|css)$/.test(name))
  .sort()) {
  const bytes = statSync(`dist/${file}`).size;
  const zipped = gzipSync(readFileSync(`dist/${file}`)).length;
  console.log(
    `dist/${file.padEnd(16)} ${(bytes / 1000).toFixed(1).padStart(8)} kB  ${(zipped / 1000).toFixed(1).padStart(8)} kB zipped`,
  );
}

/** Loads the extension's bundle in a fresh process with a stand-in for vscode, and times `require` and `activate` together. */
const script = `
const Module = require('node:module');
const anything = () => new Proxy(function () {}, { get: (_t, key) => (key === Symbol.toPrimitive ? () => '' : anything()), apply: () => anything(), construct: () => anything() });
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? anything() : load(name, ...rest));
const began = performance.now();
const { activate } = require(process.cwd() + '/dist/extension.js');
activate({ subscriptions: [], extensionPath: process.cwd(), extensionUri: {}, workspaceState: { get: () => ({}) } });
console.log(performance.now() - began);
process.exit(0);
`;
const samples: number[] = [];
for (let at = 0; at < 10; at++)
  samples.push(Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })));
void time(0, 0, () => undefined).then(() => {
  const sorted = samples.sort((a, b) => a - b);
  const median = sorted[5] ?? NaN;
  report(
    'load and activate the extension',
    { median, min: sorted[0] ?? NaN, p90: sorted[8] ?? NaN, runs: sorted.length },
    'goal: under 50 ms; in a real VS Code see test/vscode',
  );
});
