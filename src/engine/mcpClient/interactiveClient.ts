/** An MCP client for manual calls: starts a server (usually behind a tap), lists its tools, calls them, and stops the server. */
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
import { type TapLaunch, TapTransport } from './tapTransport.ts';

/**
 * How to reach the server: a command line, usually that of a tap with the server's command after `--`, or the URL of a tap. `isTap`: the
 * command is a tap with `--end-server`, whose end is waited for.
 */
export type ClientLaunch = (TapLaunch & { readonly isTap?: boolean }) | { readonly url: string };

/** Options of a client. */
export interface ClientOptions {
  readonly version: string;
  /** Paths of the folders that the server can request as roots. */
  readonly roots?: readonly string[];
  /** Milliseconds that the server may take to answer `initialize`; default two minutes, because the machine may be busy. */
  readonly startMs?: number;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** Receives the standard error of the command in chunks. */
  readonly onStderr?: (text: string) => void;
  /** Called when the list of tools has changed or the server has ended. */
  readonly onChange?: () => void;
}

/** A tool of the server. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** The answer to a call. A result with `isError` has the kind `result`; a JSON-RPC error or a lost connection the kind `error`. */
export type CallAnswer =
  | { readonly kind: 'result'; readonly result: JsonValue; readonly isError: boolean; readonly ms: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly ms: number };

/** Options of one call. */
export interface ToolCallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds; default one hour, because users can cancel. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: {
    readonly progress: number;
    readonly total: number | null;
    readonly message: string;
  }) => void;
}

/** A connection to one server. */
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
   * Starts the server and lists its tools. Throws `client/not-started` with the end of its standard error, or `client/no-answer` if it does
   * not answer in time; in both cases the process is ended.
   */
  static async start(launch: ClientLaunch, options: ClientOptions): Promise<InteractiveClient> {
    const { version, roots = [], startMs = 120_000, signal, onStderr, onChange = () => undefined } = options;
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
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client is not an event target
    client.onclose = () => own.#end();
    try {
      const limits = { timeout: startMs, ...(signal === undefined ? {} : { signal }) };
      await client.connect(transport, limits);
      await own.#readTools(limits);
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

  /** The tools of the server; `onChange` reports a new list. */
  get tools(): readonly ToolDescription[] {
    return this.#tools;
  }

  /** False once the server has ended. */
  get running(): boolean {
    return !this.#ended;
  }

  /** The server's name from its answer to `initialize`. */
  get serverName(): string {
    return this.#client.getServerVersion()?.name ?? '';
  }

  /** Calls a tool. Errors of the server and of the connection are answers too; never rejects. */
  async callTool(name: string, args: JsonValue, options: ToolCallOptions = {}): Promise<CallAnswer> {
    const { signal, timeoutMs = 3_600_000, onProgress } = options;
    const began = performance.now();
    const request = { method: 'tools/call' as const, params: { name, arguments: args as Record<string, unknown> } };
    try {
      // `callTool` of the SDK would reject results that violate the server's output schema, but users want to see those.
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

  /** Passes a signal to a tap; see `TapTransport`. */
  signal(signal: NodeJS.Signals): void {
    if (this.#transport instanceof TapTransport) this.#transport.signal(signal);
  }

  /** Stops the server like other clients: closes its input, then sends SIGTERM, then SIGKILL. A tap is waited for instead. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#client.close().catch(() => undefined);
    await this.#transport.close().catch(() => undefined);
  }

  async #readTools(limits: { readonly timeout?: number } = {}): Promise<void> {
    const tools: ToolDescription[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#client.listTools(cursor === undefined ? {} : { cursor }, limits);
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
    } while (cursor !== undefined && tools.length < maxTools);
    this.#tools = tools;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onChange();
  }
}

/** Limit for servers with an endless list of tools. */
const maxTools = 10_000;

function transportOf(launch: ClientLaunch, onStderr: (text: string) => void): Transport {
  if ('url' in launch) return new StreamableHTTPClientTransport(new URL(launch.url));
  if (launch.isTap === true) return new TapTransport(launch, onStderr);
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
  const target = 'url' in launch ? launch.url.replace(/\/[\w-]{32}\//, '/…/') : launch.command;
  const output = last.text === '' ? '' : `; its output: ${last.text}`;
  if (thrown instanceof McpError && thrown.code === requestTimeout) {
    const message = `The server did not answer within ${startMs / 1000} seconds${output}`;
    return new Failure(
      'client/no-answer',
      message,
      'Check that the command starts an MCP server that uses standard input and output',
    );
  }
  const reason = thrown instanceof Error ? thrown.message.replace(/^MCP error -?\d+: /, '') : String(thrown);
  return new Failure(
    'client/not-started',
    `The server did not start (${reason})${output === '' ? `: ${target}` : output}`,
    'Run its command in a terminal',
  );
}

const requestTimeout = -32_001;

/** The end of a server's standard error, preceded by the first line that looks like an error message. */
class LastLines {
  #text = '';
  #unfinished = '';
  #reason: string | undefined;

  add(text: string): void {
    this.#text = (this.#text + text).slice(-maxText);
    if (this.#reason !== undefined) return;
    const lines = `${this.#unfinished}${text}`.split('\n');
    this.#unfinished = lines.pop()?.slice(0, maxText) ?? '';
    this.#reason = lines
      .find((line) => errorLine.test(line))
      ?.trim()
      .slice(0, maxText);
  }

  get text(): string {
    const lines = this.#text.split('\n').filter((line) => line.trim() !== '');
    const last = lines.slice(-4);
    const reason = this.#reason;
    const isIncluded = reason === undefined || last.some((line) => line.trim() === reason);
    return [...(isIncluded ? [] : [reason, '…']), ...last].map((line) => line.trim()).join(' / ');
  }
}

/** Characters of standard error that are kept. */
const maxText = 4000;
const errorLine = /\b(?:\w*error|fatal|panic|cannot|can't|failed|not found|no such)\b/i;
