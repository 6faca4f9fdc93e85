/** A home folder and a workspace for tests of the rooms that capture: real configurations and captures, a real tap, and records of changes. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { tapBundles } from '../../../src/engine/captureHome/launcher.ts';
import { fakeServices, type FakeServices } from './hostServices.ts';
import { repoPath } from '../paths.ts';
import { defaultCaptureFolder, fake } from './api.ts';

/** The folder of an extension whose tap runs: the bundles that tests with processes build. */
export const runningExtension = repoPath('test/.bundles');

/** The machine of a user. Other clients' configurations of the real user are out of reach. */
export class CaptureHost {
  readonly root = mkdtempSync(join(tmpdir(), 'guardscope-capture-'));
  readonly home = join(this.root, 'home');
  readonly workspace = join(this.root, 'work');
  readonly captures = defaultCaptureFolder(this.workspace);
  /** The user's own `mcp.json` of the editor. */
  readonly userConfig = join(this.home, '.config', 'Code', 'User', 'mcp.json');
  readonly config = join(this.workspace, '.vscode', 'mcp.json');
  readonly host: FakeServices;

  /** `extension`: the folder of the installed extension; without one, its tap can be installed but does not run. */
  constructor(extension?: string) {
    for (const folder of [this.home, this.workspace]) mkdirSync(folder);
    const installed = extension ?? join(this.root, 'extension');
    if (extension === undefined) {
      writeNew(join(installed, 'package.json'), { name: 'guardscope', version: '1.2.3' });
      for (const name of tapBundles) writeNew(join(installed, 'dist', name), '');
    }
    for (const name of ['XDG_CONFIG_HOME', 'CODEX_HOME', 'CLAUDE_CONFIG_DIR']) vi.stubEnv(name, undefined);
    for (const name of ['HOME', 'USERPROFILE']) vi.stubEnv(name, this.home);
    fake.folders.push(this.workspace);
    const storage = join(dirname(this.userConfig), 'globalStorage', 'guardscope');
    this.host = fakeServices({ extension: installed, storage });
  }

  /** Writes a file below the workspace, and returns its path. */
  write(name: string, content: string | object): string {
    return writeNew(join(this.workspace, name), content);
  }

  /** Writes a file below the home folder, and returns its path. */
  writeHome(name: string, content: string | object): string {
    return writeNew(join(this.home, name), content);
  }

  /** Writes the workspace's `mcp.json`. */
  servers(servers: object, inputs: readonly object[] = []): string {
    return this.write('.vscode/mcp.json', { servers, inputs });
  }

  /** Names of the captures in the workspace. */
  captured(): readonly string[] {
    const names = existsSync(this.captures) ? readdirSync(this.captures) : [];
    return names.filter((name) => name.endsWith('.guardtrace.jsonl'));
  }

  /** Removes the folders, and gives the real home folder back. */
  close(): void {
    vi.unstubAllEnvs();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The text of a file. */
export function textOfFile(path: string): string {
  return readFileSync(path, 'utf8');
}

function writeNew(path: string, content: string | object): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

/** The texts of the messages that were shown. */
export function shownTexts(): readonly string[] {
  return fake.messages.map(({ text }) => text);
}

/** Picks, one quick pick after the other, the first row whose label contains the given text. */
export function pickInOrder(...texts: readonly string[]): void {
  const rest = [...texts];
  fake.pick = (labels) => {
    const text = rest.shift();
    return text === undefined ? undefined : labels.find((label) => label.includes(text));
  };
}
