/**
 * Tests Guardscope in a real VS Code: `node test/vscode/run.mjs [--vsix FILE] [--results FILE] [SPEC…]`.
 * A SPEC is a part of a spec's file name, or `host` for the tests inside the extension host; without any, all run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../support/process.mjs';
import { launchBrowser } from './harness.mjs';
import { runHostTests } from './hostTests.mjs';
import { chromium, codeServer, root } from './install.mjs';
import { loadSpecs, runSpec } from './specs.mjs';

const { values, positionals } = parseArgs({
  options: { vsix: { type: 'string' }, results: { type: 'string' } },
  allowPositionals: true,
});
const say = (sentence) => console.log(sentence);

const results = [];
try {
  const vsix = values.vsix ?? (await packaged());
  const wanted = positionals.filter((name) => name !== 'host');
  if (wanted.length > 0 || positionals.length === 0) results.push(...(await specResults(vsix, wanted)));
  if (positionals.length === 0 || positionals.includes('host')) results.push(...(await runHostTests(say)));
} catch (error) {
  results.push({ name: 'VS Code comes up', ok: false, error: error.message });
  say(`  FAILED VS Code comes up\n    ${error.message}`);
}
const passed = results.filter((result) => result.ok).length;
const failed = results.length - passed;
if (values.results !== undefined) writeFileSync(values.results, JSON.stringify(results, undefined, 2));
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function specResults(vsix, names) {
  const server = await codeServer(say);
  const browser = await launchBrowser(await chromium(say));
  const all = [];
  try {
    for (const spec of await loadSpecs(names)) {
      all.push(...(await steadyResults(spec, { browser, server, vsix, say })));
    }
  } finally {
    await browser.close();
  }
  return all;
}

/**
 * A spec that fails is run once more, in a window of its own, and said so: on a busy machine an editor in a browser now and then loses a click
 * or a focus. What is broken fails twice.
 */
async function steadyResults(spec, world) {
  const first = await runSpec(spec, world);
  const failed = first.filter((result) => !result.ok);
  if (failed.length === 0) return first;
  say(`  again: "${spec.title}", of which ${failed.length} failed`);
  return runSpec(spec, world);
}

async function packaged() {
  const { code, output } = await run('npm', ['run', '--silent', 'package'], { cwd: root });
  if (code !== 0) throw new Error(`the extension could not be packaged:\n${output}`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, `guardscope-${version}.vsix`);
}
