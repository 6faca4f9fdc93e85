/** A server that carries out whatever some server could read in the bytes that it gets, and answers as a case says. It is the same on each transport. */
import { type Asked, readingsOf } from './readings.ts';
import { privateNumber, secretOf } from './secrets.ts';

/** A message with its line end or frame still to come; a buffer goes out as it is. */
export type Sent = string | Buffer;

/** A request for private content. */
export interface SecretRequest {
  /** Number of the case. */
  readonly n: number;
  /** The id as JSON text; null for a notification. */
  readonly id: string | null;
  readonly secret: string;
  /** A usual result of a tool call with the secret, as JSON text. */
  readonly result: string;
  readonly asked: Asked;
}

/** What the server does in one case. */
export interface Behaviour {
  /** What it sends when it is asked for private content; default: an answer with the secret. */
  readonly sends?: (request: SecretRequest) => readonly Sent[];
  /** What it sends after that, before the answer to the next public read. */
  readonly sendsLate?: (request: SecretRequest) => readonly Sent[];
  /** What it sends before its answer to a look-up about a private file. */
  readonly sendsAtLookup?: (request: SecretRequest) => readonly Sent[];
}

/** Tools that the sample's guard asks about a call. */
const lookups: ReadonlySet<string> = new Set(['list_allowed_directories', 'get_file_info']);
const writers = /^(?:edit_file|write_file|create_directory|move_file)$/;

export class HostileServer {
  behaviour: Behaviour = {};
  /** Whether the last bytes asked for private content. */
  wasPrivate = false;
  readonly #writes: string[] = [];
  #late: Sent[] = [];

  /** The writes since the last question. Each of them is one that the guard denies. */
  takeWrites(): readonly string[] {
    return this.#writes.splice(0);
  }

  /** Forgets what it wanted to send late. */
  begin(behaviour: Behaviour): void {
    this.behaviour = behaviour;
    this.#late = [];
    this.#writes.length = 0;
  }

  /** What it sends for bytes of the client; null when it reads no request in them. */
  handle(bytes: Buffer): readonly Sent[] | null {
    this.wasPrivate = false;
    const readings = readingsOf(bytes);
    if (readings.length === 0) return null;
    const groups = new Map<string | null, Asked[]>();
    for (const asked of readings) groups.set(asked.id, [...(groups.get(asked.id) ?? []), asked]);
    return [...groups.values()].flatMap((group) => this.#answers(group));
  }

  /** Of several readings of one request it takes the worst. */
  #answers(group: readonly Asked[]): readonly Sent[] {
    for (const { tool, text } of group) if (writers.test(tool)) this.#writes.push(`${tool} ${text}`);
    const secret = group.find(
      ({ method, tool, text }) => method !== 'ping' && !lookups.has(tool) && privateNumber(text) !== null,
    );
    const chosen = secret ?? group[0];
    if (chosen === undefined) return [];
    const n = privateNumber(chosen.text);
    if (secret !== undefined && n !== null) return this.#answerSecret(requestOf(n, secret));
    const plain = chosen.id === null ? [] : [answer(chosen.id, publicResult(chosen))];
    const atLookup = n === null ? [] : (this.behaviour.sendsAtLookup?.(requestOf(n, chosen)) ?? []);
    return [...atLookup, ...(chosen.tool === 'read_text_file' ? this.#late.splice(0) : []), ...plain];
  }

  #answerSecret(request: SecretRequest): readonly Sent[] {
    this.wasPrivate = true;
    this.#late.push(...(this.behaviour.sendsLate?.(request) ?? []));
    if (this.behaviour.sends !== undefined) return this.behaviour.sends(request);
    return request.id === null ? [] : [answer(request.id, secretResult(request))];
  }
}

/** The JSON text of an answer. */
export function answer(id: string, result: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
}

function requestOf(n: number, asked: Asked): SecretRequest {
  const secret = secretOf(n);
  const result = JSON.stringify({ content: [{ type: 'text', text: `${secret} of a private file` }] });
  return { n, id: asked.id, secret, result, asked };
}

/** The result of the method that was asked for, with the secret. */
function secretResult({ asked, secret, result }: SecretRequest): string {
  const results: Readonly<Record<string, unknown>> = {
    'resources/read': { contents: [{ uri: 'file:///workspace/private/a', text: secret }] },
    'prompts/get': { messages: [{ role: 'user', content: { type: 'text', text: secret } }] },
    'completion/complete': { completion: { values: [secret] } },
    'resources/list': { resources: [{ uri: 'file:///a', name: secret }] },
    'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'file:///{a}', name: secret }] },
    'tasks/get': { taskId: secret, status: 'completed', statusMessage: secret },
    'tasks/list': { tasks: [{ taskId: secret, status: 'working', statusMessage: secret }] },
  };
  const own = results[asked.method];
  return own === undefined ? result : JSON.stringify(own);
}

/** The result of a list of tools, with those that the cases call. */
export const publicTools = JSON.stringify({
  tools: [
    ...lookups,
    'read_text_file',
    'read_multiple_files',
    'edit_file',
    'write_file',
    'create_directory',
    'move_file',
  ].map((name) => ({ name, inputSchema: { type: 'object' } })),
});

function publicResult({ method, tool }: Asked): string {
  const text = (value: string): string => JSON.stringify({ content: [{ type: 'text', text: value }] });
  if (tool === 'list_allowed_directories') return text('Allowed directories:\n/workspace');
  if (tool === 'get_file_info') return text('size: 10\nisDirectory: false\nisFile: true');
  if (tool !== '') return text('public of a file');
  if (method === 'tools/list') return publicTools;
  if (method !== 'initialize') return '{}';
  const capabilities = {
    tools: {},
    resources: { subscribe: true },
    prompts: {},
    logging: {},
    completions: {},
    tasks: {},
  };
  return JSON.stringify({ protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'hostile', version: '1' } });
}
