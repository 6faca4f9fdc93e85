/** The tap at a place that outlives updates: a wrapped server starts it when this extension is not there, or in another version. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';

/** What starts the tap: the arguments of the command line follow. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the launcher is made from. */
export interface LauncherSource {
  /** The extension's folder, which holds `dist` and `package.json`. */
  readonly extension: string;
  /** Where the launcher lives; made when it is missing. */
  readonly home: string;
  readonly runtime: Runtime;
}

/** What runs the tap: the editor's own Node, so that nothing needs to be installed. */
export interface Runtime {
  readonly execPath: string;
  /** Whether `execPath` is an Electron, which is a Node only when told so. */
  readonly electron: boolean;
  readonly platform: NodeJS.Platform;
}

/** What the tap needs: itself, the process that records with its thread, and the thread that a guard runs in. */
const bundles = ['cli.js', 'tapRecorder.js', 'worker.js'];

/** A version that is not the current one may still run somewhere; it stays for this long. */
const keptMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Puts the extension's bundles below `home` and switches the launcher to them, in one step; what runs by an older version keeps its files.
 * Cheap when nothing changed. On Windows a client cannot start a script, so there the command is the runtime itself.
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
    throw new Failure('capture/launcher', `The tap could not be put into "${home}": ${reason}`, 'Make room there');
  }
}

/** Whether a launcher was made below `home` before: only then an update has something to renew. */
export async function hasLauncher(home: string): Promise<boolean> {
  const names = await readdir(home).catch((): string[] => []);
  return names.includes('current') || names.includes('current.js');
}

const asNode = 'ELECTRON_RUN_AS_NODE';

/** Says that `asNode` was set for the tap, so that its server does not find it. */
const ours = 'GUARDSCOPE_AS_NODE';

const startFile = 'start.js';

const startScript = `if (process.env.${ours}) for (const name of ['${asNode}', '${ours}']) delete process.env[name];
require('./dist/cli.js');
`;

/** The folder's name: version and content, because a build under work keeps its version. */
async function installVersion(extension: string, home: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8')) as { readonly version: string };
  const files = await Promise.all(
    bundles.map(async (name) => ({ name, bytes: await readFile(join(extension, 'dist', name)) })),
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
    // Another window was faster.
    if (!(await exists(join(folder, 'package.json')))) throw thrown;
  });
  return version;
}

const aboutScript =
  "Starts Guardscope's tap in its current version. Written anew with every update; servers that are captured name this file.";

/** An editor that was updated or moved may be gone, then the Node of the path has to do. */
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

/** The time of a folder is when it was replaced: what runs by it started before. */
async function removeOld(home: string, current: string, before: string | null): Promise<void> {
  const now = new Date();
  for (const name of await readdir(home)) {
    const folder = join(home, name);
    if (name === current || name.startsWith('current')) continue;
    // Another window may move or delete a folder at any moment.
    if (before?.includes(name) === true) await utimes(folder, now, now).catch(() => undefined);
    const facts = await stat(folder).catch(() => null);
    if (facts !== null && now.getTime() - facts.mtimeMs > keptMs) await rm(folder, { recursive: true, force: true });
  }
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
