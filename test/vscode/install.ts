/** Finds or installs the programs for the tests in a real editor: code-server (VS Code on a server) and Chromium. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isExecutable, run, sleep, which } from '../support/processes/process.ts';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Receives a sentence about the current step. */
export type Say = (sentence: string) => void;

/** An installed code-server: its Node executable and its entry script. */
export interface CodeServer {
  readonly node: string;
  readonly entry: string;
}

const silent: Say = () => undefined;

const versions = { 'code-server': '4.139.1', node: '24.21.0' };

/** Bundled extensions and packages (by path prefix) that the tests do not use; they make up a third of the size. */
const unused = [
  'node_modules/@github/copilot',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
];

/** A desktop VS Code named by `GUARDSCOPE_VSCODE`, or undefined when it is not set. A path that is not executable is an error. */
export function desktopFromEnvironment(): string | undefined {
  const named = process.env['GUARDSCOPE_VSCODE'];
  if (named === undefined || named === '') return undefined;
  const file = isExecutable(named) ? named : which(named);
  if (file === undefined)
    throw new Error(`GUARDSCOPE_VSCODE is ${JSON.stringify(named)}, which is not an executable file`);
  return file;
}

/**
 * The installed code-server. Installed on first use into
 * `.vscode-test/code-server` (or `GUARDSCOPE_CODE_SERVER`), which takes one to two minutes and the npm registry.
 */
export async function codeServer(say: Say = silent): Promise<CodeServer> {
  const folder = process.env['GUARDSCOPE_CODE_SERVER'] ?? join(root, '.vscode-test', 'code-server');
  const found = {
    node: join(folder, 'node_modules', nodePackage(), 'bin', 'node'),
    entry: join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
  const stamp = join(folder, 'installed.json');
  const wanted = JSON.stringify({ ...versions, recipe: 3 });
  const ready = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && isExecutable(found.node);
  if (ready()) return found;
  const unlock = await lock(`${folder}.lock`, say);
  try {
    if (ready()) return found;
    say(`installing code-server ${versions['code-server']} into ${folder} (once; one to two minutes)`);
    const started = Date.now();
    rmSync(folder, { recursive: true, force: true });
    await install(folder, `${folder}.log`);
    writeFileSync(stamp, wanted);
    say(`code-server is installed (${((Date.now() - started) / 1000).toFixed(0)} s)`);
    return found;
  } finally {
    unlock();
  }
}

/** The path of Chromium or Chrome; installs Debian's package when the process runs as root and apt-get exists. */
export async function chromium(say: Say = silent): Promise<string> {
  const named = process.env['GUARDSCOPE_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named))
      throw new Error(`GUARDSCOPE_CHROMIUM is ${JSON.stringify(named)}, which is not an executable file`);
    return named;
  }
  const found = findChromium();
  if (found !== undefined) return found;
  const advice =
    'install Chromium or Chrome (Debian and Ubuntu: apt-get install chromium), or name one in GUARDSCOPE_CHROMIUM';
  if (process.getuid?.() !== 0 || which('apt-get') === undefined) throw new Error(`No Chromium was found: ${advice}`);
  say('installing Chromium with apt-get (once)');
  const started = Date.now();
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const updated = await run('apt-get', ['update', '-q'], { env });
  const installed = await run(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    { env },
  );
  const file = findChromium();
  if (file === undefined) {
    throw new Error(`apt-get could not install Chromium; ${advice}\n${lastLines(updated.output + installed.output)}`);
  }
  say(`Chromium is installed (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  return file;
}

function findChromium(): string | undefined {
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  if (process.platform === 'darwin' && isExecutable(mac)) return mac;
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']
    .map((name) => (isExecutable(`/usr/bin/${name}`) ? `/usr/bin/${name}` : which(name)))
    .find((file) => file !== undefined);
}

/** The npm package with a Node executable for this machine. */
function nodePackage(): string {
  const name = `${process.platform}-${process.arch}`;
  if (!['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(name)) {
    throw new Error(`code-server does not run on ${name}; name a desktop VS Code in GUARDSCOPE_VSCODE`);
  }
  return `node-${name}`;
}

async function install(folder: string, log: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // Without a package.json here, npm installs into the nearest parent folder that has one.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const vscode = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  const env = {
    PATH: `${join(folder, 'node_modules', nodePackage(), 'bin')}:${process.env['PATH'] ?? ''}`,
  };
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const step = async (cwd: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}) => {
    const { code, output } = await run('npm', args, { cwd, env: extra });
    writeFileSync(log, `$ npm ${args.join(' ')}  (exit ${code})\n${output}\n`, { flag: 'a' });
    if (code !== 0) throw new Error(explain(output, args, log));
  };
  writeFileSync(log, '');
  await step(folder, [
    'install',
    `${nodePackage()}@${versions.node}`,
    `code-server@${versions['code-server']}`,
    ...quiet,
  ]);
  // Install scripts are disabled, because Kerberos and other packages need headers that are often missing.
  await step(vscode, ['install', '--omit=dev', ...quiet], env);
  await step(join(vscode, 'extensions'), ['install', '--omit=dev', ...quiet], env);
  // VS Code does not require these two. Without a C++ compiler, only log output channels stay empty.
  const native = await run('npm', ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], {
    cwd: vscode,
    env: { ...env, npm_config_nodedir: join(folder, 'node_modules', nodePackage()) },
  });
  writeFileSync(log, `$ npm rebuild  (exit ${native.code})\n${native.output}\n`, { flag: 'a' });
  relink(join(vscode, 'bin', 'remote-cli', 'code-server'), 'code-linux.sh');
  relink(join(vscode, 'bin', 'helpers', 'browser.sh'), 'browser-linux.sh');
  for (const start of unused) {
    const parent = join(vscode, dirname(start));
    const names = existsSync(parent) ? readdirSync(parent) : [];
    for (const name of names.filter((name) => name.startsWith(basename(start))))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function relink(file: string, target: string): void {
  if (!existsSync(dirname(file))) return;
  rmSync(file, { force: true });
  symlinkSync(target, file);
}

/** One sentence for a failed npm step: a network failure, or the end of npm's output. */
function explain(output: string, args: readonly string[], log: string): string {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|ENOTCACHED/.test(output)) {
    return 'code-server could not be installed: the npm registry cannot be reached. Run this once with a network; afterwards none is needed';
  }
  return `code-server could not be installed: npm ${args[0]} failed (all of it: ${log})\n${lastLines(output)}`;
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-15).join('\n');

/** Holds `folder` as a lock until the returned function is called; takes over a lock whose owner has ended. */
async function lock(folder: string, say: Say): Promise<() => void> {
  const owner = join(folder, 'pid');
  mkdirSync(dirname(folder), { recursive: true });
  for (let hasReported = false; ;) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await sleep(500);
    if (!isAlive(owner)) rmSync(folder, { recursive: true, force: true });
    else if (!hasReported) {
      say('another run is installing code-server; waiting for it');
      hasReported = true;
    }
  }
}

function isAlive(owner: string): boolean {
  try {
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const say: Say = (sentence) => console.log(sentence);
  try {
    const { entry } = await codeServer(say);
    console.log(`code-server: ${entry}\nChromium: ${await chromium(say)}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
