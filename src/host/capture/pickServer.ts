/** The quick pick of "Capture MCP Server…" and "Release MCP Server…": servers grouped by configuration file. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ClientConfig } from '../../core/clientConfigs/clientModel.ts';
import { commandText, fileTitle, type FoundServer, showProblem } from './clientServers.ts';

interface ServerItem extends vscode.QuickPickItem {
  readonly found?: FoundServer;
  /** A file with a problem; selecting it shows the problem and offers to open the file there. */
  readonly broken?: ClientConfig;
  readonly all?: true;
}

/** The user's choice: one server, or all listed servers. */
export type PickedServer = FoundServer | 'all';

export interface PickServerOptions {
  readonly placeHolder: string;
  /** Description of a server's row; null hides the server. */
  readonly state: (found: FoundServer) => string | null;
  /** Whether to add a row for all servers, if there are several. Default false. */
  readonly offerAll?: boolean;
}

/** Asks for a server. */
export async function pickServer(
  configs: readonly ClientConfig[],
  { placeHolder, state, offerAll = false }: PickServerOptions,
): Promise<PickedServer | undefined> {
  const items = configs.flatMap((config) => itemsOf(config, state));
  const count = items.filter(({ found }) => found !== undefined).length;
  const all: ServerItem = { label: '$(clear-all) All servers', description: `${count} servers`, all: true };
  const picked = await vscode.window.showQuickPick(offerAll && count > 1 ? [all, ...items] : items, {
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const [problem] = picked?.broken?.problems ?? [];
  if (picked?.broken !== undefined && problem !== undefined) await showProblem(picked.broken, problem);
  return picked?.all === true ? 'all' : picked?.found;
}

function itemsOf(config: ClientConfig, state: (found: FoundServer) => string | null): readonly ServerItem[] {
  const separator: ServerItem = { label: fileTitle(config.file), kind: vscode.QuickPickItemKind.Separator };
  const [problem] = config.problems;
  if (problem !== undefined) {
    const place = problem.position?.line === undefined ? '' : `, line ${problem.position.line}`;
    const label = `$(warning) ${basename(config.file.path)}${place}`;
    return [separator, { label, description: problem.message, broken: config }];
  }
  const items = config.servers.flatMap((server): readonly ServerItem[] => {
    const found = { config, server };
    const description = state(found);
    if (description === null) return [];
    const icon = server.transport === 'stdio' ? 'server-process' : 'globe';
    const whose = server.project === undefined ? '' : `${server.project}: `;
    return [{ label: `$(${icon}) ${server.name}`, description, detail: `${whose}${commandText(server)}`, found }];
  });
  return items.length === 0 ? [] : [separator, ...items];
}
