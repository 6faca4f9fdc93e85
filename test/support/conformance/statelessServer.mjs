/**
 * The server that the conformance suite tests for MCP 2026-07-28: `node statelessServer.mjs` prints its address. It keeps no state of its
 * clients: each request says its revision in `_meta`, and a call that needs input gets all of it back with the client's retry.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const version = '2026-07-28';
const prefix = 'io.modelcontextprotocol/';
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

/** An error with its HTTP status. */
class Refusal extends Error {
  constructor(status, code, message, data) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }
}
const badParams = (message, data) => new Refusal(200, -32_602, message, data);

const text = (string) => ({ type: 'text', text: string });
const image = { type: 'image', data: png, mimeType: 'image/png' };
const embedded = (uri, mimeType, string) => ({ type: 'resource', resource: { uri, mimeType, text: string } });
const object = (properties = {}, required = []) => ({ type: 'object', properties, required });

/** Requests for input. */
const elicit = (message, name) => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: object({ [name]: { type: 'string' } }, [name]) },
});
const confirm = {
  method: 'elicitation/create',
  params: { mode: 'form', message: 'Confirm?', requestedSchema: object({ ok: { type: 'boolean' } }, ['ok']) },
};
const sample = {
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: text('Generate a greeting') }], maxTokens: 50 },
};
const roots = { method: 'roots/list', params: {} };

const secret = randomBytes(32);
const signatureOf = (state) => createHmac('sha256', secret).update(state).digest('base64url');
const sign = (state) => `${state}.${signatureOf(state)}`;
/** The state of the round before, or undefined in the first; a state that this server did not make is refused. */
function stateOf({ requestState }) {
  if (requestState === undefined) return undefined;
  const [state, signature] = String(requestState).split('.');
  if (signature !== signatureOf(state)) throw badParams('The requestState is not of this server');
  return state;
}

const ask = (inputRequests, state) => ({
  resultType: 'input_required',
  inputRequests,
  ...(state === undefined ? {} : { requestState: sign(state) }),
});

/** Asks for these requests until the client has answered each in the form of an object. */
const asking = (requests, state) => (params) => {
  const { inputResponses } = params;
  const given = stateOf(params);
  if (inputResponses !== undefined && (typeof inputResponses !== 'object' || inputResponses === null)) {
    throw badParams('inputResponses must be an object');
  }
  const isAnswered = (key) => typeof inputResponses?.[key] === 'object' && inputResponses[key] !== null;
  const isComplete = Object.keys(requests).every(isAnswered) && given === state;
  return isComplete ? { content: [text(`Thanks: ${JSON.stringify(inputResponses)} state-ok`)] } : ask(requests, state);
};

const content =
  (...items) =>
  () => ({ content: items });

/** One row per tool: its result. `send` sends a notification before it. */
const tools = {
  test_simple_text: content(text('This is a simple text response for testing.')),
  test_image_content: content(image),
  test_audio_content: content({ type: 'audio', data: wav, mimeType: 'audio/wav' }),
  test_embedded_resource: content(
    embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
  ),
  test_multiple_content_types: content(
    text('Multiple content types test:'),
    image,
    embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ),
  test_error_handling: () => ({
    content: [text('This tool intentionally returns an error for testing')],
    isError: true,
  }),
  test_tool_with_progress: async ({ _meta }, send) => {
    for (const progress of [0, 50, 100]) {
      if (_meta.progressToken !== undefined) {
        send('notifications/progress', { progressToken: _meta.progressToken, progress, total: 100 });
      }
      await sleep(20);
    }
    return { content: [text('Done')] };
  },
  test_logging_tool: async ({ _meta }, send) => {
    if (_meta[`${prefix}logLevel`] !== undefined) send('notifications/message', { level: 'info', data: 'Logged' });
    return { content: [text('Logged')] };
  },
  test_missing_capability: ({ _meta }) => {
    if (_meta[`${prefix}clientCapabilities`].sampling === undefined) {
      const data = { requiredCapabilities: { sampling: {} } };
      throw new Refusal(400, -32_021, 'The client does not have the capability "sampling"', data);
    }
    return { content: [text('Sampling is there')] };
  },
  test_streaming_elicitation: asking({ user_name: elicit('What is your name?', 'name') }),
  test_trigger_tool_change: () => changed('tools'),
  test_trigger_prompt_change: () => changed('prompts'),
  test_input_required_result_elicitation: asking({ user_name: elicit('What is your name?', 'name') }),
  test_input_required_result_sampling: asking({ capital_question: sample }),
  test_input_required_result_list_roots: asking({ client_roots: roots }),
  test_input_required_result_request_state: asking({ confirm }, 'confirm'),
  test_input_required_result_tampered_state: asking({ confirm }, 'tamper'),
  test_input_required_result_multiple_inputs: asking(
    { user_name: elicit('What is your name?', 'name'), greeting: sample, client_roots: roots },
    'many',
  ),
  test_input_required_result_multi_round: (params) => {
    const state = stateOf(params);
    if (state === 'two') return { content: [text('Both steps are done')] };
    if (state === 'one') return ask({ step2: elicit('Step 2: What is your favorite color?', 'color') }, 'two');
    return ask({ step1: elicit('Step 1: What is your name?', 'name') }, 'one');
  },
  test_input_required_result_capabilities: ({ _meta }) => {
    const has = _meta[`${prefix}clientCapabilities`];
    return ask({
      ...(has.elicitation === undefined ? {} : { name: elicit('What is your name?', 'name') }),
      ...(has.sampling === undefined ? {} : { greeting: sample }),
      ...(has.roots === undefined ? {} : { client_roots: roots }),
    });
  },
};

const prompts = {
  test_simple_prompt: () => [text('This is a simple prompt for testing.')],
  test_prompt_with_arguments: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  test_prompt_with_embedded_resource: ({ resourceUri }) => [
    embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
    text('Please process the embedded resource above.'),
  ],
  test_prompt_with_image: () => [image, text('Please analyze the image above.')],
};
const promptArguments = {
  test_prompt_with_arguments: ['arg1', 'arg2'],
  test_prompt_with_embedded_resource: ['resourceUri'],
};

const resources = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: png },
};

function readResource({ uri }) {
  const [, id] = /^test:\/\/template\/(.+)\/data$/.exec(uri) ?? [];
  const found =
    id === undefined
      ? resources[uri]
      : { mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) };
  if (found === undefined) throw badParams('Resource not found', { uri });
  return { contents: [{ uri, ...found }] };
}

const cached = { ttlMs: 1000, cacheScope: 'public' };
const list = (of) => ({ ...cached, ...of });

/** One row per method: its result. */
const methods = {
  'server/discover': () =>
    list({
      supportedVersions: [version],
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: {},
        completions: {},
      },
    }),
  'tools/list': () =>
    list({ tools: Object.keys(tools).map((name) => ({ name, description: name, inputSchema: object() })) }),
  'tools/call': (params, send) => {
    if (!Object.hasOwn(tools, params.name)) throw badParams(`Unknown tool: ${params.name}`);
    return tools[params.name](params, send);
  },
  'prompts/list': () =>
    list({
      prompts: [...Object.keys(prompts), 'test_input_required_result_prompt'].map((name) => ({
        name,
        description: name,
        arguments: (promptArguments[name] ?? []).map((each) => ({ name: each, description: each, required: true })),
      })),
    }),
  'prompts/get': (params) => {
    if (params.name === 'test_input_required_result_prompt') {
      const result = asking({ user_context: elicit('What is your context?', 'context') })(params);
      return !('content' in result) ? result : { messages: [{ role: 'user', content: result.content[0] }] };
    }
    if (!Object.hasOwn(prompts, params.name)) throw badParams(`Unknown prompt: ${params.name}`);
    return { messages: prompts[params.name](params.arguments ?? {}).map((each) => ({ role: 'user', content: each })) };
  },
  'resources/list': () =>
    list({ resources: Object.entries(resources).map(([uri, { mimeType }]) => ({ uri, name: uri, mimeType })) }),
  'resources/templates/list': () =>
    list({
      resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' }],
    }),
  'resources/read': (params) => list(readResource(params)),
  'completion/complete': () => ({ completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false } }),
};

/** Open streams of `subscriptions/listen`. */
const listening = new Set();

function changed(kind) {
  for (const notify of listening) notify(kind);
  return { content: [text(`The ${kind} have changed`)] };
}

/** Opens a stream, and tells it about the lists that it asked for. */
function listen({ id, params }, response) {
  const asked = params.notifications ?? {};
  const _meta = { [`${prefix}subscriptionId`]: id };
  const send = (method, more) => response.write(eventOf({ jsonrpc: '2.0', method, params: { _meta, ...more } }));
  const wanted = (key) => (asked[key] === true ? { [key]: true } : {});
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  send('notifications/subscriptions/acknowledged', {
    notifications: { ...wanted('toolsListChanged'), ...wanted('promptsListChanged') },
  });
  const notify = (kind) => {
    if (asked[`${kind}ListChanged`] === true) send(`notifications/${kind}/list_changed`, {});
  };
  listening.add(notify);
  response.on('close', () => listening.delete(notify));
}

const eventOf = (message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

/** Throws where a request breaks a rule of the revision (basic/index, basic/transports/streamable-http). */
function check(headers, { method, params }) {
  if (!/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(headers.host ?? ''))
    throw new Refusal(403, -32_000, 'Invalid host');
  if (headers.origin !== undefined && !/^https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(headers.origin)) {
    throw new Refusal(403, -32_000, 'Invalid origin');
  }
  const mismatch = (what) => new Refusal(400, -32_020, `Header mismatch: ${what}`);
  const meta = params?._meta;
  if (typeof meta !== 'object' || meta === null) throw new Refusal(400, -32_602, '_meta is missing');
  const asked = meta[`${prefix}protocolVersion`];
  if (typeof asked !== 'string') throw new Refusal(400, -32_602, 'The protocol version is missing in _meta');
  if (typeof meta[`${prefix}clientCapabilities`] !== 'object') {
    throw new Refusal(400, -32_602, 'The capabilities of the client are missing in _meta');
  }
  if (headers['mcp-protocol-version'] !== asked) throw mismatch('MCP-Protocol-Version');
  if (asked !== version) {
    throw new Refusal(400, -32_022, 'Unsupported protocol version', { supported: [version], requested: asked });
  }
  if (headers['mcp-method'] !== method) throw mismatch('Mcp-Method');
  const name = method === 'resources/read' ? params.uri : params.name;
  const isNamed = ['tools/call', 'prompts/get', 'resources/read'].includes(method);
  if (isNamed && headers['mcp-name'] !== name) throw mismatch('Mcp-Name');
}

async function answer(headers, message, response) {
  const { id, method, params } = message;
  let [began, status] = [false, 200];
  const send = (notification, more) => {
    if (!began) response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    began = true;
    response.write(eventOf({ jsonrpc: '2.0', method: notification, params: more }));
  };
  let body;
  try {
    check(headers, message);
    if (method === 'subscriptions/listen') return listen(message, response);
    if (!Object.hasOwn(methods, method)) throw new Refusal(404, -32_601, `Method not found: ${method}`);
    const result = await methods[method](params, send);
    const _meta = { [`${prefix}serverInfo`]: { name: 'stateless', version: '1' } };
    body = { result: { resultType: 'complete', ...result, _meta } };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    status = thrown.status;
    const { code, data } = thrown;
    body = { error: { code, message: thrown.message, ...(data === undefined ? {} : { data }) } };
  }
  const reply = { jsonrpc: '2.0', id: id ?? null, ...body };
  if (began) return response.end(eventOf(reply));
  response.writeHead(status, { 'Content-Type': 'application/json' });
  return response.end(JSON.stringify(reply));
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.method !== 'POST') return response.writeHead(405, { Allow: 'POST' }).end();
    const message = JSON.parse(Buffer.concat(parts).toString());
    if (message.id === undefined) return response.writeHead(202).end();
    return void answer(request.headers, message, response);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}/mcp`);
});
