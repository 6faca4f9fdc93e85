/** A running MCP server that answers look-ups which were not recorded (`replay --backend live`). */
import type { JsonValue } from '../../core/base/json.ts';
import { isJsonObject } from '../../core/base/json.ts';
import type { BackendAnswer } from '../../core/guard/backend.ts';
import type { InteractiveClient } from '../../engine/mcpClient/interactiveClient.ts';
import { version } from './version.ts';

export class LiveBackend {
  readonly #client: InteractiveClient;

  private constructor(client: InteractiveClient) {
    this.#client = client;
  }

  /** Starts the server. Throws `client/not-started` or `client/no-answer`. */
  static async start([command, ...args]: readonly [string, ...string[]]): Promise<LiveBackend> {
    const env = Object.fromEntries(
      Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    // Loaded on demand: the MCP library would slow down every other replay.
    const { InteractiveClient: Client } = await import('../../engine/mcpClient/interactiveClient.ts');
    return new LiveBackend(await Client.start({ command, args, env }, { version: version() }));
  }

  /** The server's answer to a tool call; a JSON-RPC error and arguments that are no object are errors, which the guard sees as -1. */
  async ask(tool: string, args: JsonValue): Promise<BackendAnswer> {
    if (args !== null && !isJsonObject(args)) return { error: 'the arguments are not an object' };
    const answer = await this.#client.callTool(tool, args ?? {});
    return answer.kind === 'result' ? { result: answer.result } : { error: answer.message };
  }

  /** Stops the server. */
  close(): Promise<void> {
    return this.#client.close();
  }
}
