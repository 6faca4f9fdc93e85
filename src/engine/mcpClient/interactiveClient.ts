/** A client of MCP for people: starts a server (behind a tap), knows its tools, calls them one by one, and ends cleanly. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  ListRootsRequestSchema,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { Failure } from '../../core/base/failure.ts';
import type { JsonObject, JsonValue } from '../../core/base/json.ts';

/** How the server is reached: a command line (usually a tap with the server's own behind `--`), or the address of a tap. */
export type ClientLaunch =
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd?: string;
    }
  | { readonly url: string };

export interface ClientOptions {
  readonly version: string;
  /** Folders that the server may ask for. */
  readonly roots?: readonly string[];
  /** Milliseconds until a server counts as one that does not answer; default 20,000. */
  readonly startMs?: number;
  /** Told what a command writes on its standard error, as it comes. */
  readonly onStderr?: (text: string) => void;
  /** Told when the list of tools has changed, or the server has ended. */
  readonly onChange?: () => void;
}

/** A tool as its server describes it. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** What a call came to. An answer with `isError` is a result, too. */
export type CallAnswer =
  | { readonly kind: 'result'; readonly result: JsonValue; readonly isError: boolean; readonly ms: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly ms: number };

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Default an hour: people cancel when they have waited enough. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: {
    readonly progress: number;
    readonly total: number | null;
    readonly message: string;
  }) => void;
}

export class InteractiveClient {
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #onChange: () => void;
  #tools: readonly ToolDescription[] = [];
  #ended = false;

  private constructor(client: Client, transport: Transport, onChange: () => void) {
    this.#client = client;
    this.#transport = transport;
    this.#onChange = onChange;
  }

  /**
   * Starts the server and reads its tools. Throws `client/not-started` with the reason and the last lines of its standard error, or `client/no-answer` when
   * it runs and does not speak MCP in time; nothing is left running then.
   */
  static async start(launch: ClientLaunch, options: ClientOptions): Promise<InteractiveClient> {
    const { version, roots = [], startMs = 20_000, onStderr, onChange = () => undefined } = options;
    const client = new Client({ name: 'guardscope', version }, { capabilities: { roots: {} } });
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: roots.map((path) => ({ uri: `file://${path}` })),
    }));
    const last = new LastLines();
    const transport = transportOf(launch, (text) => {
      last.add(text);
      onStderr?.(text);
    });
    const own = new InteractiveClient(client, transport, onChange);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client is no event target
    client.onclose = () => own.#end();
    try {
      await client.connect(transport, { timeout: startMs });
      await own.#readTools();
    } catch (thrown) {
      await client.close().catch(() => undefined);
      throw startFailure(thrown, launch, last, startMs);
    }
    client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
      await own.#readTools();
      onChange();
    });
    return own;
  }

  get tools(): readonly ToolDescription[] {
    return this.#tools;
  }

  /** False once the server has ended. */
  get running(): boolean {
    return !this.#ended;
  }

  /** The name that the server gave itself. */
  get serverName(): string {
    return this.#client.getServerVersion()?.name ?? '';
  }

  /** Calls a tool. A refusal of the server is an answer; only an end of the connection is one, too, with its reason. */
  async callTool(name: string, args: JsonValue, options: CallOptions = {}): Promise<CallAnswer> {
    const { signal, timeoutMs = 3_600_000, onProgress } = options;
    const began = performance.now();
    const request = { method: 'tools/call' as const, params: { name, arguments: args as Record<string, unknown> } };
    try {
      // Not `callTool`, which would refuse answers that the server's own schema does not allow: they are what people look for.
      const result = await this.#client.request(request, CallToolResultSchema.passthrough(), {
        timeout: timeoutMs,
        resetTimeoutOnProgress: true,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined
          ? {}
          : {
              onprogress: ({ progress, total, message }) =>
                onProgress({ progress, total: total ?? null, message: message ?? '' }),
            }),
      });
      return {
        kind: 'result',
        result: result as unknown as JsonValue,
        isError: result.isError === true,
        ms: performance.now() - began,
      };
    } catch (thrown) {
      const ms = performance.now() - began;
      if (thrown instanceof McpError)
        return { kind: 'error', code: thrown.code, message: thrown.message.replace(/^MCP error -?\d+: /, ''), ms };
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      return { kind: 'error', code: 0, message: signal?.aborted === true ? 'The call was cancelled' : reason, ms };
    }
  }

  /** Ends the server as a client does: closes its input, then asks, then insists. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#client.close().catch(() => undefined);
    await this.#transport.close().catch(() => undefined);
  }

  async #readTools(): Promise<void> {
    const tools: ToolDescription[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#client.listTools(cursor === undefined ? {} : { cursor });
      for (const { name, title, annotations, description, inputSchema } of page.tools) {
        const schema = inputSchema as unknown as JsonObject;
        tools.push({
          name,
          title: title ?? annotations?.title ?? '',
          description: description ?? '',
          inputSchema: schema,
        });
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined && tools.length < mostTools);
    this.#tools = tools;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onChange();
  }
}

/** A server whose list never ends is cut off here. */
const mostTools = 10_000;

function transportOf(launch: ClientLaunch, onStderr: (text: string) => void): Transport {
  if ('url' in launch) return new StreamableHTTPClientTransport(new URL(launch.url));
  const { command, args, env, cwd } = launch;
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...env },
    stderr: 'pipe',
    ...(cwd === undefined ? {} : { cwd }),
  });
  transport.stderr?.on('data', (chunk: Buffer) => onStderr(chunk.toString()));
  return transport;
}

function startFailure(thrown: unknown, launch: ClientLaunch, last: LastLines, startMs: number): Failure {
  const shown = 'url' in launch ? launch.url.replace(/\/[\w-]{32}\//, '/…/') : launch.command;
  const said = last.text === '' ? '' : `; it said: ${last.text}`;
  if (thrown instanceof McpError && thrown.code === requestTimeout) {
    const message = `The server did not answer within ${startMs / 1000} seconds${said}`;
    return new Failure(
      'client/no-answer',
      message,
      'Check that the command starts a server of MCP over standard input and output',
    );
  }
  const reason = thrown instanceof Error ? thrown.message.replace(/^MCP error -?\d+: /, '') : String(thrown);
  return new Failure(
    'client/not-started',
    `The server did not start (${reason})${said === '' ? `: ${shown}` : said}`,
    'Try its command in a terminal',
  );
}

const requestTimeout = -32_001;

/** The end of what a server writes beside its messages, and before it the first line that sounds like the reason. */
class LastLines {
  #text = '';
  #unfinished = '';
  #reason: string | undefined;

  add(text: string): void {
    this.#text = (this.#text + text).slice(-kept);
    if (this.#reason !== undefined) return;
    const lines = `${this.#unfinished}${text}`.split('\n');
    this.#unfinished = lines.pop()?.slice(0, kept) ?? '';
    this.#reason = lines
      .find((line) => complaint.test(line))
      ?.trim()
      .slice(0, kept);
  }

  get text(): string {
    const lines = this.#text.split('\n').filter((line) => line.trim() !== '');
    const last = lines.slice(-4);
    const reason = this.#reason;
    const isTold = reason === undefined || last.some((line) => line.trim() === reason);
    return [...(isTold ? [] : [reason, '…']), ...last].map((line) => line.trim()).join(' / ');
  }
}

const kept = 4000;
const complaint = /\b(?:\w*error|fatal|panic|cannot|can't|failed|not found|no such)\b/i;
