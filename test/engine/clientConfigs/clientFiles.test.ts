/** The paths of the clients' configuration files on each platform. */
import { describe, expect, test } from 'vitest';
import { clientTable } from '../../../src/core/clientConfigs/clientTable.ts';
import { possibleClientFiles } from '../../../src/engine/clientConfigs/clientFiles.ts';

const paths = (platform: NodeJS.Platform, home: string, env: Record<string, string> = {}): Record<string, string[]> => {
  const all: Record<string, string[]> = {};
  for (const { client, path, scope } of possibleClientFiles({ home, platform, env, workspaceFolders: [] })) {
    if (scope === 'user') (all[client] ??= []).push(path);
  }
  return all;
};

describe("the user's files", () => {
  test('are below ~/.config and the home folder on Linux', () => {
    expect(paths('linux', '/h')).toEqual({
      vscode: [
        '/h/.config/Code/User/mcp.json',
        '/h/.config/Code - Insiders/User/mcp.json',
        '/h/.config/VSCodium/User/mcp.json',
        '/h/.local/share/code-server/User/mcp.json',
      ],
      'claude-desktop': ['/h/.config/Claude/claude_desktop_config.json'],
      'claude-code': ['/h/.claude.json'],
      cursor: ['/h/.cursor/mcp.json'],
      windsurf: ['/h/.codeium/windsurf/mcp_config.json'],
      zed: ['/h/.config/zed/settings.json', '/h/.config/Zed/settings.json'],
      gemini: ['/h/.gemini/settings.json'],
      codex: ['/h/.codex/config.toml'],
    });
  });

  test('are below ~/Library/Application Support on macOS', () => {
    const all = paths('darwin', '/mac');
    expect(all['vscode']?.[0]).toBe('/mac/Library/Application Support/Code/User/mcp.json');
    expect(all['claude-desktop']).toEqual(['/mac/Library/Application Support/Claude/claude_desktop_config.json']);
    expect(all['zed']).toEqual(['/mac/.config/zed/settings.json']);
  });

  test('are below %APPDATA% and the home folder on Windows', () => {
    const all = paths('win32', 'C:\\Users\\me', { APPDATA: 'D:\\Roaming' });
    expect(all['vscode']?.[0]).toBe('D:\\Roaming\\Code\\User\\mcp.json');
    expect(all['claude-desktop']).toEqual(['D:\\Roaming\\Claude\\claude_desktop_config.json']);
    expect(all['cursor']).toEqual(['C:\\Users\\me\\.cursor\\mcp.json']);
    expect(all['codex']).toEqual(['C:\\Users\\me\\.codex\\config.toml']);
  });

  test('follow environment variables', () => {
    const all = paths('linux', '/h', { XDG_CONFIG_HOME: '/x', CODEX_HOME: '/c', CLAUDE_CONFIG_DIR: '/k' });
    expect(all['vscode']?.[0]).toBe('/x/Code/User/mcp.json');
    expect(all['codex']).toEqual(['/c/config.toml']);
    expect(all['claude-code']).toEqual(['/k/.claude.json']);
  });
});

test('the files of a workspace come first, and every client has one row', () => {
  const files = possibleClientFiles({ home: '/h', platform: 'linux', env: {}, workspaceFolders: ['/w'] });
  expect(files.slice(0, 6).map(({ path }) => path)).toEqual([
    '/w/.vscode/mcp.json',
    '/w/.mcp.json',
    '/w/.cursor/mcp.json',
    '/w/.zed/settings.json',
    '/w/.gemini/settings.json',
    '/w/.codex/config.toml',
  ]);
  expect(new Set(clientTable.map(({ id }) => id)).size).toBe(clientTable.length);
});
