/** Reads and writes cassettes of mcp-recorder (format 1.x): sessions as pairs of request and answer. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Parsed, Problem } from '../base/parsed.ts';
import { idOf, isAnswer, isRequest, type ForeignSession, type SessionMessage, textOf } from './foreignSession.ts';

/** Whether a value looks like a cassette. */
export function isCassette(root: JsonValue): root is JsonObject {
  return isJsonObject(root) && typeof root['version'] === 'string' && Array.isArray(root['interactions']);
}

/** Reads a cassette. It has the duration of each exchange but not its start, so the exchanges follow each other. */
export function readRecorderCassette(root: JsonObject): Parsed<ForeignSession> {
  const problems: Problem[] = [];
  const version = textOf(root['version']);
  if (!/^1(\.|$)/.test(version)) {
    const message = `$.version is "${version}"; only version 1 is supported`;
    problems.push({
      severity: 'error',
      code: 'import/newer-cassette',
      message,
      hint: 'Record it again, or update Guardscope',
    });
    return { value: { server: '', transport: '', start: '', messages: [] }, problems };
  }
  const metadata = isJsonObject(root['metadata']) ? root['metadata'] : {};
  const messages: SessionMessage[] = [];
  let t = 0;
  const interactions = root['interactions'] as readonly JsonValue[];
  for (const [index, interaction] of interactions.entries()) {
    if (!isJsonObject(interaction)) {
      problems.push({
        severity: 'error',
        code: 'import/bad-entry',
        message: `$.interactions[${index}] is not an object`,
      });
      continue;
    }
    const { request = null, response = null, latency_ms: latency } = interaction;
    if (isJsonObject(request)) messages.push({ t, from: 'client', msg: request, session: '' });
    t += typeof latency === 'number' && latency >= 0 ? latency : 0;
    if (isJsonObject(response)) messages.push({ t, from: 'server', msg: response, session: '' });
  }
  const info = isJsonObject(metadata['server_info']) ? metadata['server_info'] : {};
  const recorded = Date.parse(textOf(metadata['recorded_at']));
  return {
    value: {
      server: typeof info['name'] === 'string' ? info['name'] : 'server',
      transport: typeof metadata['transport_type'] === 'string' ? metadata['transport_type'] : 'http',
      start: new Date(Number.isNaN(recorded) ? 0 : recorded).toISOString(),
      messages,
    },
    problems,
  };
}

/** Writes a session as a cassette. `left`: number of messages that the format cannot represent, which the server initiated. */
export function writeRecorderCassette({ messages, server, start, transport }: ForeignSession): {
  readonly cassette: JsonObject;
  readonly left: number;
} {
  const answers = new Map<string, SessionMessage>();
  for (const message of messages) {
    if (message.from === 'server' && isAnswer(message.msg))
      answers.set(`${message.session} ${idOf(message.msg) ?? ''}`, message);
  }
  let left = messages.filter(({ from, msg }) => from === 'server' && !isAnswer(msg)).length;
  const interactions = messages.flatMap((message): JsonObject[] => {
    const { from, msg, t } = message;
    if (from === 'server') return [];
    if (isAnswer(msg)) {
      left++;
      return [];
    }
    const answer = isRequest(msg) ? answers.get(`${message.session} ${idOf(msg) ?? ''}`) : undefined;
    return [
      {
        type: isRequest(msg) ? 'jsonrpc_request' : 'notification',
        request: msg,
        response: answer?.msg ?? null,
        response_is_sse: false,
        response_status: isRequest(msg) ? 200 : 202,
        latency_ms: answer === undefined ? 0 : Math.max(0, Math.round(answer.t - t)),
        http_method: null,
        http_path: null,
      },
    ];
  });
  const opening = messages.find(
    ({ from, msg }) =>
      from === 'server' && isJsonObject(msg) && isJsonObject(msg['result']) && 'protocolVersion' in msg['result'],
  );
  const result = isJsonObject(opening?.msg) && isJsonObject(opening.msg['result']) ? opening.msg['result'] : {};
  const metadata = {
    recorded_at: start,
    server_url: '',
    transport_type: transport,
    protocol_version: result['protocolVersion'] ?? null,
    server_info: result['serverInfo'] ?? (server === '' ? null : { name: server, version: '' }),
  };
  return { cassette: { version: '1.0', metadata, interactions }, left };
}
