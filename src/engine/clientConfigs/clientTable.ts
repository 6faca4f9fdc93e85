/** The clients of MCP whose configuration files are known: one row a client, which says where its files are and how they name servers. */
import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { ClientFile, ConfigFormat } from './clientModel.ts';

/** What decides where files are. */
export interface Around {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspaceFolders: readonly string[];
}

/** One client. Paths are given for the platform's separators by `join`. */
export interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly format: ConfigFormat;
  /** Keys from the root to the servers; `*` stands for every key at that place. */
  readonly servers: readonly (readonly string[])[];
  readonly user: (around: Places) => readonly string[];
  /** Below a workspace folder. */
  readonly workspace: readonly string[];
  /** What to do so that a change counts. */
  readonly restart: string;
}

/** Folders that the rows build on. */
interface Places {
  readonly home: string;
  /** Where applications keep their settings: `~/.config`, `~/Library/Application Support` or `%APPDATA%`. */
  readonly settings: string;
  /** `~/.config` on every system but Windows, where it is `%APPDATA%`. */
  readonly dotConfig: string;
  readonly env: Around['env'];
}

const editors = ['Code', 'Code - Insiders', 'VSCodium'];

export const clientTable: readonly ClientRow[] = [
  {
    id: 'vscode',
    name: 'VS Code',
    format: 'json',
    servers: [['servers']],
    user: ({ settings, home }) => [
      ...editors.map((editor) => `${settings}/${editor}/User/mcp.json`),
      `${home}/.local/share/code-server/User/mcp.json`,
    ],
    workspace: ['.vscode/mcp.json'],
    restart: 'Restart the server in VS Code: "MCP: List Servers"',
  },
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    format: 'json',
    servers: [['mcpServers']],
    user: ({ settings }) => [`${settings}/Claude/claude_desktop_config.json`],
    workspace: [],
    restart: 'Quit Claude Desktop and start it again',
  },
  {
    id: 'claude-code',
    name: 'Claude Code',
    format: 'json',
    servers: [['mcpServers'], ['projects', '*', 'mcpServers']],
    user: ({ home, env }) => [`${env['CLAUDE_CONFIG_DIR'] ?? home}/.claude.json`],
    workspace: ['.mcp.json'],
    restart: 'Start Claude Code again, or reconnect the server with /mcp',
  },
  {
    id: 'cursor',
    name: 'Cursor',
    format: 'json',
    servers: [['mcpServers']],
    user: ({ home }) => [`${home}/.cursor/mcp.json`],
    workspace: ['.cursor/mcp.json'],
    restart: 'Switch the server off and on in the settings of Cursor',
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    format: 'json',
    servers: [['mcpServers']],
    user: ({ home }) => [`${home}/.codeium/windsurf/mcp_config.json`],
    workspace: [],
    restart: 'Refresh the servers in the settings of Windsurf',
  },
  {
    id: 'zed',
    name: 'Zed',
    format: 'json',
    servers: [['context_servers']],
    user: ({ dotConfig }) => [`${dotConfig}/zed/settings.json`, `${dotConfig}/Zed/settings.json`],
    workspace: ['.zed/settings.json'],
    restart: 'Switch the server off and on in the settings of Zed',
  },
  {
    id: 'gemini',
    name: 'Gemini CLI',
    format: 'json',
    servers: [['mcpServers']],
    user: ({ home }) => [`${home}/.gemini/settings.json`],
    workspace: ['.gemini/settings.json'],
    restart: 'Start Gemini CLI again',
  },
  {
    id: 'codex',
    name: 'Codex',
    format: 'toml',
    servers: [['mcp_servers']],
    user: ({ home, env }) => [`${env['CODEX_HOME'] ?? `${home}/.codex`}/config.toml`],
    workspace: ['.codex/config.toml'],
    restart: 'Start Codex again',
  },
];

/** Every place where a file may be, in the order of the table; workspaces first. */
export function possibleClientFiles({ home, platform, env, workspaceFolders }: Around): readonly ClientFile[] {
  const paths = platform === 'win32' ? win32 : posix;
  const appData = env['APPDATA'] ?? paths.join(home, 'AppData', 'Roaming');
  const dotConfig = platform === 'win32' ? appData : (env['XDG_CONFIG_HOME'] ?? paths.join(home, '.config'));
  const settings = platform === 'darwin' ? paths.join(home, 'Library', 'Application Support') : dotConfig;
  const places = { home, settings, dotConfig, env };
  const row = ({ id, name }: ClientRow, scope: ClientFile['scope'], path: string): ClientFile => {
    return { client: id, name, scope, path: paths.normalize(path) };
  };
  const inWorkspaces = workspaceFolders.flatMap((folder) =>
    clientTable.flatMap((client) => client.workspace.map((path) => row(client, 'workspace', paths.join(folder, path)))),
  );
  const ofUser = clientTable.flatMap((client) => client.user(places).map((path) => row(client, 'user', path)));
  const all = [...inWorkspaces, ...ofUser];
  // Where file names know no capitals, two spellings are one file.
  const seen = new Set<string>();
  return all.filter(({ path }) => {
    const key = platform === 'linux' ? path : path.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The files that are there. */
export function findClientFiles(around: Around): readonly ClientFile[] {
  return possibleClientFiles(around).filter(({ path }) => existsSync(path));
}

/** The row of a file; a file that no row names is read like those of its ending. */
export function rowOf({ client, path }: Pick<ClientFile, 'client' | 'path'>): ClientRow {
  const known = clientTable.find(({ id }) => id === client);
  if (known !== undefined) return known;
  const format = path.endsWith('.toml') ? 'toml' : 'json';
  const servers = format === 'toml' ? [['mcp_servers']] : [['servers'], ['mcpServers'], ['context_servers']];
  return { id: client, name: client, format, servers, user: () => [], workspace: [], restart: 'Restart the client' };
}
