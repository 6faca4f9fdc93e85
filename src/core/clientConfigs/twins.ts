/** Captured twins: copies of VS Code's servers behind a tap, which Guardscope publishes beside the originals. */
import type { ClientConfig, ConfiguredServer } from './clientModel.ts';
import { type ServerDetails, serverDetails } from './serverDetails.ts';

/** The setting `guardscope.capture.publish`: no twins, those that the user chose, or all. */
export type Publishing = 'off' | 'list' | 'all';

/** A published copy of a server. */
export interface Twin {
  readonly label: string;
  readonly config: ClientConfig;
  readonly server: ConfiguredServer;
  readonly details: ServerDetails;
}

/** Identifies a server in the list of those that the user chose. */
export function twinKey(file: string, server: string): string {
  return `${file}#${server}`;
}

/**
 * The twins of VS Code's own servers. A wrapped server has none, because it is captured already. If two servers have the same name, the
 * label of the second one includes the scope of its file: VS Code identifies definitions by their labels.
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
