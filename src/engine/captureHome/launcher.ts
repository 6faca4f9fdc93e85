/** Installs the tap at a path that stays valid after updates, because the configurations of wrapped servers contain the path. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { readRegular } from '../files/regularFile.ts';

/** The command that starts the tap; append the arguments of the command line. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The inputs of the installation. */
export interface LauncherSource {
  /** The extension's folder, which holds `dist` and `package.json`. */
  readonly extension: string;
  /** The folder of the launcher; created if it is missing. */
  readonly home: string;
  readonly runtime: Runtime;
}

/** The runtime of the tap: the editor's own Node, so that users need not install one. */
export interface Runtime {
  readonly execPath: string;
  /** Whether `execPath` is Electron, which runs as Node only with `ELECTRON_RUN_AS_NODE`. */
  readonly electron: boolean;
  readonly platform: NodeJS.Platform;
}

/** What the tap needs: itself, the process that records, what both share, and the thread that a guard runs in. */
export const tapBundles: readonly string[] = [
  'cli.js',
  'core.js',
  'doors.js',
  'tapRecorder.js',
  'redaction.js',
  'worker.js',
];

/** Milliseconds that a replaced version is kept, because processes may still use its files. */
const replacedLifetimeMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Copies the extension's bundles below `home` and atomically switches the launcher to them; running taps keep the files of their version.
 * Cheap if nothing changed. On Windows, clients cannot start a script, so the command is the runtime itself. Throws `capture/launcher`.
 */
export async function installLauncher({ extension, home, runtime }: LauncherSource): Promise<Launcher> {
  try {
    const version = await installVersion(extension, home);
    const windows = runtime.platform === 'win32';
    const entry = join(home, windows ? 'current.js' : 'current');
    const start = join(home, version, startFile);
    const script = windows ? nodeScript(start) : shellScript(runtime, start);
    const before = await readText(entry);
    if (before !== script) {
      await replaceFile(entry, script);
      await removeOld(home, version, before);
    }
    return windows
      ? { command: runtime.execPath, args: [entry], env: runtime.electron ? { [asNode]: '1', [ours]: '1' } : {} }
      : { command: entry, args: [], env: {} };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(
      'capture/launcher',
      `Cannot install the tap in "${home}": ${reason}`,
      'Check the permissions and the free space of the folder',
    );
  }
}

/** Whether a launcher is installed below `home`, so that an update must renew it. */
export async function hasLauncher(home: string): Promise<boolean> {
  const names = await readdir(home).catch((): string[] => []);
  return names.includes('current') || names.includes('current.js');
}

const asNode = 'ELECTRON_RUN_AS_NODE';

/** Marks that `asNode` was set for the tap, so that the tap removes it before it starts its server. */
const ours = 'GUARDSCOPE_AS_NODE';

const startFile = 'start.js';

/** A bundle has some hundred kilobytes. */
const maxBundleBytes = 64 * 1024 * 1024;

const startScript = `if (process.env.${ours}) for (const name of ['${asNode}', '${ours}']) delete process.env[name];
require('./dist/cli.js');
`;

/** Copies the bundles and returns the folder's name: version and hash of the content, because development builds share a version. */
async function installVersion(extension: string, home: string): Promise<string> {
  const manifest = JSON.parse((await readRegular(join(extension, 'package.json'), maxBundleBytes)).toString()) as {
    readonly version: string;
  };
  const files = await Promise.all(
    tapBundles.map(async (name) => ({ name, bytes: await readRegular(join(extension, 'dist', name), maxBundleBytes) })),
  );
  const hash = createHash('sha256');
  for (const { bytes } of files) hash.update(bytes);
  const version = `${manifest.version}-${hash.digest('hex').slice(0, 12)}`;
  const folder = join(home, version);
  if (await exists(join(folder, 'package.json'))) return version;
  const fresh = join(home, `new-${randomBytes(6).toString('hex')}`);
  await mkdir(join(fresh, 'dist'), { recursive: true, mode: 0o700 });
  for (const { name, bytes } of files) await writeFile(join(fresh, 'dist', name), bytes);
  await writeFile(join(fresh, startFile), startScript);
  await writeFile(
    join(fresh, 'package.json'),
    `${JSON.stringify({ name: 'guardscope', version: manifest.version })}\n`,
  );
  await rename(fresh, folder).catch(async (thrown: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    // Another window may have installed the same version.
    if (!(await exists(join(folder, 'package.json')))) throw thrown;
  });
  return version;
}

const aboutScript =
  "Starts Guardscope's tap in its current version. Rewritten with every update; captured servers start this file.";

/** If the editor was moved or removed, the script falls back to the Node on the path. */
function shellScript({ execPath, electron }: Runtime, start: string): string {
  const lines = [
    '#!/bin/sh',
    `# ${aboutScript}`,
    `runtime=${quoted(execPath)}`,
    ...(electron ? [`[ -z "$${asNode}" ] && export ${asNode}=1 ${ours}=1`] : []),
    '[ -x "$runtime" ] || runtime=node',
    `exec "$runtime" ${quoted(start)} "$@"`,
  ];
  return `${lines.join('\n')}\n`;
}

function nodeScript(start: string): string {
  return `// ${aboutScript}\nrequire(${JSON.stringify(start)});\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(fresh, text);
  await chmod(fresh, 0o700);
  await rename(fresh, file);
}

/** Removes versions that were replaced long ago. The modification time of a folder is set when it is replaced. */
async function removeOld(home: string, current: string, before: string | null): Promise<void> {
  const now = new Date();
  for (const name of await readdir(home)) {
    const folder = join(home, name);
    if (name === current || name.startsWith('current')) continue;
    // Another window may rename or delete a folder at any time.
    if (before?.includes(name) === true) await utimes(folder, now, now).catch(() => undefined);
    const facts = await stat(folder).catch(() => null);
    if (facts !== null && now.getTime() - facts.mtimeMs > replacedLifetimeMs)
      await rm(folder, { recursive: true, force: true });
  }
}

async function readText(file: string): Promise<string | null> {
  return readRegular(file, maxBundleBytes).then(
    (bytes) => bytes.toString(),
    () => null,
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
