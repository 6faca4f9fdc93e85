/** The server that the conformance suite tests, made with the SDK: `node server.mjs` prints its address. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  CreateMessageResultSchema,
  ElicitResultSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
const text = (string) => ({ type: 'text', text: string });
const image = { type: 'image', data: png, mimeType: 'image/png' };
const embedded = (uri, mimeType, string) => ({ type: 'resource', resource: { uri, mimeType, text: string } });
const wish = (properties, required) => ({ type: 'object', properties, ...(required ? { required } : {}) });

const nothing = wish({});
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: { address: wish({ street: { type: 'string' }, city: { type: 'string' } }) },
  properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
  additionalProperties: false,
};

/** Asks the user of the client, and returns the answer as text. */
async function elicit({ sendRequest }, message, requestedSchema) {
  const params = { message, requestedSchema };
  const { action, content } = await sendRequest({ method: 'elicitation/create', params }, ElicitResultSchema);
  return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
}

/** One row per tool: the schema of its arguments, and its result. */
const tools = {
  test_simple_text: [nothing, () => [text('This is a simple text response for testing.')]],
  test_image_content: [nothing, () => [image]],
  test_audio_content: [nothing, () => [{ type: 'audio', data: wav, mimeType: 'audio/wav' }]],
  test_embedded_resource: [
    nothing,
    () => [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
  ],
  test_multiple_content_types: [
    nothing,
    () => [
      text('Multiple content types test:'),
      image,
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
  ],
  test_tool_with_logging: [
    nothing,
    async (_, { sendNotification }) => {
      for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await sendNotification({ method: 'notifications/message', params: { level: 'info', data } });
        await sleep(50);
      }
      return [text('Logged')];
    },
  ],
  test_error_handling: [
    nothing,
    () => {
      throw new Error('This tool intentionally returns an error for testing');
    },
  ],
  test_tool_with_progress: [
    nothing,
    async (_, { sendNotification, _meta }) => {
      for (const progress of [0, 50, 100]) {
        const params = { progressToken: _meta?.progressToken, progress, total: 100 };
        if (params.progressToken !== undefined) await sendNotification({ method: 'notifications/progress', params });
        await sleep(50);
      }
      return [text('Done')];
    },
  ],
  test_sampling: [
    wish({ prompt: { type: 'string' } }, ['prompt']),
    async ({ prompt }, { sendRequest }) => {
      const params = { messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 };
      const request = { method: 'sampling/createMessage', params };
      const { content } = await sendRequest(request, CreateMessageResultSchema);
      return [text(`LLM response: ${content.text}`)];
    },
  ],
  test_elicitation: [
    wish({ message: { type: 'string' } }, ['message']),
    async ({ message }, extra) => [
      await elicit(
        extra,
        message,
        wish({ username: { type: 'string', description: 'Name' }, email: { type: 'string', description: 'Mail' } }, [
          'username',
          'email',
        ]),
      ),
    ],
  ],
  test_elicitation_sep1034_defaults: [
    nothing,
    async (_, extra) => [
      await elicit(
        extra,
        'Please confirm',
        wish({
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        }),
      ),
    ],
  ],
  test_elicitation_sep1330_enums: [
    nothing,
    async (_, extra) => {
      const options = ['option1', 'option2', 'option3'];
      const titled = [1, 2, 3].map((at) => ({ const: `value${at}`, title: `Option ${at}` }));
      const legacy = { enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] };
      return [
        await elicit(
          extra,
          'Please choose',
          wish({
            untitledSingle: { type: 'string', enum: options },
            titledSingle: { type: 'string', oneOf: titled },
            legacyEnum: { type: 'string', ...legacy },
            untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
            titledMulti: { type: 'array', items: { anyOf: titled } },
          }),
        ),
      ];
    },
  ],
  // The stream ends in the middle of the call; the answer waits for a client that resumes it.
  test_reconnection: [
    nothing,
    async (_, { closeSSEStream }) => {
      closeSSEStream?.();
      await sleep(100);
      return [text('Reconnected')];
    },
  ],
  json_schema_2020_12_tool: [schema2020, () => [text('Fine')]],
};

const prompts = {
  test_simple_prompt: [[], () => [text('This is a simple prompt for testing.')]],
  test_prompt_with_arguments: [
    ['arg1', 'arg2'],
    ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  ],
  test_prompt_with_embedded_resource: [
    ['resourceUri'],
    ({ resourceUri }) => [
      embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
      text('Please process the embedded resource above.'),
    ],
  ],
  test_prompt_with_image: [[], () => [image, text('Please analyze the image above.')]],
};

const resources = [
  {
    uri: 'test://static-text',
    mimeType: 'text/plain',
    content: { text: 'This is the content of the static text resource.' },
  },
  { uri: 'test://static-binary', mimeType: 'image/png', content: { blob: png } },
  { uri: 'test://watched-resource', mimeType: 'text/plain', content: { text: 'Watched' } },
];

function read(uri) {
  const found = resources.find((each) => each.uri === uri);
  if (found !== undefined) return { uri, mimeType: found.mimeType, ...found.content };
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id === undefined) throw new McpError(ErrorCode.InvalidParams, `No resource "${uri}"`);
  const data = { id, templateTest: true, data: `Data for ID: ${id}` };
  return { uri, mimeType: 'application/json', text: JSON.stringify(data) };
}

function newServer() {
  const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, logging: {}, completions: {} };
  const server = new Server({ name: 'conformance', version: '1' }, { capabilities });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(tools).map(([name, [inputSchema]]) => ({ name, description: `Tool ${name}`, inputSchema })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const [, run] = tools[params.name] ?? [];
    if (run === undefined) throw new McpError(ErrorCode.InvalidParams, `No tool "${params.name}"`);
    try {
      return { content: await run(params.arguments ?? {}, extra) };
    } catch (thrown) {
      return { content: [text(thrown.message)], isError: true };
    }
  });
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: Object.entries(prompts).map(([name, [names = []]]) => ({
      name,
      description: `Prompt ${name}`,
      arguments: /** @type {readonly string[]} */ (names).map((each) => ({
        name: each,
        description: each,
        required: true,
      })),
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => ({
    messages: prompts[params.name][1](params.arguments ?? {}).map((content) => ({ role: 'user', content })),
  }));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: resources.map(({ uri, mimeType }) => ({ uri, name: uri.slice(7), description: uri, mimeType })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template', description: 'By id' }],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => ({ contents: [read(params.uri)] }));
  server.setRequestHandler(CompleteRequestSchema, () => ({
    completion: { values: ['paris', 'park', 'party'], total: 150, hasMore: false },
  }));
  for (const schema of [SubscribeRequestSchema, UnsubscribeRequestSchema, SetLevelRequestSchema]) {
    server.setRequestHandler(schema, () => ({}));
  }
  return server;
}

/** Keeps the events of a session in order; a stream is resumed with its own events only. */
function newEventStore() {
  const events = [];
  return {
    storeEvent: (streamId, message) => {
      events.push({ streamId, message });
      return Promise.resolve(`${streamId}_${events.length}`);
    },
    replayEventsAfter: async (lastEventId, { send }) => {
      const at = lastEventId.lastIndexOf('_');
      const streamId = lastEventId.slice(0, at);
      for (let next = Number(lastEventId.slice(at + 1)); next < events.length; next++) {
        const event = events[next];
        if (event.streamId === streamId) await send(`${streamId}_${next + 1}`, event.message);
      }
      return streamId;
    },
  };
}

const transports = new Map();

async function serve(request, response) {
  const id = request.headers['mcp-session-id'];
  let transport = transports.get(id);
  if (transport === undefined) {
    if (id !== undefined) {
      response.writeHead(404).end();
      return;
    }
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: newEventStore(),
      retryInterval: 200,
      enableDnsRebindingProtection: true,
      allowedHosts: [`127.0.0.1:${port}`, `localhost:${port}`],
      onsessioninitialized: (session) => void transports.set(session, transport),
      onsessionclosed: (session) => void transports.delete(session),
    });
    await newServer().connect(transport);
  }
  await transport.handleRequest(request, response);
}

const listener = createServer((request, response) => {
  serve(request, response).catch((thrown) => {
    process.stderr.write(`${thrown.stack}\n`);
    response.writeHead(500).end();
  });
});
await new Promise((resolve) => {
  listener.listen(0, '127.0.0.1', () => resolve(undefined));
});
const address = listener.address();
const port = typeof address === 'object' ? address?.port : undefined;
process.stdout.write(`http://127.0.0.1:${port}/mcp\n`);
