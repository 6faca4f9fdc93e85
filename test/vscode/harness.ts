/** An isolated VS Code for a test: a fresh profile with the packaged extension, a server on loopback, and a browser. */
import { type Browser, type BrowserContext, chromium as browsers, type Page } from 'playwright-core';
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
import { patiently } from '../support/patience.ts';
import { freePort, onExit, run, signalGroup, sleep, stopGroup } from '../support/processes/process.ts';
import { type CodeServer, root } from './install.ts';
import { EditorWindow } from './pages/window.ts';

/** A profile in a temporary folder: user data, extensions and a home folder. */
export interface Profile {
  readonly root: string;
  readonly user: string;
  readonly extensions: string;
}

/** A running server. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** The log file. */
  readonly log: string;
  /** Stops the server and all its processes. */
  stop(): Promise<void>;
}

/** Differences of a window's user settings from the default test settings. */
export interface SettingsOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default true. False leaves workspace trust on, so that an opened folder is in restricted mode. */
  readonly trusted?: boolean;
}

/** User settings that disable overlays (welcome page, trust dialog, chat), telemetry, network requests and background activity. */
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
  // Otherwise VS Code in a browser saves after a second, which races with tests of unsaved changes and of revert.
  'files.autoSave': 'off',
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  // A webview that gets the focus late, for example of an editor that was closed, would close the quick pick of the next command.
  'workbench.quickOpen.closeOnFocusLost': false,
  // Otherwise recently used commands are listed above better matches.
  'workbench.commandPalette.history': 0,
};

/** Creates a profile with the default test settings. */
export function makeProfile(): Profile {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'guardscope-vscode-')));
  const profile = { root, user: join(root, 'user'), extensions: join(root, 'extensions') };
  mkdirSync(join(profile.user, 'User'), { recursive: true });
  mkdirSync(profile.extensions);
  writeFileSync(join(root, 'config.yaml'), '');
  resetSettings(profile);
  return profile;
}

/** Writes the default test settings with the given differences; a window reads them when it opens. */
export function resetSettings(profile: Profile, { settings = {}, trusted = true }: SettingsOptions = {}): void {
  const restricted = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
  const all = { ...quietSettings, ...(trusted ? {} : restricted), ...settings };
  writeFileSync(join(profile.user, 'User', 'settings.json'), JSON.stringify(all, undefined, 2));
}

/** Copies a folder into the profile, so that a test can write to it; returns the path of the copy. */
export function copyWorkspace(profile: Profile, folder: string, name: string): string {
  const copy = join(profile.root, name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true, filter: (file) => !/\/(target|node_modules)$/.test(file) });
  return copy;
}

/** Makes an empty folder in the profile; returns its path. */
export function emptyWorkspace(profile: Profile, name: string): string {
  const folder = join(profile.root, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Adds an extension of the tests to a profile, in addition to the one under test. Call before the first start. */
export function addExtension(profile: Profile, folder: string): void {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const { publisher, name, version } = manifest;
  cpSync(folder, join(profile.extensions, `${publisher}.${name}-${version}`), { recursive: true });
}

/** Installs a packaged extension into the profile. */
export async function installVsix(server: CodeServer, profile: Profile, vsix: string): Promise<void> {
  const args = [server.entry, ...places(profile), '--install-extension', vsix];
  const { code, output } = await run(server.node, args, {
    env: environment(profile),
    signal: AbortSignal.timeout(patiently(120_000)),
  });
  if (code !== 0) throw new Error(`Installing ${vsix} failed:\n${output}`);
}

/** Starts the server on a free port of 127.0.0.1. Its processes end with `stop` or with this process. */
export async function startServer(
  server: CodeServer,
  profile: Profile,
  { options = [] }: { readonly options?: readonly string[] } = {},
): Promise<RunningServer> {
  const port = await freePort();
  const log = join(profile.root, 'server.log');
  const output = openSync(log, 'a');
  const args = [
    ...[server.entry, ...places(profile), '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy'],
    ...['--ignore-last-opened', ...options],
  ];
  const child = spawn(server.node, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment(profile) },
    detached: true,
  });
  closeSync(output);
  const forget = onExit(() => signalGroup(child, 'SIGKILL'));
  const stop = async (): Promise<void> => {
    await stopGroup(child);
    forget();
  };
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + patiently(60_000); !(await answers(`${url}/healthz`)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`The VS Code server did not start:\n${readFileSync(log, 'utf8')}`);
  }
  return { url, port, log, stop };
}

/** Starts a headless browser with a fresh profile and without background network requests. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  const args = [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ];
  return browsers.launch({ executablePath, headless: true, args });
}

/** The state that the windows of one user share: cache, storage and size. */
export async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patiently(30_000));
  return context;
}

/** Options for opening a window. */
export interface WindowOptions {
  /** Additional query parameters of the address. */
  readonly query?: Readonly<Record<string, string>>;
  /** Called with each line of the console. */
  readonly onConsole?: (line: string) => void;
  /** Called with the page before it loads anything. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Opens a folder in a new window and waits until the workbench is rendered. */
export async function openWindow(
  context: BrowserContext,
  server: RunningServer,
  folder: string,
  { query = {}, onConsole = () => undefined, prepare }: WindowOptions = {},
): Promise<EditorWindow> {
  const page = await context.newPage();
  page.on('console', (message) => onConsole(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => onConsole(`[error] ${error.message}`));
  await prepare?.(page);
  const address = `${server.url}/?${new URLSearchParams({ folder, ...query })}`;
  await page.goto(address, { waitUntil: 'domcontentloaded', timeout: patiently(60_000) });
  const window = new EditorWindow(page, folder);
  await window.ready();
  return window;
}

/** Removes a profile with all files that its VS Code wrote. */
export function removeProfile(profile: Profile): void {
  rmSync(profile.root, { recursive: true, force: true, maxRetries: 5 });
}

// Without --config the server writes to the home folder.
const places = (profile: Profile): readonly string[] => [
  ...['--config', join(profile.root, 'config.yaml'), '--user-data-dir', profile.user],
  ...['--extensions-dir', profile.extensions],
];

/** Isolates the server from the home folder, the extension gallery, and a VS Code that runs this process. */
function environment(profile: Profile): Record<string, string> {
  return {
    HOME: profile.root,
    XDG_CONFIG_HOME: join(profile.root, 'xdg-config'),
    XDG_DATA_HOME: join(profile.root, 'xdg-data'),
    XDG_CACHE_HOME: join(profile.root, 'xdg-cache'),
    // The folder for sockets, which would otherwise remain in the temporary folder.
    XDG_RUNTIME_DIR: profile.root,
    EXTENSIONS_GALLERY: '{}',
    VSCODE_IPC_HOOK_CLI: '',
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Packages the extension; returns the path of the VSIX. */
export async function packaged(): Promise<string> {
  const { code, output } = await run('npm', ['run', '--silent', 'package'], { cwd: root });
  if (code !== 0) throw new Error(`Packaging the extension failed:\n${output}`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return join(root, `guardscope-${version}.vsix`);
}
