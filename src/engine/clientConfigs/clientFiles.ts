/** Finds and reads the configuration files of MCP clients. */
import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { ClientConfig, ClientFile } from '../../core/clientConfigs/clientModel.ts';
import { type ClientRow, clientTable } from '../../core/clientConfigs/clientTable.ts';
import { readClientText, unusableConfig } from '../../core/clientConfigs/clientText.ts';
import { FileTooLarge, readRegular } from '../files/regularFile.ts';

/** What decides where the files are. */
export interface PlatformInfo {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspaceFolders: readonly string[];
}

/** Every path where a file may be, in the order of the table; workspaces first. */
export function possibleClientFiles({ home, platform, env, workspaceFolders }: PlatformInfo): readonly ClientFile[] {
  const paths = platform === 'win32' ? win32 : posix;
  const appData = env['APPDATA'] ?? paths.join(home, 'AppData', 'Roaming');
  const dotConfig = platform === 'win32' ? appData : (env['XDG_CONFIG_HOME'] ?? paths.join(home, '.config'));
  const settings = platform === 'darwin' ? paths.join(home, 'Library', 'Application Support') : dotConfig;
  const folders = { home, settings, dotConfig, env };
  const fileAt = ({ id, name }: ClientRow, scope: ClientFile['scope'], path: string): ClientFile => {
    return { client: id, name, scope, path: paths.normalize(path) };
  };
  const inWorkspaces = workspaceFolders.flatMap((folder) =>
    clientTable.flatMap((row) => row.workspace.map((path) => fileAt(row, 'workspace', paths.join(folder, path)))),
  );
  const ofUser = clientTable.flatMap((row) => row.user(folders).map((path) => fileAt(row, 'user', path)));
  // On file systems that ignore case, two spellings are one file.
  const seen = new Set<string>();
  return [...inWorkspaces, ...ofUser].filter(({ path }) => {
    const key = platform === 'linux' ? path : path.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The files that exist. */
export function findClientFiles(platform: PlatformInfo): readonly ClientFile[] {
  return possibleClientFiles(platform).filter(({ path }) => existsSync(path));
}

/** Configurations have some kilobytes; that of Claude Code also holds the history of its projects. */
export const maxClientBytes = 64 * 1024 * 1024;

/** Never rejects: a file that cannot be read or has syntax errors has a problem and no servers. */
export async function readClientFile(file: ClientFile): Promise<ClientConfig> {
  let text: string;
  try {
    const bytes = await readRegular(file.path, maxClientBytes);
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    if (thrown instanceof FileTooLarge) {
      return unusableConfig(file, '', `has ${thrown.amount}; at most ${maxClientBytes} are read`);
    }
    if (thrown instanceof TypeError) return unusableConfig(file, '', 'is not UTF-8');
    return unusableConfig(file, '', `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return readClientText(file, text);
}
