/** The MCP servers that the user chose to capture through VS Code, filtered by the setting `capture.publish`. */
import * as vscode from 'vscode';
import { Emitter, type Event } from '../../core/base/event.ts';
import { settingDefaults, settingsSection } from './ids.ts';
import { type Publishing, twinKey } from '../../core/clientConfigs/twins.ts';

const memoryKey = 'capture.published';

/** Servers of a workspace's `mcp.json` are stored in the workspace state, servers of the user's `mcp.json` in the global state. */
export class PublishedList {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  get publishing(): Publishing {
    return vscode.workspace
      .getConfiguration(settingsSection)
      .get<Publishing>('capture.publish', settingDefaults['capture.publish']);
  }

  get chosen(): ReadonlySet<string> {
    return new Set(this.#memories.flatMap((memory) => memory.get<readonly string[]>(memoryKey, [])));
  }

  /** Whether VS Code is currently offered a captured twin of the server. */
  offers(file: string, server: string): boolean {
    const { publishing } = this;
    return publishing === 'all' || (publishing === 'list' && this.chosen.has(twinKey(file, server)));
  }

  async add(file: string, server: string, scope: 'workspace' | 'user'): Promise<void> {
    const memory = scope === 'workspace' ? this.#context.workspaceState : this.#context.globalState;
    const known = memory.get<readonly string[]>(memoryKey, []);
    await memory.update(memoryKey, [...new Set([...known, twinKey(file, server)])]);
    this.#changed.fire();
  }

  async remove(file: string, server: string): Promise<void> {
    const key = twinKey(file, server);
    for (const memory of this.#memories) {
      const known = memory.get<readonly string[]>(memoryKey, []);
      if (known.includes(key))
        await memory.update(
          memoryKey,
          known.filter((each) => each !== key),
        );
    }
    this.#changed.fire();
  }

  get #memories(): readonly vscode.Memento[] {
    return [this.#context.workspaceState, this.#context.globalState];
  }
}
