/** Consent to start the servers of a workspace's `mcp.json`: VS Code asks for its own list of them, but not for servers of extensions. */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { type Twin, twinKey } from '../../core/clientConfigs/twins.ts';
import { commandText, shortPath } from '../capture/clientServers.ts';

const memoryKey = 'capture.consents';

/** What the user agreed to: a hash of the entry by server. */
type Consents = Readonly<Record<string, string>>;

/** The servers that the user agreed to start, as they were defined then. */
export class TwinConsent {
  readonly #memory: vscode.Memento;

  /** `memory` belongs to the workspace. */
  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /**
   * Whether the server of the twin may start. Asks for a server of the workspace that the user has not agreed to, or whose entry changed
   * since then; entries of the user's own `mcp.json` need no question.
   */
  async given(twin: Twin): Promise<boolean> {
    const { config, server } = twin;
    if (config.file.scope !== 'workspace') return true;
    const key = twinKey(config.file.path, server.name);
    const hash = hashOf(twin);
    const known = this.#memory.get<Consents>(memoryKey, {});
    if (known[key] === hash) return true;
    const question = `Start "${server.name}" as ${shortPath(config.file.path)} defines it?`;
    const action = server.transport === 'stdio' ? 'It runs' : 'It connects to';
    const again = known[key] === undefined ? '' : '\n\nThe entry changed since you last agreed to it.';
    const detail = `${action}: ${commandText(server)}${again}`;
    const accept = 'Start';
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, accept)) !== accept) return false;
    await this.#memory.update(memoryKey, { ...this.#memory.get<Consents>(memoryKey, {}), [key]: hash });
    return true;
  }
}

/** Hashes everything that decides what is started: the command or URL with its arguments, variables, headers and folder. */
function hashOf({ server: { transport, command, args, url, env }, details }: Twin): string {
  const parts = [transport, command ?? null, args ?? [], url ?? null, env ?? {}, details];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
