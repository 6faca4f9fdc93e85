/** Ways of a server to reach the client beside its answer: notifications, requests of its own, and results of other methods. */
import { answer, publicTools, type SecretRequest } from '../server/hostileServer.ts';
import { secretNumber } from '../server/secrets.ts';
import type { ServerWay } from './answers.ts';
import type { Parts } from './way.ts';

const own = (request: SecretRequest): string => answer(request.id ?? 'null', request.result);

/** Messages before the answer, and once more after it. */
const beside = (name: string, message: (request: SecretRequest) => unknown): ServerWay => {
  const text = (request: SecretRequest): string => {
    const made = message(request);
    return typeof made === 'string' ? made : JSON.stringify({ jsonrpc: '2.0', ...(made as object) });
  };
  return { name, sends: (request) => [text(request), own(request)], sendsLate: (request) => [text(request)] };
};

const notes = (method: string, params: (secret: string, n: number) => unknown): ServerWay =>
  beside(`notifies with ${method}`, ({ secret, n }) => ({ method, params: params(secret, n) }));

const asks = (method: string, params: (secret: string) => unknown): ServerWay =>
  beside(`requests ${method}`, ({ secret, n }) => ({ id: `s${n}`, method, params: params(secret) }));

/** Another method of the client, whose answer has the secret. */
const other = (method: string, params: (path: string) => unknown, result: (secret: string) => unknown): ServerWay => ({
  name: `answers ${method}`,
  request: (p: Parts) => JSON.stringify({ jsonrpc: '2.0', id: p.id, method, params: params(p.privatePath) }),
  sends: (request) => [answer(request.id ?? 'null', JSON.stringify(result(request.secret)))],
});

/** The usual tools, with more members each. */
function toolsWith(more: object): object {
  const { tools } = JSON.parse(publicTools) as { readonly tools: readonly object[] };
  return { tools: tools.map((tool) => ({ ...tool, ...more })) };
}

export const serverMessageWays: readonly ServerWay[] = [
  notes('notifications/progress', (secret) => ({ progressToken: 1, progress: 1, message: secret })),
  beside('notifies of progress with the secret as token', ({ secret }) => ({
    method: 'notifications/progress',
    params: { progressToken: secret, progress: 1 },
  })),
  beside('notifies of progress with the secret as a number', ({ n }) => ({
    method: 'notifications/progress',
    params: { progressToken: 1, progress: secretNumber(n), total: secretNumber(n) },
  })),
  notes('notifications/message', (secret) => ({ level: 'info', data: secret })),
  beside('notifies of a message with the secret as logger', ({ secret }) => ({
    method: 'notifications/message',
    params: { level: 'info', logger: secret, data: '' },
  })),
  notes('notifications/resources/updated', (secret) => ({ uri: `file:///${secret}` })),
  notes('notifications/resources/list_changed', (secret) => ({ _meta: { secret } })),
  notes('notifications/tools/list_changed', (secret) => ({ _meta: { secret }, secret })),
  notes('notifications/prompts/list_changed', (secret) => ({ secret })),
  notes('notifications/cancelled', (secret) => ({ requestId: 1, reason: secret })),
  notes('notifications/initialized', (secret) => ({ secret })),
  notes('notifications/tasks/status', (secret) => ({ taskId: 't', status: 'working', statusMessage: secret })),
  notes('notifications/elicitation/complete', (secret) => ({ elicitationId: secret })),
  notes('notifications/unknown', (secret) => ({ secret })),
  notes('tools/call', (secret) => ({ name: secret, arguments: {} })),
  beside('notifies with the secret as method', ({ secret }) => ({ method: `notifications/${secret}` })),
  beside('notifies with the secret beside the parameters', ({ secret }) => ({
    method: 'notifications/tools/list_changed',
    secret,
  })),
  beside('notifies with a METHOD', ({ secret }) => ({
    METHOD: 'notifications/message',
    params: { level: 'info', data: secret },
  })),
  beside('notifies with parameters in a list', ({ secret }) => ({ method: 'notifications/message', params: [secret] })),
  beside('notifies with an id', ({ secret }) => ({
    id: null,
    method: 'notifications/message',
    params: { data: secret },
  })),
  beside(
    'notifies in a list',
    ({ secret }) => `[{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"${secret}"}}]`,
  ),
  asks('sampling/createMessage', (secret) => ({
    messages: [{ role: 'user', content: { type: 'text', text: secret } }],
    maxTokens: 1,
  })),
  asks('elicitation/create', (secret) => ({ message: secret, requestedSchema: { type: 'object', properties: {} } })),
  asks('elicitation/create ', (secret) => ({
    mode: 'url',
    url: `https://127.0.0.1/${secret}`,
    elicitationId: 'e',
    message: 'x',
  })),
  asks('roots/list', (secret) => ({ _meta: { secret } })),
  asks('ping', (secret) => ({ _meta: { secret } })),
  asks('tasks/get', (secret) => ({ taskId: secret })),
  asks('tools/call', (secret) => ({ name: secret, arguments: { secret } })),
  asks('unknown/method', (secret) => ({ secret })),
  beside('requests ping with the secret as id', ({ secret }) => ({ id: secret, method: 'ping' })),
  beside('requests roots/list with the secret as id', ({ secret }) => ({ id: secret, method: 'roots/list' })),
  beside('requests ping with the secret as a number', ({ n }) => ({ id: secretNumber(n), method: 'ping' })),
  beside(
    'requests with the id of the call',
    ({ secret, id }) =>
      `{"jsonrpc":"2.0","id":${id ?? 'null'},"method":"sampling/createMessage","params":{"x":"${secret}"}}`,
  ),
  beside('requests the secret as method', ({ secret, n }) => ({ id: `s${n}`, method: secret })),
  other(
    'completion/complete',
    (path) => ({ ref: { type: 'ref/resource', uri: path }, argument: { name: 'a', value: '' } }),
    (secret) => ({ completion: { values: [secret] } }),
  ),
  other(
    'logging/setLevel',
    (path) => ({ level: 'info', path }),
    (secret) => ({ secret }),
  ),
  other(
    'resources/subscribe',
    (uri) => ({ uri }),
    (secret) => ({ secret }),
  ),
  other(
    'resources/read',
    (uri) => ({ uri }),
    (secret) => ({ contents: [{ uri: 'x', blob: Buffer.from(secret).toString('base64') }] }),
  ),
  other(
    'tasks/result',
    (taskId) => ({ taskId }),
    (secret) => ({ content: [{ type: 'text', text: secret }] }),
  ),
  {
    ...other(
      'resources/read ',
      (uri) => ({ uri }),
      (secret) => ({ contents: [{ uri: 'x', text: secret }] }),
    ),
    name: 'answers resources/read with an error',
    sends: ({ id, secret }) => [
      `{"jsonrpc":"2.0","id":${id ?? 'null'},"error":{"code":1,"message":"${secret}","data":"${secret}"}}`,
    ],
  },
  {
    ...other(
      'prompts/get',
      (path) => ({ name: 'p', arguments: { path } }),
      (secret) => ({ messages: [{ role: 'user', content: { type: 'text', text: secret } }] }),
    ),
    passesByDesign: true,
  },
  {
    ...other(
      'tools/list',
      (cursor) => ({ cursor }),
      (secret) => ({
        ...toolsWith({ description: secret, annotations: { title: secret } }),
      }),
    ),
    passesByDesign: true,
  },
  {
    ...other(
      'tools/list',
      (cursor) => ({ cursor }),
      (secret) => ({ ...toolsWith({}), secret }),
    ),
    name: 'answers a private read with a list of tools, and a list of tools with the private file',
    sends: ({ id, result }) => [answer(id ?? 'null', result)],
    passesByDesign: true,
  },
  {
    name: 'answers a look-up with the secret, twice',
    sends: (request) => [own(request)],
    sendsAtLookup: ({ asked, result }) => [answer(asked.id ?? 'null', result), answer(asked.id ?? 'null', result)],
  },
  {
    name: 'answers a look-up under its id in other forms',
    sends: (request) => [own(request)],
    sendsAtLookup: ({ asked, result }) => [
      answer(`[${asked.id ?? 'null'}]`, result),
      answer((asked.id ?? 'null').toUpperCase(), result),
      `{"jsonrpc":"2.0","id":${asked.id ?? 'null'},"method":"x","result":${result}}`,
      `{"jsonrpc":"2.0","id":${asked.id ?? 'null'},"id":1,"result":${result}}`,
      `{"jsonrpc":"2.0","ID":${asked.id ?? 'null'},"result":${result}}`,
      `{"jsonrpc":"2.0","id":${asked.id ?? 'null'},"Result":${result}}`,
    ],
  },
  {
    name: 'requests with the id of a look-up',
    sends: (request) => [own(request)],
    sendsAtLookup: ({ asked, secret }) => [
      `{"jsonrpc":"2.0","id":${asked.id ?? 'null'},"method":"sampling/createMessage","params":{"x":"${secret}"}}`,
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${asked.id ?? 'null'},"reason":"${secret}"}}`,
    ],
  },
];
