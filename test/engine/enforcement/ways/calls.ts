/** Ways in the shape of a tool call: its id, its parameters, its method, and lists of calls. */
import { callText, type ClientWay, nothing, ownIdOrNull, ping, readAndWrite } from './way.ts';

const ids: readonly (readonly [string, string])[] = [
  ['1.0', '1.0'],
  ['a string of digits', '"1"'],
  ['1e0', '1e0'],
  ['a number beyond 2^53', '9007199254740993'],
  ['-0', '-0'],
  ['an empty string', '""'],
  ['an escaped string', String.raw`"\u0061b"`],
  ['a string like those of look-ups', '"guardscope-AAAAAAAAAAAA-1"'],
  ['a string of 10,000 characters', `"${'x'.repeat(10_000)}"`],
];

/** Not ids of JSON-RPC. Some servers carry such a message out as a call. */
const unusableIds: readonly (readonly [string, string])[] = [
  ['null', 'null'],
  ['true', 'true'],
  ['an object', '{}'],
  ['an empty list', '[]'],
  ['a list with a number', '[1]'],
  ['1e400', '1e400'],
];

/** Spellings of the method that a lenient server takes for a tool call. */
const methods: readonly string[] = [
  'tools/call ',
  ' tools/call',
  'Tools/Call',
  'TOOLS/CALL',
  'tools//call',
  String.raw`tools\\call`,
  String.raw`tools/call\u0000`,
  String.raw`tools/call\n`,
  'tools/call\u200B',
  'tools\uFF0Fcall',
  'tools%2Fcall',
];

/** Spellings of a tool's name. */
const names: readonly (readonly [string, (name: string) => string])[] = [
  ['with a space behind it', (name) => `${name} `],
  ['with a NUL behind it', (name) => String.raw`${name}\u0000`],
  ['in capital letters', (name) => name.toUpperCase()],
  ['with a zero-width space', (name) => `${name}\u200B`],
  ['in full-width letters', (name) => name.replace('e', '\uFF45')],
];

/** Shapes of the parameters. */
const shapes: readonly (readonly [string, (params: string) => string])[] = [
  [
    'in a list by position',
    (params) =>
      params
        .replace(/^\{"name":/, '[')
        .replace(',"arguments":', ',')
        .replace(/\}$/, ']'),
  ],
  ['in a list as an object', (params) => `[${params}]`],
  ['as JSON in a string', (params) => JSON.stringify(params)],
  [
    'with arguments as JSON in a string',
    (params) => params.replace(/"arguments":(\{.*\})\}$/, (_, text: string) => `"arguments":${JSON.stringify(text)}}`),
  ],
  ['with arguments in a list', (params) => params.replace(/"arguments":(\{.*\})\}$/, '"arguments":[$1]}')],
  ['with a name in a list', (params) => params.replace(/"name":("\w+")/, '"name":[$1]')],
  ['beside a task', (params) => params.replace('{', '{"task":{"ttl":60000},')],
  [
    'beside a task and metadata',
    (params) =>
      params.replace(
        '{',
        '{"_meta":{"progressToken":1,"io.modelcontextprotocol/related-task":{"taskId":"t"}},"task":{},',
      ),
  ],
];

export const callWays: readonly ClientWay[] = [
  ...ids.flatMap(([name, id]) =>
    readAndWrite(`the id is ${name}`, (params) => [callText(id, params)], {
      owed: () => [[id, canonical(id), 'null']],
    }),
  ),
  ...unusableIds.flatMap(([name, id]) =>
    readAndWrite(`the id is ${name}`, (params) => [callText(id, params)], {
      owed: () => (id === 'null' ? [] : [[id, 'null']]),
    }),
  ),
  ...readAndWrite('a call without an id', (params) => [`{"jsonrpc":"2.0","method":"tools/call","params":${params}}`], {
    owed: nothing,
  }),
  ...readAndWrite(
    'an id and a denied call with null in its place',
    (params, { id }) => [callText(id, params).replace(`"id":${id}`, `"id":null,"Id":${id}`)],
    { owed: nothing },
  ),
  ...['"1.0"', '2', '2.0', 'null', '"2.0 "'].map((version): ClientWay => ({
    name: `"jsonrpc" is ${version}`,
    sends: (p) => [callText(p.id, p.privateRead).replace('"2.0"', version)],
    owed: ownIdOrNull,
  })),
  ...readAndWrite('"jsonrpc" is missing', (params, { id }) => [callText(id, params).replace('"jsonrpc":"2.0",', '')], {
    owed: ownIdOrNull,
  }),
  ...methods.flatMap((method) =>
    readAndWrite(
      `the method is ${JSON.stringify(method)}`,
      (params, { id }) => [callText(id, params).replace('tools/call', method)],
      { owed: ownIdOrNull },
    ),
  ),
  ...readAndWrite('the method is escaped', (params, { id }) => [
    callText(id, params).replace('tools/call', String.raw`\u0074ools\/call`),
  ]),
  ...readAndWrite(
    'the method is a list',
    (params, { id }) => [callText(id, params).replace('"tools/call"', '["tools/call"]')],
    {
      owed: ownIdOrNull,
    },
  ),
  ...readAndWrite(
    'a notification with a spelling of the method',
    (params) => methods.map((method) => `{"jsonrpc":"2.0","method":"${method}","params":${params}}`),
    { owed: nothing },
  ),
  ...names.flatMap(([name, spell]) =>
    readAndWrite(`the name of the tool ${name}`, (params, { id }) => [
      callText(
        id,
        params.replace(/"name":"(\w+)"/, (_, tool: string) => `"name":"${spell(tool)}"`),
      ),
    ]),
  ),
  ...shapes.flatMap(([name, change]) =>
    readAndWrite(`parameters ${name}`, (params, { id }) => [callText(id, change(params))]),
  ),
  ...readAndWrite('parameters beside the method', (params, { id }) => [
    `{"jsonrpc":"2.0","id":${id},"method":"tools/call",${params.slice(1)}`,
  ]),
  ...readAndWrite('parameters null, and others beside the method', (params, { id }) => [
    `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":null,${params.slice(1)}`,
  ]),
  ...['null', '1', '""', '[]', '{}', '{"name":null}', '{"name":1,"arguments":{}}'].map((params): ClientWay => ({
    name: `parameters are ${params}`,
    sends: (p) => [callText(p.id, params)],
  })),
  ...['null', '[]', '1', '"x"'].map((args): ClientWay => ({
    name: `arguments are ${args}`,
    sends: (p) => [callText(p.id, `{"name":"read_text_file","arguments":${args}}`)],
  })),
  { name: 'arguments are missing', sends: (p) => [callText(p.id, '{"name":"edit_file"}')] },
  ...readAndWrite('a list with the call alone', (params, { id }) => [`[${callText(id, params)}]`], {
    owed: ownIdOrNull,
  }),
  ...readAndWrite(
    'a list with a ping before the call',
    (params, { id }) => [`[${ping(id + 1)},${callText(id, params)}]`],
    {
      owed: ownIdOrNull,
    },
  ),
  ...readAndWrite(
    'a list in a list',
    (params, { id }) => [`[[${callText(id, params)}]]`, `[${ping(id + 1)},[${callText(id, params)}]]`],
    {
      owed: ownIdOrNull,
    },
  ),
  ...readAndWrite(
    'a list with a call without an id',
    (params) => [`[{"jsonrpc":"2.0","method":"tools/call","params":${params}}]`],
    { owed: nothing },
  ),
  ...readAndWrite(
    'a list with a ping and a call without an id',
    (params, { id }) => [`[${ping(id)},{"jsonrpc":"2.0","method":"tools/call","params":${params}}]`],
    { owed: ownIdOrNull },
  ),
  ...readAndWrite(
    'a list with the call in a string',
    (params, { id }) => [`[${ping(id)},${JSON.stringify(callText(id + 1, params))}]`],
    {
      owed: ownIdOrNull,
    },
  ),
  ...readAndWrite(
    'a list with a call in capital letters',
    (params, { id }) => [`[${ping(id)},${callText(id + 1, params).replace('"method"', '"METHOD"')}]`],
    { owed: ownIdOrNull },
  ),
  { name: 'an empty list', sends: () => ['[]'], owed: () => [['null']] },
  { name: 'a list of invalid messages', sends: () => ['[1,null,"x",{}]'], owed: () => [['null']] },
  {
    name: 'an id in use, with the private read first',
    sends: (p) => [callText(p.id, p.privateRead), callText(p.id, p.publicRead)],
    owed: (p) => [
      [String(p.id), 'null'],
      [String(p.id), 'null'],
    ],
  },
  {
    name: 'an id in use, with the private read last',
    sends: (p) => [callText(p.id, p.publicRead), callText(p.id, p.privateRead)],
    owed: (p) => [
      [String(p.id), 'null'],
      [String(p.id), 'null'],
    ],
  },
  {
    name: 'an id in use, with a ping in between',
    sends: (p) => [callText(p.id, p.privateRead), ping(p.id), callText(p.id, p.publicRead)],
    owed: (p) => [
      [String(p.id), 'null'],
      [String(p.id), 'null'],
      [String(p.id), 'null'],
    ],
  },
  {
    name: 'ids that are equal as numbers',
    sends: (p) => [
      callText(p.id, p.privateRead),
      callText(`${p.id}.0`, p.publicRead),
      callText(`"${p.id}"`, p.publicRead),
    ],
    owed: (p) => [
      [String(p.id), 'null'],
      [`${p.id}.0`, String(p.id), 'null'],
      [`"${p.id}"`, 'null'],
    ],
  },
  {
    name: 'ids that are equal when a reader rounds them',
    sends: (p) => [callText('9007199254740992', p.privateRead), callText('9007199254740993', p.publicRead)],
    owed: () => [
      ['9007199254740992', 'null'],
      ['9007199254740993', '9007199254740992', 'null'],
    ],
  },
];

/** The id as a reader writes it again. */
function canonical(id: string): string {
  return JSON.stringify(JSON.parse(id));
}
