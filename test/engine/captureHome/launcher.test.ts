/** The launcher: starts the tap by a fixed path, independent of the installed version and editor. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleFolder } from '../../support/paths.ts';
import { hasLauncher, installLauncher, type Runtime, tapBundles } from '../../../src/engine/captureHome/launcher.ts';

let scratch = '';
const node: Runtime = { execPath: process.execPath, electron: false, platform: 'linux' };

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'guardscope launcher-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** An extension whose command line prints its version, its arguments and the value of ELECTRON_RUN_AS_NODE. */
function extension(version: string): string {
  const folder = join(scratch, `extension ${version}`);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const report = `JSON.stringify({ version: require('../package.json').version, args: process.argv.slice(2),
    electron: process.env.ELECTRON_RUN_AS_NODE ?? null, worker: require('fs').existsSync(__dirname + '/worker.js') })`;
  writeFileSync(join(folder, 'dist', 'cli.js'), `// ${version}\nconsole.log(${report});`);
  for (const name of tapBundles.filter((each) => each !== 'cli.js')) writeFileSync(join(folder, 'dist', name), '');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'guardscope', version, contributes: {} }));
  return folder;
}

const home = (): string => join(scratch, "global storage's", 'tap');
const versions = (): string[] =>
  readdirSync(home())
    .filter((name) => !name.startsWith('current'))
    .sort();

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): unknown {
  return JSON.parse(execFileSync(command, [...args], { encoding: 'utf8', env }));
}

describe('the launcher', () => {
  it('passes the arguments unchanged, without a Node on the path', async () => {
    const { command, args, env } = await installLauncher({
      extension: extension('1.0.0'),
      home: home(),
      runtime: node,
    });
    expect({ args, env }).toEqual({ args: [], env: {} });
    const given = ['tap', '--out', 'a b', "it's", '$HOME', '--', '"'];
    const printed = start(command, given, { PATH: '/nowhere' });
    expect(printed).toEqual({ version: '1.0.0', args: given, electron: null, worker: true });
  });

  it('copies every bundle that the real command line and its recorder load', async () => {
    const folder = join(scratch, 'real');
    cpSync(bundleFolder, join(folder, 'dist'), { recursive: true });
    const manifest = JSON.stringify({ name: 'guardscope', version: '9.9.9', contributes: {} });
    writeFileSync(join(folder, 'package.json'), manifest);
    const { command } = await installLauncher({ extension: folder, home: home(), runtime: node });
    const out = join(scratch, 'real.guardtrace.jsonl');
    const request =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"password":"h8#kPq2!vLw9"}}}';
    const input = `${request}\n`;
    const echoed = execFileSync(command, ['tap', '--out', out, '--', 'cat'], { input, encoding: 'utf8' });
    expect(echoed).toBe(input);
    const recorded = readFileSync(out, 'utf8');
    expect(recorded).toContain('tools/call');
    expect(recorded).not.toContain('h8#kPq2');
  });

  it('starts the new version by the same path after an update, and keeps the files of the old version', async () => {
    const first = await installLauncher({ extension: extension('1.0.0'), home: home(), runtime: node });
    rmSync(join(scratch, 'extension 1.0.0'), { recursive: true });
    expect(start(first.command, [])).toMatchObject({ version: '1.0.0' });
    const second = await installLauncher({ extension: extension('1.1.0'), home: home(), runtime: node });
    expect(second).toEqual(first);
    expect(start(first.command, [])).toMatchObject({ version: '1.1.0' });
    expect(versions().map((name) => name.split('-')[0])).toEqual(['1.0.0', '1.1.0']);
  });

  it('writes nothing when nothing changed, and installs a changed build of the same version', async () => {
    const folder = extension('1.0.0');
    const { command } = await installLauncher({ extension: folder, home: home(), runtime: node });
    const past = new Date(2020, 1, 1);
    utimesSync(command, past, past);
    await installLauncher({ extension: folder, home: home(), runtime: node });
    expect(versions()).toHaveLength(1);
    writeFileSync(join(folder, 'dist', 'worker.js'), '// changed');
    await installLauncher({ extension: folder, home: home(), runtime: node });
    expect(versions()).toHaveLength(2);
  });

  it('removes a version a month after it was replaced', async () => {
    await installLauncher({ extension: extension('1.0.0'), home: home(), runtime: node });
    const [old = ''] = versions();
    const longAgo = new Date(Date.now() - 40 * 24 * 3600 * 1000);
    utimesSync(join(home(), old), longAgo, longAgo);
    await installLauncher({ extension: extension('1.1.0'), home: home(), runtime: node });
    expect(versions()).toContain(old);
    utimesSync(join(home(), old), longAgo, longAgo);
    await installLauncher({ extension: extension('1.2.0'), home: home(), runtime: node });
    expect(versions()).not.toContain(old);
    expect(versions()).toHaveLength(2);
  });

  it('installs one complete version when several windows install at once', async () => {
    const folder = extension('1.0.0');
    const all = await Promise.all(
      Array.from({ length: 5 }, () => installLauncher({ extension: folder, home: home(), runtime: node })),
    );
    expect(new Set(all.map(({ command }) => command)).size).toBe(1);
    expect(readdirSync(home())).toHaveLength(2);
    expect(start(all[0]?.command ?? '', ['x'])).toMatchObject({ args: ['x'] });
  });

  it('runs Electron as Node, and does not pass that variable to the server', async () => {
    const runtime: Runtime = { ...node, electron: true };
    const { command } = await installLauncher({ extension: extension('1.0.0'), home: home(), runtime });
    expect(readFileSync(command, 'utf8')).toContain('ELECTRON_RUN_AS_NODE=1');
    expect(start(command, [], { PATH: '' })).toMatchObject({ electron: null });
    expect(start(command, [], { PATH: '', ELECTRON_RUN_AS_NODE: 'mine' })).toMatchObject({ electron: 'mine' });
  });

  it('falls back to the Node on the path when the editor was removed', async () => {
    const runtime: Runtime = { ...node, execPath: join(scratch, 'removed', 'node') };
    const { command } = await installLauncher({ extension: extension('1.0.0'), home: home(), runtime });
    const path = join(scratch, 'bin');
    mkdirSync(path);
    symlinkSync(process.execPath, join(path, 'node'));
    expect(start(command, ['x'], { PATH: path })).toMatchObject({ args: ['x'] });
    expect(spawnSync(command, [], { env: { PATH: '/nowhere' } }).status).toBe(127);
  });

  it('starts the runtime directly on Windows, where clients cannot start a script', async () => {
    const runtime: Runtime = { execPath: process.execPath, electron: true, platform: 'win32' };
    const launcher = await installLauncher({ extension: extension('1.0.0'), home: home(), runtime });
    expect(launcher.command).toBe(process.execPath);
    expect(launcher.env).toEqual({ ELECTRON_RUN_AS_NODE: '1', GUARDSCOPE_AS_NODE: '1' });
    const printed = start(launcher.command, [...launcher.args, 'x'], { ...process.env, ...launcher.env });
    expect(printed).toMatchObject({ args: ['x'], electron: null });
  });

  it('fails with one sentence when its folder cannot be created', async () => {
    writeFileSync(join(scratch, 'file'), '');
    const failing = installLauncher({
      extension: extension('1.0.0'),
      home: join(scratch, 'file', 'tap'),
      runtime: node,
    });
    await expect(failing).rejects.toMatchObject({ code: 'capture/launcher' });
    expect(await hasLauncher(join(scratch, 'file', 'tap'))).toBe(false);
    expect(existsSync(join(scratch, 'file', 'tap'))).toBe(false);
  });
});
