/** Runs the specs: each `*.spec.mjs` is a title and a list of checks that share one window of a VS Code of their own. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { copyWorkspace, installVsix, makeProfile, openWindow, removeProfile, startServer } from './harness.mjs';
import { root } from './install.mjs';

const folder = join(root, 'test', 'vscode');
const sample = join(root, 'media', 'samples', 'files-and-memory');

/** One check must end within this many milliseconds. */
const checkLimit = 90_000;

/** All specs, or those whose file name contains one of `names`. */
export async function loadSpecs(names) {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.spec.mjs'))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .sort();
  return Promise.all(files.map(async (file) => ({ file, ...(await import(pathToFileURL(join(folder, file)).href)) })));
}

/**
 * Runs one spec and gives a result per check: `{ name, ok, error?, seconds }`. A check that fails does not stop the next
 * ones, because they say how far the damage goes. `say` gets a line per check.
 */
export async function runSpec(spec, { browser, server, vsix, say }) {
  const profile = makeProfile(spec.options);
  const results = [];
  const console = [];
  let running;
  let window;
  try {
    const workspace = copyWorkspace(profile, sample);
    await spec.prepare?.({ profile, workspace });
    await installVsix(server, profile, vsix);
    running = await startServer(server, profile);
    window = await openWindow(browser, running, workspace, { onConsole: (line) => console.push(line) });
    const editor = { window, profile, workspace, console };
    for (const [name, check] of spec.checks) {
      const started = Date.now();
      const result = { name: `${spec.title}: ${name}`, ok: true };
      try {
        await within(checkLimit, check(editor));
      } catch (error) {
        result.ok = false;
        result.error = error.stack ?? String(error);
        // What comes after a failure may wait for what will never come.
        window.page.setDefaultTimeout(5_000);
        result.picture = await window.screenshot(`failed-${slug(result.name)}`).catch(() => undefined);
      }
      result.seconds = (Date.now() - started) / 1000;
      results.push(result);
      say(line(result));
    }
  } catch (error) {
    // VS Code itself did not come up: none of the checks could be made.
    const missed = spec.checks.slice(results.length);
    for (const [name] of missed) {
      const result = { name: `${spec.title}: ${name}`, ok: false, error: error.stack ?? String(error), seconds: 0 };
      results.push(result);
      say(line(result));
    }
  } finally {
    await window?.close().catch(() => {});
    await running?.stop();
    removeProfile(profile);
  }
  return results;
}

const line = ({ name, ok, error, picture, seconds }) =>
  `${ok ? '  ok    ' : '  FAILED'} ${name} (${seconds.toFixed(1)} s)` +
  (ok ? '' : `\n${indent(error)}${picture === undefined ? '' : `\n    picture: ${picture}`}`);

const indent = (text) => stripVTControlCharacters(text).split('\n').slice(0, 20).join('\n').replace(/^/gm, '    ');

const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80);

function within(limit, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
