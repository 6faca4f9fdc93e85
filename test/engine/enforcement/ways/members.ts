/** Ways that depend on which member of an object a server reads: equal names, other spellings, inherited members. */
import { type ClientWay, ownIdOrNull, type Parts, readAndWrite } from './way.ts';

const envelope = (id: number, rest: string): string => `{"jsonrpc":"2.0","id":${id},${rest}}`;
const args = (first: string, second: string): string => `{"name":"read_text_file","arguments":{${first},${second}}}`;

/** A call whose parameters stand in two members, of which the guard and the server may each read another. */
function twoParams(name: string, first: (parts: Parts) => string, second: (parts: Parts) => string): ClientWay {
  return {
    name,
    sends: (parts) => [envelope(parts.id, `"method":"tools/call",${first(parts)},${second(parts)}`)],
    owed: ownIdOrNull,
  };
}

export const memberWays: readonly ClientWay[] = [
  ...readAndWrite(
    'two methods, the call first',
    (params, { id }) => [envelope(id, `"method":"tools/call","method":"ping","params":${params}`)],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'two methods, the call last',
    (params, { id }) => [envelope(id, `"method":"ping","method":"tools/call","params":${params}`)],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'two methods, the first with an escape in its name',
    (params, { id }) => [envelope(id, `"\\u006dethod":"tools/call","method":"ping","params":${params}`)],
    { owed: ownIdOrNull },
  ),
  ...['METHOD', 'Method', 'mEthod'].flatMap((spelling) =>
    readAndWrite(
      `ping with the call in "${spelling}"`,
      (params, { id }) => [envelope(id, `"method":"ping","${spelling}":"tools/call","params":${params}`)],
      { owed: ownIdOrNull },
    ),
  ),
  ...readAndWrite('"METHOD" alone', (params, { id }) => [envelope(id, `"METHOD":"tools/call","params":${params}`)], {
    owed: ownIdOrNull,
  }),
  ...readAndWrite(
    '"METHOD" alone, without an id',
    (params) => [`{"jsonrpc":"2.0","METHOD":"tools/call","params":${params}}`],
    { owed: () => [] },
  ),
  ...readAndWrite(
    '"ID" in place of the id',
    (params, { id }) => [`{"jsonrpc":"2.0","ID":${id},"method":"tools/call","params":${params}}`],
    { owed: () => [] },
  ),
  ...readAndWrite(
    'notification with "ID" and "Method"',
    (params, { id }) => [
      `{"jsonrpc":"2.0","ID":${id},"method":"notifications/initialized","Method":"tools/call","params":${params}}`,
    ],
    { owed: () => [] },
  ),
  twoParams(
    'two params, the private one first',
    (p) => `"params":${p.privateRead}`,
    (p) => `"params":${p.publicRead}`,
  ),
  twoParams(
    'two params, the private one last',
    (p) => `"params":${p.publicRead}`,
    (p) => `"params":${p.privateRead}`,
  ),
  twoParams(
    'two params, one written with an escape',
    (p) => String.raw`"p\u0061rams":${p.privateRead}`,
    (p) => `"params":${p.publicRead}`,
  ),
  twoParams(
    'params and PARAMS',
    (p) => `"params":${p.publicRead}`,
    (p) => `"PARAMS":${p.privateRead}`,
  ),
  twoParams(
    'params and Params with a denied write',
    (p) => `"params":${p.publicRead}`,
    (p) => `"Params":${p.write}`,
  ),
  twoParams(
    'params and "param\u017F" with a long s',
    (p) => `"params":${p.publicRead}`,
    (p) => `"param\u017F":${p.privateRead}`,
  ),
  twoParams(
    'params and an escaped "param\\u017f"',
    (p) => `"params":${p.publicRead}`,
    (p) => String.raw`"param\u017f":${p.write}`,
  ),
  ...readAndWrite(
    '"param\u017F" alone',
    (params, { id }) => [envelope(id, `"method":"tools/call","param\u017F":${params}`)],
    {
      owed: ownIdOrNull,
    },
  ),
  ...readAndWrite('"PARAMS" alone', (params, { id }) => [envelope(id, `"method":"tools/call","PARAMS":${params}`)], {
    owed: ownIdOrNull,
  }),
  ...readAndWrite(
    '"Name" alone',
    (params, { id }) => [envelope(id, `"method":"tools/call","params":${params.replace('"name"', '"Name"')}`)],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'name and NAME',
    (params, { id }) => [
      envelope(
        id,
        `"method":"tools/call","params":${params.replace('"name"', '"name":"list_allowed_directories","NAME"')}`,
      ),
    ],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'two names',
    (params, { id }) => [
      envelope(
        id,
        `"method":"tools/call","params":${params.replace('}}', '},"name":"list_allowed_directories"}').replace('"edits":[{"oldText":"a","newText":"b"},', '"edits":[{"oldText":"a","newText":"b"}]},')}`,
      ),
    ],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'arguments and "argument\u017F"',
    (params, { id }) => [
      envelope(
        id,
        `"method":"tools/call","params":${params.replace('"arguments"', '"arguments":{},"argument\u017F"')}`,
      ),
    ],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'arguments and Arguments',
    (params, { id }) => [
      envelope(
        id,
        `"method":"tools/call","params":${params.replace('"arguments"', '"arguments":{"path":"/workspace/README.md"},"Arguments"')}`,
      ),
    ],
    { owed: ownIdOrNull },
  ),
  {
    name: 'two paths, the private one first',
    sends: (p) => [
      envelope(p.id, `"method":"tools/call","params":${args(`"path":"${p.privatePath}"`, `"path":"${p.publicPath}"`)}`),
    ],
    owed: ownIdOrNull,
  },
  {
    name: 'two paths, the private one last',
    sends: (p) => [
      envelope(p.id, `"method":"tools/call","params":${args(`"path":"${p.publicPath}"`, `"path":"${p.privatePath}"`)}`),
    ],
    owed: ownIdOrNull,
  },
  {
    name: 'two paths, the private one with an escape in its name',
    sends: (p) => [
      envelope(
        p.id,
        `"method":"tools/call","params":${args(String.raw`"p\u0061th":"${p.privatePath}"`, `"path":"${p.publicPath}"`)}`,
      ),
    ],
    owed: ownIdOrNull,
  },
  {
    name: 'two arguments objects',
    sends: (p) => [
      envelope(
        p.id,
        `"method":"tools/call","params":{"name":"read_text_file","arguments":{"path":"${p.privatePath}"},"arguments":{"path":"${p.publicPath}"}}`,
      ),
    ],
    owed: ownIdOrNull,
  },
  {
    name: 'two paths, deep in the arguments of an edit',
    sends: (p) => [
      envelope(
        p.id,
        `"method":"tools/call","params":{"name":"read_multiple_files","arguments":{"paths":["${p.publicPath}"],"paths":["${p.privatePath}"]}}`,
      ),
    ],
    owed: ownIdOrNull,
  },
  {
    name: 'two ids of a private read',
    sends: (p) => [`{"jsonrpc":"2.0","id":${p.id + 1},"id":${p.id},"method":"tools/call","params":${p.privateRead}}`],
    owed: (p) => [[String(p.id), String(p.id + 1), 'null']],
  },
  {
    name: 'two ids, the last one null, of a denied write',
    sends: (p) => [`{"jsonrpc":"2.0","id":${p.id},"id":null,"method":"tools/call","params":${p.write}}`],
    owed: ownIdOrNull,
  },
  ...['__proto__', 'constructor', 'prototype'].flatMap((name) =>
    readAndWrite(
      `the call in "${name}" of a message without a method`,
      (params, { id }) => [envelope(id, `"${name}":{"method":"tools/call","params":${params}}`)],
      { owed: ownIdOrNull },
    ),
  ),
  ...readAndWrite(
    'the parameters in "__proto__" of the parameters',
    (params, { id }) => [envelope(id, `"method":"tools/call","params":{"__proto__":${params}}`)],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'the call in "__proto__" of a notification',
    (params, { id }) => [
      `{"jsonrpc":"2.0","method":"notifications/progress","__proto__":{"id":${id},"method":"tools/call","params":${params}}}`,
      `{"jsonrpc":"2.0","__proto__":{"id":${id},"method":"tools/call","params":${params}}}`,
    ],
    { owed: () => [] },
  ),
  {
    name: 'the path in "__proto__" of the arguments',
    sends: (p) => [
      envelope(
        p.id,
        `"method":"tools/call","params":{"name":"read_text_file","arguments":{"__proto__":{"path":"${p.privatePath}"}}}`,
      ),
    ],
    owed: ownIdOrNull,
  },
];
