/**
 * Writes what the gateway logs: `rpc-messages.jsonl` (schema rpc-message/v2: hops to the backends, paired by order only), and of
 * `mcp-gateway.log` the lines about tool calls. Both are sanitised.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The gateway takes the session's id from the agent's header. */
const sessionId = 'support-assistant';

/** `encode` writes a value as the gateway's JSON encoder does; servers in `sinks` get the agent's labels on their calls. */
export class GatewayLog {
  #file;
  #textFile;
  #encode;
  #sinks;

  constructor(folder, encode, sinks) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, 'rpc-messages.jsonl');
    this.#textFile = path.join(folder, 'mcp-gateway.log');
    for (const file of [this.#file, this.#textFile]) writeFileSync(file, '');
    this.#encode = encode;
    this.#sinks = sinks;
  }

  /** One request to a backend. `agent`: the labels of the agent whose call it is; absent for the guard's look-ups. */
  request(server, method, params, agent) {
    const payload = this.#encode({ jsonrpc: '2.0', method, params });
    this.#write('rpc_request', 'rpc-message/v2', [
      ['direction', 'OUT'],
      ['server_id', server],
      ['method', method],
      ...this.#labels(server, agent),
      ['payload', sanitized(payload)],
    ]);
  }

  /** Its answer. The gateway writes 1 for the id, because its client library keeps the real one. */
  response(server, result, agent) {
    this.#write('rpc_response', 'rpc-message/v2', [
      ['direction', 'IN'],
      ['server_id', server],
      ...this.#labels(server, agent),
      ['payload', sanitized(`{"jsonrpc":"2.0","id":1,"result":${this.#result(result)}}`)],
    ]);
  }

  /** An item that was withheld from the client. This record is not sanitised. */
  filtered(server, tool, item) {
    this.#write('difc_filtered', 'difc-filtered/v2', [
      ['server_id', server],
      ['tool_name', tool],
      ['description', item.description],
      ['reason', item.reason],
      ['secrecy_tags', item.secrecy],
      ['integrity_tags', item.integrity],
    ]);
  }

  /** A tool call as the client made it. */
  clientCall(tool, args) {
    this.#line(
      'INFO',
      'client',
      `MCP tool call request, session=${sessionId}, tool=${tool}, args=${this.#encode(args)}`,
    );
  }

  /** What the client received for it. */
  clientAnswer(tool, { result, error }) {
    const start = `session=${sessionId}, tool=${tool}`;
    if (error === undefined)
      this.#line('INFO', 'client', `MCP tool call response, ${start}, result=${this.#encode(result)}`);
    else this.#line('ERROR', 'client', `MCP tool call error, ${start}, error=${error.message}`);
  }

  /** A call that the coarse check denied. */
  denied(resource, reason) {
    this.#line('WARN', 'difc', `Access DENIED for agent ${sessionId} to ${resource}: ${reason}`);
  }

  /** What a guard said with `host_log`: the gateway always keeps warnings and errors. */
  guardSaid(server, { level, message }) {
    const name = { 2: 'WARN', 3: 'ERROR' }[level];
    if (name !== undefined) this.#line(name, 'guard', `[${server}] ${message}`);
  }

  #line(level, category, message) {
    const line = `[${new Date().toISOString()}] [${level}] [${category}] ${message}`;
    appendFileSync(this.#textFile, `${redacted(line)}\n`);
  }

  /** The field order of the gateway's result type; what it does not know, and what is empty, is dropped. */
  #result(result) {
    const content = result.content?.map(({ type, text, ...rest }) =>
      type === 'text' ? `{"type":"text","text":${this.#encode(text)}}` : this.#encode({ type, ...rest }),
    );
    const fields = [
      ['_meta', result._meta && this.#encode(result._meta)],
      ['content', content && `[${content.join(',')}]`],
      ['structuredContent', result.structuredContent && this.#encode(result.structuredContent)],
      ['isError', result.isError === true ? 'true' : undefined],
    ];
    if (result.content === undefined) return this.#encode(result);
    return `{${fields
      .filter(([, text]) => text)
      .map(([name, text]) => `"${name}":${text}`)
      .join(',')}}`;
  }

  #labels(server, agent) {
    if (agent === undefined || !this.#sinks.includes(server)) return [];
    return [
      ['agent_secrecy', agent.secrecy],
      ['agent_integrity', agent.integrity],
    ].filter(([, tags]) => tags.length > 0);
  }

  #write(event, schema, fields) {
    const all = [['timestamp', new Date().toISOString()], ['event', event], ['_schema', schema], ...fields];
    const members = all.map(([name, value]) => `"${name}":${value instanceof Raw ? value.text : this.#encode(value)}`);
    appendFileSync(this.#file, `{${members.join(',')}}\n`);
  }
}

/** JSON text that is written as it is. */
class Raw {
  constructor(text) {
    this.text = text;
  }
}

const word = '\\S{8,}';
const members =
  'token|password|passwd|pwd|apikey|api_key|api-key|secret|client_secret|api_secret|authorization|auth|key|private_key|public_key|credentials|credential|access_token|refresh_token|bearer_token';

/** What the gateway takes for secrets, in its order; each works on what the former left. */
const secrets = [
  new RegExp(`(token|key|secret|password|auth)[=:]\\s*${word}`, 'gi'),
  /ghp_[a-zA-Z0-9]{36,}/g,
  /github_pat_[a-zA-Z0-9]{22}_[a-zA-Z0-9]{59}/g,
  /bearer\s+[a-zA-Z0-9\-._~+/]+=*/gi,
  /authorization:\s*[a-zA-Z0-9\-._~+/]+=*/gi,
  /[a-f0-9]{32,}/g,
  new RegExp(`(apikey|api_key|access_key)[=:]\\s*${word}`, 'gi'),
  new RegExp(`(client_secret|client_id)[=:]\\s*${word}`, 'gi'),
  /[a-zA-Z0-9_-]{20,}\.eyJ[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]+/g,
  new RegExp(`"(${members})"\\s*:\\s*"[^"]+"`, 'gi'),
];

/** The payload without what looks like a secret; when that breaks the JSON, the wrapper that the gateway writes instead. */
function sanitized(json) {
  const text = redacted(json);
  try {
    JSON.parse(text);
    return new Raw(text);
  } catch {
    return { _error: 'invalid JSON', _raw: text };
  }
}

function redacted(text) {
  const redact = (match) => {
    const cut = match.search(/[=:]/);
    return cut > 0 ? `${match.slice(0, cut)}=[REDACTED]` : '[REDACTED]';
  };
  return secrets.reduce((rest, pattern) => rest.replaceAll(pattern, redact), text);
}
