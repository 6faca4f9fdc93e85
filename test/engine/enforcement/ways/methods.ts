/** Ways that use other methods than tool calls, and messages of a client that are not requests. */
import { callText, type ClientWay, nothing, ownIdOrNull, type Parts, ping, readAndWrite } from './way.ts';

const request = (p: Parts, method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":${p.id},"method":${JSON.stringify(method)},"params":${params}}`;

/** Methods with parameters that name the private file. */
const requests: readonly (readonly [string, (path: string) => unknown])[] = [
  ['resources/read', (path) => ({ uri: `file://${path}` })],
  ['resources/list', (path) => ({ cursor: path })],
  ['resources/templates/list', (path) => ({ cursor: path })],
  ['resources/directory/read', (path) => ({ uri: `file://${path}` })],
  ['resources/subscribe', (path) => ({ uri: `file://${path}` })],
  ['resources/unsubscribe', (path) => ({ uri: `file://${path}` })],
  ['completion/complete', (path) => ({ ref: { type: 'ref/resource', uri: path }, argument: { name: 'a', value: '' } })],
  ['logging/setLevel', (path) => ({ level: 'debug', logger: path })],
  ['tasks/list', (path) => ({ cursor: path })],
  ['tasks/get', (path) => ({ taskId: path })],
  ['tasks/result', (path) => ({ taskId: path })],
  ['tasks/cancel', (path) => ({ taskId: path })],
  ['tasks/update', (path) => ({ taskId: path })],
  ['server/discover', (path) => ({ path })],
  ['subscriptions/listen', (path) => ({ resourceSubscriptions: [path] })],
  ['roots/list', (path) => ({ path })],
  ['sampling/createMessage', (path) => ({ messages: [], maxTokens: 1, path })],
  ['elicitation/create', (path) => ({ message: path })],
  ['notifications/initialized', (path) => ({ path })],
  ['tools/read', (path) => ({ path })],
  ['tools/call/stream', (path) => ({ name: 'read_text_file', arguments: { path } })],
  ['x/read_file', (path) => ({ path })],
  ['read_text_file', (path) => ({ path })],
  ['rpc.discover', (path) => ({ path })],
  ['', (path) => ({ path })],
];

/** Methods whose answers the gateway passes on. */
const byDesign: readonly (readonly [string, (path: string) => unknown])[] = [
  ['prompts/get', (path) => ({ name: 'p', arguments: { path } })],
  ['prompts/list', (path) => ({ cursor: path })],
  ['tools/list', (path) => ({ cursor: path })],
  ['ping', (path) => ({ _meta: { path } })],
];

export const methodWays: readonly ClientWay[] = [
  ...requests.map(([method, params]): ClientWay => ({
    name: method === '' ? 'a method without a name' : `the method ${method}`,
    sends: (p) => [request(p, method, JSON.stringify(params(p.privatePath)))],
    owed: ownIdOrNull,
  })),
  ...byDesign.map(([method, params]): ClientWay => ({
    name: `${method}, which passes as in the gateway`,
    sends: (p) => [request(p, method, JSON.stringify(params(p.privatePath)))],
    passesByDesign: true,
  })),
  ...readAndWrite(
    'a response that is also a call',
    (params, { id }) => [
      `{"jsonrpc":"2.0","id":${id},"result":{},"Method":"tools/call","params":${params}}`,
      `{"jsonrpc":"2.0","id":${id + 1},"error":{"code":1,"message":"x"},"METHOD":"tools/call","params":${params}}`,
    ],
    { owed: nothing },
  ),
  ...readAndWrite(
    'a call that is also a response',
    (params, { id }) => [callText(id, params).replace('{', '{"result":{},')],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'a response that carries a call in its result',
    (params, { id }) => [
      `{"jsonrpc":"2.0","id":${id},"result":${callText(id + 1, params)},"__proto__":${callText(id + 2, params)}}`,
    ],
    { owed: nothing },
  ),
  ...readAndWrite(
    'a notification of progress that is also a call',
    (params, { id }) => [
      `{"jsonrpc":"2.0","method":"notifications/progress","METHOD":"tools/call","Id":${id},"params":${params}}`,
      `{"jsonrpc":"2.0","method":"notifications/cancelled","Method":"tools/call","ID":${id + 1},"params":${params}}`,
      `{"jsonrpc":"2.0","method":"notifications/cancelled","method":"tools/call","id":null,"params":${params}}`,
    ],
    { owed: nothing },
  ),
  ...readAndWrite(
    'a cancellation of a call that is held',
    (params, { id }) => [
      callText(id, params),
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`,
    ],
    { owed: nothing, over: 'stdio' },
  ),
  ...readAndWrite(
    'a cancellation before the call',
    (params, { id }) => [
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`,
      callText(id, params),
    ],
    { over: 'stdio' },
  ),
  ...readAndWrite('a cancellation of "all"', (params, { id }) => [
    callText(id, params),
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":null}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled"}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}',
  ]),
  {
    name: 'a cancelled private read whose id is used again',
    sends: (p) => [
      callText(p.id, p.privateRead),
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${p.id}}}`,
      callText(p.id, p.publicRead),
    ],
    owed: (p) => [[String(p.id), 'null']],
    over: 'stdio',
  },
  {
    name: 'a second initialize',
    sends: (p) => [
      `{"jsonrpc":"2.0","id":${p.id},"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`,
      callText(p.id + 1, p.privateRead),
      callText(p.id + 2, p.write),
    ],
    owed: (p) => [[String(p.id)], [String(p.id + 1)], [String(p.id + 2)]],
    over: 'stdio',
  },
  {
    name: 'a private read between requests that pass',
    sends: (p) => [ping(p.id), callText(p.id + 1, p.privateRead), ping(p.id + 2), callText(p.id + 3, p.publicRead)],
    owed: (p) => [0, 1, 2, 3].map((more) => [String(p.id + more)]),
  },
  {
    name: 'a list of tools under the id of a private read',
    sends: (p) => [`{"jsonrpc":"2.0","id":${p.id},"method":"tools/list"}`, callText(p.id, p.privateRead)],
    owed: (p) => [
      [String(p.id), 'null'],
      [String(p.id), 'null'],
    ],
  },
  {
    name: 'a private read under the id of a list of tools',
    sends: (p) => [callText(p.id, p.privateRead), `{"jsonrpc":"2.0","id":${p.id},"method":"tools/list"}`],
    owed: (p) => [
      [String(p.id), 'null'],
      [String(p.id), 'null'],
    ],
  },
];
