/**
 * `npm start`: builds, replays the sample session in the terminal, then opens VS Code with the extension and the sample.
 * With `--headless` it ends after the printed decisions.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onExit, run, which } from '../support/processes/process.ts';
import { installVsix, makeProfile, removeProfile, startServer } from './harness.ts';
import { codeServer, desktopFromEnvironment, root } from './install.ts';

const sample = join('media', 'samples', 'files-and-memory');

try {
  build();
  replaySample();
  if (!process.argv.includes('--headless')) await openEditor(await packageExtension());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function build(): void {
  if (!existsSync(join(root, 'node_modules', 'esbuild')))
    throw new Error('Run `npm ci` first: the build needs its packages');
  inherit('the build', ['esbuild.mjs']);
}

/** Prints the decisions of the sample session with the sample's guard and policy. */
function replaySample(): void {
  const trace = join(sample, 'trace.guardtrace.jsonl');
  const args = ['replay', trace, '--guard', join(sample, 'guard.wasm'), '--policy', join(sample, 'policy.json')];
  console.log(`$ guardscope ${args.join(' ')}\n`);
  inherit('the replay of the sample', [join('dist', 'cli.js'), ...args]);
}

function inherit(what: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${what} failed (exit code ${status})`);
}

async function packageExtension(): Promise<string> {
  const { code, output } = await run('npm', ['run', '--silent', 'package'], { cwd: root });
  if (code !== 0) throw new Error(`the extension could not be packaged:\n${output}`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const vsix = join(root, `guardscope-${version}.vsix`);
  console.log(`\nPackaged: ${vsix}`);
  return vsix;
}

/** Opens the desktop VS Code if it is installed, otherwise code-server in a browser. */
async function openEditor(vsix: string): Promise<void> {
  const desktop = desktopFromEnvironment() ?? which('code') ?? which('codium');
  if (desktop === undefined) await serve(vsix);
  else {
    // A development window loads the extension without installing it into the user's profile.
    const args = [`--extensionDevelopmentPath=${root}`, '--new-window', join(root, sample)];
    console.log(`Opening ${desktop} with the extension and the sample.`);
    const { status } = spawnSync(desktop, args, { stdio: 'inherit', shell: process.platform === 'win32' });
    if (status !== 0) throw new Error(`${desktop} could not be opened (exit code ${status})`);
  }
}

/** Serves VS Code with the packaged extension until Ctrl-C. */
async function serve(vsix: string): Promise<void> {
  console.log('No desktop VS Code was found; serving one for the browser.');
  const server = await codeServer((sentence) => console.log(sentence));
  const profile = makeProfile();
  onExit(() => removeProfile(profile));
  await installVsix(server, profile, vsix);
  const { url } = await startServer(server, profile);
  console.log(`\nOpen ${url}/?${new URLSearchParams({ folder: join(root, sample) })}`);
  console.log('Then run “Guardscope: Open Trace…” from the palette (F1). Ctrl-C stops the server.');
  await new Promise(() => {
    // Ctrl-C ends it; a promise alone would not keep the process alive.
    setInterval(() => {}, 60_000);
  });
}
