/** The tapped twins that are offered to VS Code: which servers have one, what it is called, and what starts it. */
import type { ClientConfig, ConfiguredServer } from './clientModel.ts';
import { type ServerDetails, serverDetails } from './serverDetails.ts';

/** `guardscope.capture.publish`. */
export type Publishing = 'off' | 'list' | 'all';

/** A server that is offered a second time. */
export interface Twin {
  readonly label: string;
  readonly config: ClientConfig;
  readonly server: ConfiguredServer;
  readonly details: ServerDetails;
}

/** Names a server of a file among those that the user chose. */
export function twinKey(file: string, server: string): string {
  return `${file}#${server}`;
}

/**
 * The twins of VS Code's own servers. A server that is wrapped is captured already. Two servers of one name get the place of their
 * configuration added, because VS Code tells definitions apart by their labels.
 */
export function twinsOf(
  configs: readonly ClientConfig[],
  publishing: Publishing,
  chosen: ReadonlySet<string>,
): readonly Twin[] {
  if (publishing === 'off') return [];
  const labels = new Set<string>();
  return configs
    .filter(({ file }) => file.client === 'vscode')
    .flatMap((config) => config.servers.map((server) => ({ config, server })))
    .filter(({ server }) => !server.wrapped)
    .filter(({ config, server }) => publishing === 'all' || chosen.has(twinKey(config.file.path, server.name)))
    .map(({ config, server }) => {
      const plain = `${server.name} (captured)`;
      const label = labels.has(plain) ? `${server.name} (captured, ${config.file.scope})` : plain;
      labels.add(label);
      return { label, config, server, details: serverDetails(config, server) };
    });
}
