/** A VS Code of its own for a test: a fresh profile with the packaged extension in it, a server on loopback, and the browser that shows it. */
import { chromium as browsers } from 'playwright-core';
import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, onExit, run, sleep, stopGroup } from '../support/process.mjs';
import { EditorWindow } from './window.mjs';

/** User settings that silence what would lie over the window: welcome page, trust dialog, chat, telemetry, update and gallery look-ups. */
const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'window.autoDetectColorScheme': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'files.simpleDialog.enable': true,
};

/**
 * A profile in a temporary folder: user data, extensions and a home for nothing else.
 * `trusted: false` leaves workspace trust on, so that an opened folder is in restricted mode.
 */
export function makeProfile({ settings = {}, trusted = true } = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'guardscope-vscode-')));
  const profile = { root, user: join(root, 'user'), extensions: join(root, 'extensions'), trusted };
  mkdirSync(join(profile.user, 'User'), { recursive: true });
  mkdirSync(profile.extensions);
  writeFileSync(join(root, 'config.yaml'), '');
  const restricted = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
  writeSettings(profile, { ...quietSettings, ...(trusted ? {} : restricted), ...settings });
  return profile;
}

/** Copies a folder into the profile, so that a test may write into it; gives the copy's path. */
export function copyWorkspace(profile, folder, name = 'workspace') {
  const copy = join(profile.root, name);
  cpSync(folder, copy, { recursive: true, filter: (file) => !/\/(target|node_modules)$/.test(file) });
  return copy;
}

/** Puts an extension of the tests into a profile, beside the one under test. Before the first start. */
export function addExtension(profile, folder) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  cpSync(folder, join(profile.extensions, `${publisher}.${name}-${version}`), { recursive: true });
}

/** Sets user settings of a profile, also while its window is open: VS Code watches the file. */
export function changeSettings(profile, settings) {
  const before = JSON.parse(readFileSync(settingsFile(profile), 'utf8'));
  writeSettings(profile, { ...before, ...settings });
}

/** Installs a packaged extension into the profile, as a user would. */
export async function installVsix(server, profile, vsix) {
  const args = [server.entry, ...places(profile), '--install-extension', vsix];
  const { code, output } = await run(server.node, args, { env: environment(profile), timeout: 60_000 });
  if (code !== 0) throw new Error(`${vsix} could not be installed:\n${output}`);
}

/** Starts the server on a free port of 127.0.0.1; gives `{ url, port, stop }`. Nothing of it outlives `stop` or this process. */
export async function startServer(server, profile, { env = {}, options = [] } = {}) {
  const port = await freePort();
  const log = join(profile.root, 'server.log');
  const output = openSync(log, 'a');
  const args = [
    ...[server.entry, ...places(profile), '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy'],
    ...['--ignore-last-opened', ...(profile.trusted ? ['--disable-workspace-trust'] : []), ...options],
  ];
  const child = spawn(server.node, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment(profile), ...env },
    detached: true,
  });
  closeSync(output);
  const forget = onExit(() => killGroup(child));
  const stop = async () => {
    await stopGroup(child);
    forget();
  };
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 60_000; !(await answers(`${url}/healthz`)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`The VS Code server did not come up:\n${readFileSync(log, 'utf8')}`);
  }
  return { url, port, log, stop };
}

/** Starts a headless browser with a fresh profile that asks nothing of the outside. */
export function launchBrowser(executablePath) {
  const args = [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ];
  return browsers.launch({ executablePath, headless: true, args });
}

/** Opens a folder in a new window and waits until the workbench is drawn. */
export async function openWindow(browser, server, folder, { query = {}, onConsole = () => {}, prepare } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('console', (message) => onConsole(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => onConsole(`[error] ${error.message}`));
  await prepare?.(page);
  const address = `${server.url}/?${new URLSearchParams({ folder, ...query })}`;
  await page.goto(address, { waitUntil: 'domcontentloaded', timeout: 60_000 });
  const window = new EditorWindow(page, folder);
  await window.ready();
  return window;
}

/** Removes a profile and all that its VS Code wrote. */
export const removeProfile = (profile) => rmSync(profile.root, { recursive: true, force: true, maxRetries: 5 });

const settingsFile = (profile) => join(profile.user, 'User', 'settings.json');

function writeSettings(profile, settings) {
  writeFileSync(settingsFile(profile), JSON.stringify(settings, undefined, 2));
}

// Without --config it would write into the home folder.
const places = (profile) => [
  ...['--config', join(profile.root, 'config.yaml'), '--user-data-dir', profile.user],
  ...['--extensions-dir', profile.extensions],
];

/** Keeps the server out of the home folder, off the gallery, and away from a VS Code that this runs inside of. */
function environment(profile) {
  return {
    HOME: profile.root,
    XDG_CONFIG_HOME: join(profile.root, 'xdg-config'),
    XDG_DATA_HOME: join(profile.root, 'xdg-data'),
    XDG_CACHE_HOME: join(profile.root, 'xdg-cache'),
    // Where its sockets go; they would stay behind in the temporary folder.
    XDG_RUNTIME_DIR: profile.root,
    EXTENSIONS_GALLERY: '{}',
    VSCODE_IPC_HOOK_CLI: '',
  };
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
