/** The quick pick of "Capture MCP Server…" and "Release MCP Server…": servers grouped by configuration file. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ClientConfig } from '../../core/clientConfigs/clientModel.ts';
import { commandText, fileTitle, type FoundServer, showProblem } from './clientServers.ts';

/** The row of a file with a problem; selecting it shows the problem and offers to open the file there. */
export interface BrokenRow extends vscode.QuickPickItem {
  readonly broken: ClientConfig;
}

interface ServerItem extends vscode.QuickPickItem, Partial<Pick<BrokenRow, 'broken'>> {
  readonly found?: FoundServer;
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
  if (picked?.broken !== undefined) await showBroken(picked.broken);
  return picked?.all === true ? 'all' : picked?.found;
}

/** The row of a configuration that cannot be read, with the reason; none for the others. */
export function brokenRow(config: ClientConfig): readonly BrokenRow[] {
  const [problem] = config.problems;
  if (problem === undefined) return [];
  const place = problem.position?.line === undefined ? '' : `, line ${problem.position.line}`;
  const label = `$(warning) ${basename(config.file.path)}${place}`;
  return [{ label, description: problem.message, broken: config }];
}

/** Shows why a configuration cannot be read. */
export async function showBroken(config: ClientConfig): Promise<void> {
  const [problem] = config.problems;
  if (problem !== undefined) await showProblem(config, problem);
}

function itemsOf(config: ClientConfig, state: (found: FoundServer) => string | null): readonly ServerItem[] {
  const separator: ServerItem = { label: fileTitle(config.file), kind: vscode.QuickPickItemKind.Separator };
  const broken = brokenRow(config);
  if (broken.length > 0) return [separator, ...broken];
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
