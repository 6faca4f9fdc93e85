/** A gate that enforces: nothing passes as it came; each message is refused, answered, or written anew under an id of the gate. */
import { afterEach, describe, expect, test } from 'vitest';
import { proves } from '../../support/proves.ts';
import { allowing, answer, bytes, call, closeGates, gateOf, idOf, sent, text, until } from './gateSetup.ts';

afterEach(closeGates);

/** The id of a request of the gate. */
const own = expect.stringMatching(/^guardscope-/) as unknown;
const containing = (part: string): unknown => expect.stringContaining(part) as unknown;

describe('a call', () => {
  test('reaches the server under an id of the gate, and its answer the client under its own', async () => {
    proves('own:no-way-around');
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    for (const id of [7, '7']) expect(gate.fromClient(call(id), 0)).toBeNull();
    await until(() => toServer.length === 1);
    expect(sent(toServer[0])).toEqual({ ...sent(call(7)), id: own, params: { name: 'echo', arguments: {} } });
    for (const id of [7, '7', `${String(idOf(toServer[0]))} `]) expect(gate.fromServer(answer(id), 0)).toBeNull();
    expect(gate.fromServer(answer(idOf(toServer[0]), 'one'), 0)).toBeNull();
    await until(() => toServer.length === 2);
    expect(gate.fromServer(answer(idOf(toServer[1]), 'two'), 0)).toBeNull();
    await until(() => toClient.length === 2);
    expect(toClient.map((each) => sent(each)['id'])).toEqual([7, '7']);
    expect(toClient.join('')).toMatch(/one.*two/);
  });

  test.each(['1.0', '1e3', '9007199254740991', '"x"', String.raw`"\u0041"`, '-0', '""'])(
    'is answered under the id %s exactly as the client wrote it',
    async (id) => {
      const { gate, toServer, toClient, lines } = gateOf(allowing, 'enforce');
      const request = `{"jsonrpc":"2.0", "id" : ${id} ,"method":"tools/call","params":{"name":"echo","id":3}}`;
      gate.fromClient(bytes(request), 0);
      await until(() => toServer.length === 1);
      expect(gate.fromServer(answer(idOf(toServer[0])), 0)).toBeNull();
      await until(() => toClient.length === 1);
      expect(toClient[0]).toContain(`{"jsonrpc":"2.0","id":${id},"result":`);
      expect(lines.at(-1)).toMatchObject({ mode: 'enforce', outcome: 'allowed' });
      const listed = sent(gate.fromClient(bytes(`{"jsonrpc":"2.0","id":${id},"method":"tools/list"}`), 0));
      expect(listed).toEqual({ jsonrpc: '2.0', id: own, method: 'tools/list' });
      const tools = [{ name: 'echo', title: 'T', outputSchema: {}, inputSchema: {}, execution: {}, _meta: {} }];
      const list = bytes({ jsonrpc: '2.0', id: listed['id'], result: { tools } });
      const shown = `{"jsonrpc":"2.0","id":${id},"result":{"tools":[{"name":"echo","inputSchema":{}}]}}`;
      expect(text(gate.fromServer(list, 0))).toBe(shown);
      // The capture has the answer of the server under the id of the client.
      expect(lines.at(-1)).toMatchObject({ dir: 'server', msg: containing(`"id":${id},`) });
    },
  );

  test('with null arguments gets an empty object at the server, and null at the guard', async () => {
    const { gate, toServer, lines } = gateOf(allowing, 'enforce');
    const params = { name: 'echo', arguments: null };
    gate.fromClient(bytes({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }), 0);
    await until(() => toServer.length === 1);
    expect(sent(toServer[0])).toMatchObject({ params: { name: 'echo', arguments: {} } });
    gate.fromServer(answer(idOf(toServer[0])), 0);
    await gate.settled();
    expect(JSON.stringify(lines.find((line) => 'guard' in line))).toContain(String.raw`\"tool_args\":null`);
  });

  test('with duplicate arguments sends the judged one, and no character at which a reader may end a line', async () => {
    const { gate, toServer } = gateOf(allowing, 'enforce');
    const params = '{"name":"echo","arguments":{"path":"/a","path":"/b\u0085\u2028\u2029"}}';
    gate.fromClient(bytes(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`), 0);
    await until(() => toServer.length === 1);
    expect(toServer[0]).toContain(String.raw`"arguments":{"path":"/b\u0085\u2028\u2029"}`);
    gate.fromServer(answer(idOf(toServer[0])), 0);
    await gate.settled();
  });

  test('keeps the code of an error of the server, as in the gateway', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    gate.fromClient(call(1), 0);
    await until(() => toServer.length === 1);
    const error = { code: -32_050, message: 'quota', data: { secret: 1 } };
    gate.fromServer(bytes({ jsonrpc: '2.0', id: idOf(toServer[0]), error }), 0);
    await until(() => toClient.length === 1);
    const { code, message } = { code: -32_050, message: 'calling "tools/call": quota' };
    expect(sent(toClient[0])).toEqual({ jsonrpc: '2.0', id: 1, error: { code, message } });
  });

  test('of an unknown tool is refused once the list is complete, and passes again once the list has changed', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    const page = (id: string, cursor: string | undefined, names: readonly string[], nextCursor?: string): void => {
      const params = cursor === undefined ? {} : { cursor };
      const asked = sent(gate.fromClient(bytes({ jsonrpc: '2.0', id, method: 'tools/list', params }), 0));
      const tools = names.map((name) => ({ name, inputSchema: {} }));
      gate.fromServer(bytes({ jsonrpc: '2.0', id: asked['id'], result: { tools, nextCursor } }), 0);
    };
    const passes = async (id: number, tool: string): Promise<void> => {
      const before = toServer.length;
      gate.fromClient(call(id, tool), 0);
      await until(() => toServer.length === before + 1);
      gate.fromServer(answer(idOf(toServer.at(-1))), 0);
      await gate.settled();
    };
    page('a', undefined, ['one'], 'next');
    await passes(1, 'three');
    page('b', 'next', ['two']);
    gate.fromClient(call(2, 'three"'), 0);
    const message = String.raw`unknown tool "three\""`;
    expect(sent(toClient.at(-1))).toEqual({ jsonrpc: '2.0', id: 2, error: { code: -32_602, message } });
    await passes(3, 'two');
    await passes(4, 'one');
    const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
    expect(sent(gate.fromServer(bytes({ ...changed, params: { x: 'secret' } }), 0))).toEqual(changed);
    await passes(5, 'three');
  });

  test('that is cancelled before its turn is neither sent nor answered; one that was sent is cancelled at the server', async () => {
    const { gate, toServer, toClient, lines } = gateOf(allowing, 'enforce');
    const cancel = (requestId: number): void => {
      const params = { requestId, reason: 'r' };
      gate.fromClient(bytes({ jsonrpc: '2.0', method: 'notifications/cancelled', params }), 0);
    };
    gate.fromClient(call(1), 0);
    gate.fromClient(call(2), 0);
    cancel(2);
    await until(() => toServer.length === 1);
    for (const id of [1, 9]) cancel(id);
    await gate.settled();
    const params = { requestId: idOf(toServer[0]), reason: 'context canceled' };
    expect(toServer.slice(1).map((each) => sent(each))).toEqual([
      { jsonrpc: '2.0', method: 'notifications/cancelled', params },
    ]);
    gate.fromServer(answer(idOf(toServer[0])), 0);
    expect(toClient).toEqual([]);
    // The cancellation and the late answer are recorded with the call that they belong to.
    expect(lines.filter(({ by }) => by === 'guard').map(({ dir, for: request }) => [dir, request])).toEqual([
      ['client', 1],
      ['server', 1],
    ]);
  });
});

test('a result for a client that says its revision in each request says that it is complete', async () => {
  const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
  const asks = (id: number, method: string, more: object = {}): Buffer => {
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    return bytes({ jsonrpc: '2.0', id, method, params: { ...more, _meta } });
  };
  gate.fromClient(asks(1, 'tools/call', { name: 'echo' }), 1);
  await until(() => toServer.length === 1);
  gate.fromServer(answer(idOf(toServer[0])), 1);
  await gate.settled();
  gate.fromClient(asks(2, 'resources/list'), 2);
  gate.fromClient(asks(3, 'no/method'), 3);
  expect(toClient.map((each) => sent(each))).toMatchObject([
    { id: 1, result: { resultType: 'complete', content: [{ text: 'x' }] } },
    { id: 2, result: { resultType: 'complete', resources: [] } },
    { id: 3, error: { code: -32_601 } },
  ]);
});

test('a prompt whose server asks for input ends with the error of the gateway', () => {
  const { gate } = gateOf(allowing, 'enforce');
  const passed = sent(
    gate.fromClient(bytes({ jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'p' } }), 1),
  );
  const inputRequests = { who: { method: 'elicitation/create', params: {} } };
  const result = { resultType: 'input_required', inputRequests };
  const message = 'multi round-trip: fulfilling input request "who": client does not support elicitation';
  expect(sent(gate.fromServer(bytes({ jsonrpc: '2.0', id: passed['id'], result }), 1))).toEqual({
    ...{ jsonrpc: '2.0', id: 1 },
    error: { code: -32_602, message },
  });
});

test('a cancellation from a client without a session cancels nothing, as its id may be that of another client', async () => {
  const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
  gate.fromClient(call(1), 1);
  gate.fromClient(bytes({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }), 2);
  await until(() => toServer.length === 1);
  gate.fromServer(answer(idOf(toServer[0])), 1);
  await gate.settled();
  expect(toClient.map((each) => sent(each)['id'])).toEqual([1]);
});

describe('an id', () => {
  test('is refused while its request is not over', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    gate.fromClient(call(1), 0);
    for (const again of [call(1), bytes('{"jsonrpc":"2.0","id":1.0,"method":"tools/list"}')]) gate.fromClient(again, 0);
    expect(toClient.map((each) => sent(each))).toMatchObject([
      { id: null, error: { code: -32_600, message: containing('the id 1 is in use') } },
      { id: null, error: { code: -32_600, message: containing('the id 1.0 is in use') } },
    ]);
    await until(() => toServer.length === 1);
    gate.fromServer(answer(idOf(toServer[0])), 0);
    await until(() => toClient.length === 3);
  });

  test('may be used again after its answer, and a second answer is dropped', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    gate.fromClient(call(1), 0);
    await until(() => toServer.length === 1);
    gate.fromServer(answer(idOf(toServer[0])), 0);
    await until(() => toClient.length === 1);
    expect(gate.fromServer(answer(idOf(toServer[0]), 'once more'), 0)).toBeNull();
    gate.fromClient(call(1), 0);
    await until(() => toServer.length === 2);
    expect(gate.fromServer(answer(idOf(toServer[0]), 'once more'), 0)).toBeNull();
    gate.fromServer(answer(idOf(toServer[1]), 'new'), 0);
    await until(() => toClient.length === 2);
    expect(toClient.join('')).not.toContain('once more');
  });
});

describe('refusals', () => {
  const deep = `${'['.repeat(10_001)}${']'.repeat(10_001)}`;
  test.each<[string, number, string | number | null, RegExp]>([
    ['no JSON', -32_700, null, /not JSON/],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"x":NaN}}', -32_700, null, /'N'/],
    ['\uFEFF{"jsonrpc":"2.0","id":1,"method":"ping"}', -32_700, null, /not JSON/],
    [' [{"jsonrpc":"2.0","id":1,"method":"tools/call"},]', -32_700, null, /not JSON/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"} {}', -32_700, null, /after top-level value/],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1e999}}', -32_700, 1, /1e999/],
    [`{"jsonrpc":"2.0","id":"a","method":"x","params":{"a":${deep}}}`, -32_700, 'a', /depth/],
    ['3', -32_600, null, /must be a JSON object/],
    ['[]', -32_600, null, /batch/],
    ['[{"jsonrpc":"2.0","method":"notifications/initialized"}]', -32_600, null, /batch/],
    ['[{"jsonrpc":"2.0","id":"b","method":"ping"}]', -32_600, 'b', /batch/],
    ['{"jsonrpc":"2.0",\r"id":1,"method":"ping"}', -32_600, 1, /carriage return/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', -32_600, 1, /"method" stands twice/],
    [String.raw`{"jsonrpc":"2.0","id":1,"method":"x","\u006dethod":"y"}`, -32_600, 1, /"method" stands twice/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","METHOD":"tools/call"}', -32_600, 1, /only in case/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","param\u017f":{}}', -32_600, 1, /only in case/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","x":1,"X":2}', -32_600, 1, /only in case/],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":"a","name":"b"}}', -32_602, 1, /"name" stands twice/],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"Name":"a"}}', -32_602, 1, /only in case/],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":{"to\u212aen":1,"token":2}}', -32_602, 1, /only in case/],
    ['{"id":1,"method":"ping"}', -32_600, 1, /"jsonrpc" must be "2.0", not missing/],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32_600, 1, /not "1.0"/],
    ['{"jsonrpc":"2.0","id":true,"method":"ping"}', -32_600, null, /"id" must be .* not true/],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32_600, null, /not null/],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32_600, null, /not 1.5/],
    ['{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', -32_600, null, /not 9007199254740993/],
    [String.raw`{"jsonrpc":"2.0","id":"\ud800","method":"ping"}`, -32_600, null, /surrogate/],
    ['{"jsonrpc":"2.0","id":1,"method":["tools/call"]}', -32_600, 1, /"method" must be a string/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', -32_600, 1, /must not have a "result"/],
    ['{"jsonrpc":"2.0","id":1}', -32_600, 1, /must have a "method"/],
    ['{"jsonrpc":"2.0","result":{}}', -32_600, null, /must have the id/],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["echo"]}', -32_602, 1, /named members, not an array/],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"echo"}', -32_602, 1, /named members, not "echo"/],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', -32_602, 1, /must be an object/],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}', -32_602, 1, /must have a "name"/],
    ['{"jsonrpc":"2.0","method":"tools/call","params":{"name":"echo"}}', -32_600, null, /has no "id"/],
  ])('%s', (message, code, id, reason) => {
    const { gate, toServer, toClient, lines } = gateOf(allowing, 'enforce');
    expect(gate.fromClient(bytes(message), 0)).toBeNull();
    const error = { code, message: expect.stringMatching(reason) as unknown };
    expect(toClient.map((each) => sent(each))).toEqual([{ jsonrpc: '2.0', id, error }]);
    expect(lines.at(-1)).toMatchObject({ for: id, mode: 'enforce', outcome: 'error' });
    expect(toServer).toEqual([]);
    const watching = gateOf(allowing, 'watch').gate;
    expect(text(watching.fromClient(bytes(message), 0))).toBe(bytes(message).toString());
    expect(text(watching.fromServer(bytes(message), 0))).toBe(bytes(message).toString());
  });
});

describe('methods', () => {
  test('that the gateway answers itself ask the server nothing', () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    const uri = 'file:///a';
    const notFound = [
      'resources/subscribe',
      'completion/complete',
      'tasks/result',
      'tasks/get',
      'TOOLS/CALL',
      'tools/call ',
    ];
    const asked: readonly (readonly [string, object, object])[] = [
      ['ping', {}, { result: {} }],
      ['logging/setLevel', { level: 'debug' }, { result: {} }],
      ['resources/list', {}, { result: { resources: [] } }],
      ['resources/templates/list', {}, { result: { resourceTemplates: [] } }],
      ['resources/read', { uri }, { error: { code: -32_602, message: 'Resource not found', data: { uri } } }],
      ...notFound.map(
        (method) => [method, {}, { error: { code: -32_601, message: `method not found: "${method}"` } }] as const,
      ),
    ];
    for (const [method, params] of asked) {
      expect(gate.fromClient(bytes({ jsonrpc: '2.0', id: method, method, params }), 0)).toBeNull();
    }
    expect(toClient.map((each) => sent(each))).toEqual(asked.map(([id, , body]) => ({ jsonrpc: '2.0', id, ...body })));
    expect(toServer).toEqual([]);
  });

  test('that open a session offer the server no abilities of the client, and the client tools and prompts alone', () => {
    const { gate } = gateOf(allowing, 'enforce');
    const clientInfo = { name: 'c', version: '1' };
    const abilities = { sampling: {}, elicitation: {}, roots: {} };
    const params = { protocolVersion: '2025-11-25', capabilities: abilities, clientInfo };
    const passed = sent(gate.fromClient(bytes({ jsonrpc: '2.0', id: 0, method: 'initialize', params }), 0));
    expect(passed).toEqual({
      ...{ jsonrpc: '2.0', id: own, method: 'initialize' },
      params: { ...params, capabilities: {} },
    });
    const serverInfo = { name: 's', version: '2' };
    const capabilities = { tools: {}, prompts: {}, resources: {}, completions: {}, tasks: {}, experimental: { x: {} } };
    const made = { protocolVersion: '2025-06-18', serverInfo };
    const result = { ...made, capabilities, instructions: 'read this', _meta: { x: 1 } };
    const shown = sent(gate.fromServer(bytes({ jsonrpc: '2.0', id: passed['id'], result }), 0));
    const offered = { logging: {}, prompts: { listChanged: true }, tools: { listChanged: true } };
    expect(shown['result']).toEqual({ ...made, capabilities: offered });
    const initialized = bytes({ jsonrpc: '2.0', method: 'notifications/initialized', params: { x: 1 } });
    expect(sent(gate.fromClient(initialized, 0))).toEqual({ jsonrpc: '2.0', method: 'notifications/initialized' });
    for (const method of ['notifications/progress', 'notifications/roots/list_changed', 'notifications/x']) {
      expect(gate.fromClient(bytes({ jsonrpc: '2.0', method, params: {} }), 0)).toBeNull();
    }
  });

  test('of prompts pass, and of `_meta` only what stands for `initialize` in a request without a session', () => {
    const { gate } = gateOf(allowing, 'enforce');
    const version = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const abilities = { 'io.modelcontextprotocol/clientCapabilities': { sampling: {} } };
    const named = { name: 'p', arguments: { a: 'b' } };
    const request = { jsonrpc: '2.0', id: 1, method: 'prompts/get' };
    const params = { ...named, _meta: { ...version, ...abilities, progressToken: 3 } };
    const passed = sent(gate.fromClient(bytes({ ...request, params }), 0));
    const kept = { ...version, 'io.modelcontextprotocol/clientCapabilities': {} };
    expect(passed).toEqual({ ...request, id: own, params: { ...named, _meta: kept } });
    const result = { description: 'd', messages: [{ role: 'user', content: { type: 'text', text: 't' } }] };
    const got = gate.fromServer(bytes({ jsonrpc: '2.0', id: passed['id'], result: { ...result, x: 1 } }), 0);
    expect(sent(got)).toEqual({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', ...result } });
  });

  test('of the server are answered by the gate', () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    for (const method of ['ping', 'roots/list', 'sampling/createMessage', 'elicitation/create', 'x']) {
      const request = bytes({ jsonrpc: '2.0', id: method, method, params: { message: 'secret' } });
      expect(gate.fromServer(request, 0)).toBeNull();
    }
    expect(toServer.map((each) => sent(each))).toMatchObject([
      { id: 'ping', result: {} },
      { id: 'roots/list', result: { roots: [] } },
      { id: 'sampling/createMessage', error: { code: -32_601 } },
      { id: 'elicitation/create', error: { code: -32_602 } },
      { id: 'x', error: { code: -32_601 } },
    ]);
    expect(gate.fromClient(bytes({ jsonrpc: '2.0', id: 'x', result: {} }), 0)).toBeNull();
    expect(toClient).toEqual([]);
  });
});

describe('a message of the server does not reach the client', () => {
  const secret = (id: unknown): string => answer(id, 'secret').toString();
  test.each<[string, (id: string) => string]>([
    ['under the id of the client', () => secret(1)],
    ['under no id', () => secret(null)],
    ['with another id behind it', (id) => secret(id).replace(/}$/, ',"id":999}')],
    ['with a method', (id) => secret(id).replace('{', '{"method":"x",')],
    ['in other case', (id) => secret(id).replace('"id"', '"ID"').replace('"result"', '"Result"')],
    ['behind a NUL', (id) => `\u0000${secret(id)}`],
    ['behind a line that a carriage return ends', (id) => `{"jsonrpc":"2.0","method":"x"}\r${secret(id)}`],
    ['in a batch of a batch', (id) => `[[${secret(id)}]]`],
    ['as progress', () => '{"jsonrpc":"2.0","method":"notifications/progress","params":{"message":"secret"}}'],
    ['as a log line', () => '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"secret"}}'],
    ['as no message', () => '"secret"'],
  ])('%s', async (_how, made) => {
    const { gate, toServer, toClient, lines, events } = gateOf(allowing, 'enforce');
    gate.fromClient(call(1), 0);
    await until(() => toServer.length === 1);
    const id = String(idOf(toServer[0]));
    expect(gate.fromServer(bytes(made(id)), 0)).toBeNull();
    expect(toClient).toEqual([]);
    expect(JSON.stringify(lines)).toContain('secret');
    expect(events).toContain('not-passed');
    gate.fromServer(answer(id, 'public'), 0);
    await until(() => toClient.length === 1);
    expect(toClient.join('')).not.toContain('secret');
  });
});
