/** Ways of a client in HTTP itself: methods, paths, headers and sessions. */
import type { HttpRequests } from '../rig/httpTrials.ts';
import { requestBytes } from '../rig/rawHttp.ts';
import { type HttpWay, readAndWriteOverHttp as both } from './httpWay.ts';
import { callText, nothing, ownIdOrNull } from './way.ts';

const eitherOrNone = { owed: nothing } as const;
const json = 'Content-Type: application/json';

const methods = [
  'GET',
  'PUT',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'DELETE',
  'TRACE',
  'QUERY',
  'PROPFIND',
  'SEARCH',
  'LINK',
  'post',
  'Post',
];

const paths: readonly (readonly [string, (prefix: string) => string])[] = [
  ['a slash behind it', (prefix) => `${prefix}/mcp/`],
  ['two slashes', (prefix) => `${prefix}//mcp`],
  ['capital letters', (prefix) => `${prefix}/MCP`],
  ['two dots', (prefix) => `${prefix}/x/../mcp`],
  ['an encoded slash', (prefix) => `${prefix}/mcp%2F`],
  ['a parameter', (prefix) => `${prefix}/mcp;x=1`],
  ['a query', (prefix) => `${prefix}/mcp?x=1`],
  ['another name', (prefix) => `${prefix}/other`],
  ['the name of messages in the older transport', (prefix) => `${prefix}/messages?sessionId=none`],
  ['no name', (prefix) => prefix],
  ['a query without a name', (prefix) => `${prefix}?x`],
];

const withoutSession = (make: HttpRequests): readonly string[] => [
  `Host: ${make.host}`,
  'Accept: application/json, text/event-stream',
  json,
];

export const httpRequestWays: readonly HttpWay[] = [
  ...methods.flatMap((method) =>
    both(`the method ${method}`, (call, make) => [[make.request(method, make.path, call)]], {
      ...eitherOrNone,
      ownSession: true,
      ...(method === 'GET' ? { staysOpen: true } : {}),
    }),
  ),
  ...both(
    'GET that a header overrides',
    (call, make) => [
      [
        make.request('GET', make.path, call, [
          'X-HTTP-Method-Override: POST',
          'X-HTTP-Method: POST',
          'X-Method-Override: POST',
        ]),
      ],
    ],
    { owed: nothing, staysOpen: true },
  ),
  ...both(
    'the metadata of a sign-in, with a call in the body',
    (call, make) =>
      ['', '/mcp', '/../../mcp', '%2F..%2F..%2Fmcp'].map((more) => [
        make.request('GET', `${make.prefix}/.well-known/oauth-protected-resource${more}`, call),
      ]),
    { owed: nothing, staysOpen: true },
  ),
  {
    name: 'a call in the query of a GET: a private read',
    sends: (p, make) => [
      [make.request('GET', `${make.path}?message=${encodeURIComponent(callText(p.id, p.privateRead))}`, '')],
    ],
    owed: nothing,
  },
  ...paths.flatMap(([name, path]) =>
    both(`a path with ${name}`, (call, make) => [[make.request('POST', path(make.prefix), call)]], {
      owed: ownIdOrNull,
    }),
  ),
  ...both('a path with an origin', (call, make) => [[make.request('POST', `http://${make.host}${make.path}`, call)]], {
    owed: ownIdOrNull,
  }),
  ...both('Expect: 100-continue', (call, make) => [[make.post(call, ['Expect: 100-continue'])]]),
  ...both('another expectation', (call, make) => [[make.post(call, ['Expect: x'])]], eitherOrNone),
  ...both(
    'an upgrade to a web socket',
    (call, make) => [
      [
        make.request('GET', `${make.path}?message=x`, call, [
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
        ]),
      ],
    ],
    { owed: nothing, staysOpen: true },
  ),
  ...both(
    'an upgrade of a POST',
    (call, make) => [
      [make.post(call, ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'])],
    ],
    eitherOrNone,
  ),
  ...both('CONNECT', (call, make) => [[make.request('CONNECT', make.host, call)]], eitherOrNone),
  ...both(
    'HTTP/1.0',
    (call, make) => [[Buffer.from(make.post(call).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'), 'latin1')]],
    { owed: ownIdOrNull },
  ),
  ...both(
    'no session, and the word initialize in the call',
    (call, make) => [
      [requestBytes('POST', make.path, withoutSession(make), call.replace('{', '{"x":"initialize",'))],
      [
        requestBytes(
          'POST',
          make.path,
          withoutSession(make),
          call.replace('"arguments":{', '"arguments":{"x":["initialize"],'),
        ),
      ],
    ],
    { owed: nothing },
  ),
  ...both(
    'no session, and an initialize in a list with the call',
    (call, make, p) => [
      [
        requestBytes(
          'POST',
          make.path,
          withoutSession(make),
          `[{"jsonrpc":"2.0","id":${p.id + 1},"method":"initialize","params":{}},${call}]`,
        ),
      ],
    ],
    { owed: nothing },
  ),
  ...both(
    'no session, and an initialize that is also a call',
    (call, make) => [
      [
        requestBytes(
          'POST',
          make.path,
          withoutSession(make),
          call.replace('"method"', '"method":"initialize","METHOD"'),
        ),
      ],
      [
        requestBytes(
          'POST',
          make.path,
          withoutSession(make),
          call.replace('"method"', '"method":"initialize","method"'),
        ),
      ],
      [requestBytes('POST', make.path, withoutSession(make), call.replace('{', '{"method":"initialize",'))],
    ],
    { owed: nothing },
  ),
  ...both('no session', (call, make) => [[requestBytes('POST', make.path, withoutSession(make), call)]], {
    owed: ownIdOrNull,
  }),
  ...both(
    'an unknown session',
    (call, make) => [[requestBytes('POST', make.path, [...withoutSession(make), 'Mcp-Session-Id: none'], call)]],
    { owed: ownIdOrNull },
  ),
  ...both(
    'two sessions in the headers',
    (call, make) => [
      [make.post(call, ['Mcp-Session-Id: other'])],
      [make.post(call.replace('"id":', '"id":9'), ['mcp-session-id: '])],
    ],
    { owed: nothing },
  ),
  ...both(
    'an accept header for events alone',
    (call, make) => [
      [
        requestBytes(
          'POST',
          make.path,
          [`Host: ${make.host}`, 'Accept: text/event-stream', `Mcp-Session-Id: ${make.session}`, json],
          call,
        ),
      ],
    ],
    { owed: ownIdOrNull },
  ),
  ...both(
    'an accept header for nothing',
    (call, make) => [
      [
        requestBytes(
          'POST',
          make.path,
          [`Host: ${make.host}`, 'Accept: image/png', `Mcp-Session-Id: ${make.session}`, json],
          call,
        ),
      ],
    ],
    { owed: ownIdOrNull },
  ),
  ...both(
    'a header that connects the session id to this hop',
    (call, make) => [[make.post(call, ['Connection: Mcp-Session-Id, Content-Type'])]],
    { owed: ownIdOrNull },
  ),
];
