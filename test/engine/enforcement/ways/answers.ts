/** Ways of a server to answer a private read so that its content passes the guard. */
import { answer, type SecretRequest } from '../server/hostileServer.ts';
import { secretNumber } from '../server/secrets.ts';
import { callText, type ClientWay, type Parts } from './way.ts';

/** What a server does when it is asked for private content. */
export interface ServerWay {
  readonly name: string;
  /** Messages that it sends in place of its answer. */
  readonly sends: (request: SecretRequest) => readonly string[];
  /** Messages that it sends after them, when the client already has its answer. */
  readonly sendsLate?: (request: SecretRequest) => readonly string[];
  /** Messages that it sends while the guard still asks. */
  readonly sendsAtLookup?: (request: SecretRequest) => readonly string[];
  /** The request of the client; default: a private read. */
  readonly request?: (parts: Parts) => string;
  /** The gateway passes this kind of answer on, so the secret in it is no leak. */
  readonly passesByDesign?: true;
  /** Whether the call waits for its deadline also where the end of an exchange does not end it. */
  readonly waits?: true;
}

/** The case of a client that reads the private file from a server that behaves in this way. */
export function readFrom({ name, request, passesByDesign, ...server }: ServerWay): ClientWay {
  return {
    name,
    sends: (p) => [request?.(p) ?? callText(p.id, p.privateRead)],
    server,
    ...(passesByDesign === undefined ? {} : { passesByDesign }),
  };
}

/** The same case on a connection that goes on: the server sends an error last, so that the call does not wait for its deadline. */
export function readFromStream(way: ServerWay): ClientWay {
  if (way.waits === true) return readFrom(way);
  const over = ({ id }: SecretRequest): string =>
    `{"jsonrpc":"2.0","id":${id ?? 'null'},"error":{"code":1,"message":"over"}}`;
  return readFrom({ ...way, sends: (request) => [...way.sends(request), over(request)] });
}

const idOf = ({ id }: SecretRequest): string => id ?? 'null';
const own = (request: SecretRequest): string => answer(idOf(request), request.result);
const empty = (request: SecretRequest): string => answer(idOf(request), '{"content":[]}');

/** The answer with another id. */
const under = (name: string, id: (own: string) => string): ServerWay => ({
  name: `answers under ${name}`,
  sends: (request) => [answer(id(idOf(request)), request.result)],
});

/** A member beside or in place of those of an answer. */
const shaped = (name: string, text: (id: string, result: string, n: number) => string): ServerWay => ({
  name: `answers with ${name}`,
  sends: (request) => [text(idOf(request), request.result, request.n)],
});

/** Another answer after the first one. */
const again = (name: string, id: (own: string) => string): ServerWay => ({
  name: `answers a second time under ${name}`,
  sends: (request) => [own(request), answer(id(idOf(request)), request.result)],
  sendsLate: (request) => [answer(id(idOf(request)), request.result)],
});

const result = (name: string, make: (request: SecretRequest) => unknown): ServerWay => ({
  name: `answers with ${name}`,
  sends: (request) => [answer(idOf(request), JSON.stringify(make(request)))],
});

/** The gateway returns the error text of a failed call, and quotes a result that it cannot read, without the guard. */
const asGateway = (way: ServerWay): ServerWay => ({ ...way, passesByDesign: true });

const waiting = (way: ServerWay): ServerWay => ({ ...way, waits: true });

export const answerWays: readonly ServerWay[] = [
  { name: 'answers properly', sends: (request) => [own(request)] },
  waiting(under('its id as a string', (id) => JSON.stringify(id))),
  under('its id with a fraction', (id) => `${id}.0`),
  under('its id with an exponent', (id) => `${id}e0`),
  under('its id with a small fraction', (id) => `${id}.0000000000000000001`),
  waiting(under('the id null', () => 'null')),
  under('the id true', () => 'true'),
  under('its id in a list', (id) => `[${id}]`),
  under('its id in an object', (id) => `{"id":${id}}`),
  under('its id with spaces', (id) => `" ${id} "`),
  under('an id that the client never used', () => '424242'),
  under('the id of initialize', () => '"begin"'),
  under('the negative id', (id) => `-${id}`),
  under('the id 1e400', () => '1e400'),
  under('an id with a NUL', (id) => String.raw`"${id}\u0000"`),
  again('its id', (id) => id),
  again('its id as a string', (id) => JSON.stringify(id)),
  again('its id with a fraction', (id) => `${id}.0`),
  again('the id null', () => 'null'),
  again('the id of initialize', () => '"begin"'),
  shaped('a method beside the result', (id, text) => `{"jsonrpc":"2.0","id":${id},"method":"x","result":${text}}`),
  shaped(
    'the method ping beside the result',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"method":"ping","result":${text}}`,
  ),
  shaped('a method that is not a string', (id, text) => `{"jsonrpc":"2.0","id":${id},"method":null,"result":${text}}`),
  shaped('a METHOD beside the result', (id, text) => `{"jsonrpc":"2.0","id":${id},"METHOD":"x","result":${text}}`),
  shaped(
    'a notification around the result',
    (_, text) => `{"jsonrpc":"2.0","method":"notifications/message","result":${text}}`,
  ),
  shaped(
    'result and error',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"result":${text},"error":{"code":1,"message":"x"}}`,
  ),
  shaped('result and the error null', (id, text) => `{"jsonrpc":"2.0","id":${id},"result":${text},"error":null}`),
  shaped(
    'two results, the secret first',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"result":${text},"result":{"content":[]}}`,
  ),
  shaped(
    'two results, the secret last',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]},"result":${text}}`,
  ),
  shaped('two ids, its own first', (id, text) => `{"jsonrpc":"2.0","id":${id},"result":${text},"id":424242}`),
  shaped('two ids, its own last', (id, text) => `{"jsonrpc":"2.0","id":424242,"id":${id},"result":${text}}`),
  shaped('two ids, the other one null', (id, text) => `{"jsonrpc":"2.0","id":${id},"id":null,"result":${text}}`),
  shaped('an escaped id', (id, text) => String.raw`{"jsonrpc":"2.0","\u0069d":${id},"id":424242,"result":${text}}`),
  shaped('"ID" in place of the id', (id, text) => `{"jsonrpc":"2.0","ID":${id},"result":${text}}`),
  shaped('"Result" in place of the result', (id, text) => `{"jsonrpc":"2.0","id":${id},"Result":${text}}`),
  shaped(
    '"RESULT" beside an empty result',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]},"RESULT":${text}}`,
  ),
  shaped('"re\u017Fult" with a long s', (id, text) => `{"jsonrpc":"2.0","id":${id},"re\u017Fult":${text}}`),
  shaped('"__proto__"', (id, text) => `{"jsonrpc":"2.0","id":${id},"__proto__":{"result":${text}}}`),
  shaped(
    'members beside an empty result',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]},"extra":${text}}`,
  ),
  shaped('another version of JSON-RPC', (id, text) => `{"jsonrpc":"1.0","id":${id},"result":${text}}`),
  shaped(
    'the secret as the version',
    (id, text) => `{"jsonrpc":${JSON.stringify(text)},"id":${id},"result":{"content":[]}}`,
  ),
  waiting(shaped('a list in a list', (id, text) => `[[${answer(id, text)}]]`)),
  shaped('a list', (id, text) => `[${answer(id, text)}]`),
  shaped(
    'a list with a notification',
    (id, text) => `[{"jsonrpc":"2.0","method":"notifications/tools/list_changed"},${answer(id, text)}]`,
  ),
  shaped('a list of two answers', (id, text) => `[${answer(id, '{"content":[]}')},${answer(id, text)}]`),
  shaped('a list with text', (_, text) => `[${text}]`),
  waiting(shaped('a string', (id, text) => JSON.stringify(answer(id, text)))),
  shaped('only the result', (_, text) => text),
  shaped(
    'an error with the secret as data',
    (id, text) => `{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":"x","data":${text},"x":${text}}}`,
  ),
  asGateway(
    shaped(
      'an error with the secret as message',
      (id, text) => `{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":${JSON.stringify(text)}}}`,
    ),
  ),
  asGateway(
    shaped('an error that is a string', (id, text) => `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(text)}}`),
  ),
  shaped('an error that is a list', (id, text) => `{"jsonrpc":"2.0","id":${id},"error":[${text}]}`),
  shaped(
    'an error for the code of a URL elicitation',
    (id, text) =>
      `{"jsonrpc":"2.0","id":${id},"error":{"code":-32042,"message":"x","data":{"elicitations":[{"url":"https://x/","message":${JSON.stringify(text)}}]}}}`,
  ),
  shaped(
    'an error without an id',
    (_, text) => `{"jsonrpc":"2.0","error":{"code":1,"message":${JSON.stringify(text)}}}`,
  ),
  shaped(
    'an error with the id null',
    (_, text) => `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":${JSON.stringify(text)}}}`,
  ),
  asGateway(
    shaped(
      'a secret as the code of an error',
      (id, _, n) => `{"jsonrpc":"2.0","id":${id},"error":{"code":${secretNumber(n)},"message":""}}`,
    ),
  ),
  shaped('a byte order mark', (id, text) => `\uFEFF${answer(id, text)}`),
  shaped('a NUL before it', (id, text) => `\0${answer(id, text)}`),
  shaped('NaN in it', (id, text) => answer(id, text).replace('{', '{"x":NaN,')),
  shaped('a comment in it', (id, text) => answer(id, text).replace('{', '{/**/')),
  shaped('a trailing comma', (id, text) => answer(id, text).replace(/\}$/, ',}')),
  shaped('text before it', (id, text) => `x ${answer(id, text)}`),
  shaped('text behind it', (id, text) => `${answer(id, text)} x`),
  shaped('two messages in one text', (id, text) => `${answer('424242', '{}')}${answer(id, text)}`),
  shaped('plain text', (_, text) => `note: ${JSON.parse(text).content[0].text as string}`),
  shaped('an escaped secret', (id, text) =>
    answer('424242', text.replaceAll('TOP', String.raw`\u0054\u004f\u0050`)).replace('424242', JSON.stringify(id)),
  ),
  result('isError', ({ secret }) => ({ content: [{ type: 'text', text: secret }], isError: true })),
  result('structured content', ({ secret }) => ({ content: [], structuredContent: { secret } })),
  result('metadata', ({ secret }) => ({ content: [{ type: 'text', text: 'x' }], _meta: { secret } })),
  result('a link to a resource', ({ secret }) => ({
    content: [{ type: 'resource_link', uri: `file:///${secret}`, name: secret }],
  })),
  result('an embedded resource', ({ secret }) => ({
    content: [{ type: 'resource', resource: { uri: 'file:///a', text: secret } }],
  })),
  result('an image', ({ secret }) => ({
    content: [{ type: 'image', mimeType: 'image/png', data: Buffer.from(secret).toString('base64') }],
  })),
  result('audio and annotations', ({ secret }) => ({
    content: [{ type: 'audio', data: '', mimeType: secret, annotations: { title: secret } }],
  })),
  asGateway(result('an unknown kind of content', ({ secret }) => ({ content: [{ type: secret, [secret]: secret }] }))),
  asGateway(result('content that is a string', ({ secret }) => ({ content: secret }))),
  result('a task', ({ secret }) => ({ task: { taskId: secret, status: 'working', statusMessage: secret } })),
  result('a request for input', ({ secret }) => ({
    resultType: 'input_required',
    inputRequests: { a: { method: 'elicitation/create', params: { message: secret, url: `https://x/${secret}` } } },
    requestState: secret,
  })),
  result('no content', ({ secret }) => ({ [secret]: 1 })),
  asGateway(result('a list in place of the result', ({ secret }) => [secret])),
  asGateway(result('a string in place of the result', ({ secret }) => secret)),
  asGateway(result('a number in place of the result', ({ n }) => secretNumber(n))),
  waiting({ name: 'answers to nothing, and the client waits for the deadline', sends: () => [] }),
  {
    name: 'answers after the deadline',
    sends: () => [],
    sendsLate: (request) => [own(request), answer(JSON.stringify(idOf(request)), request.result)],
    waits: true,
  },
  {
    name: 'answers before it is asked',
    sends: (request) => [empty(request)],
    sendsAtLookup: (request) => secretUnderAnyId(request),
  },
];

/** The secret under the id of a call that still waits. A look-up tells the server the number of the case, not the id. */
function secretUnderAnyId({ n, result: text }: SecretRequest): readonly string[] {
  const id = 1000 + 10 * n;
  return [answer(String(id), text), answer(JSON.stringify(String(id)), text)];
}
