/** The MCP clients that Guardscope knows: one row per client with the paths and the syntax of its configuration files. */
import type { ClientFile, ConfigFormat } from './clientModel.ts';

/** One client. Paths have `/` as separator; the caller normalizes them for the platform. */
export interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly format: ConfigFormat;
  /** Keys from the root to the servers; `*` matches every key at its level. */
  readonly servers: readonly (readonly string[])[];
  /** Paths of the user's own files. */
  readonly user: (folders: BaseFolders) => readonly string[];
  /** Paths relative to a workspace folder. */
  readonly workspace: readonly string[];
  /** What the user must do before a change takes effect. */
  readonly restart: string;
}

/** Folders to which the paths of the rows are relative. */
export interface BaseFolders {
  readonly home: string;
  /** Where applications store their settings: `~/.config`, `~/Library/Application Support` or `%APPDATA%`. */
  readonly settings: string;
  /** `~/.config` on every system except Windows, where it is `%APPDATA%`. */
  readonly dotConfig: string;
  readonly env: Readonly<Record<string, string | undefined>>;
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

/** The row of a file. A file of an unknown client is read by its extension. */
export function rowOf({ client, path }: Pick<ClientFile, 'client' | 'path'>): ClientRow {
  const known = clientTable.find(({ id }) => id === client);
  if (known !== undefined) return known;
  const format = path.endsWith('.toml') ? 'toml' : 'json';
  const servers = format === 'toml' ? [['mcp_servers']] : [['servers'], ['mcpServers'], ['context_servers']];
  return { id: client, name: client, format, servers, user: () => [], workspace: [], restart: 'Restart the client' };
}
