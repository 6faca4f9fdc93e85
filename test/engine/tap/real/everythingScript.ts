/** Uses everything that server-everything offers once with the SDK's client, and records what the client observes. */
import { InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  type ElicitResult,
  type JSONRPCMessage,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { eventually, sleep } from '../tapped.ts';

/** What a client observed in a session. */
export interface Observed {
  /** The result of each step, or its error. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** Notifications of the server, without the progress of a cancelled call. */
  readonly notifications: readonly unknown[];
  /** Methods of the requests that the server made, with their parameters. */
  readonly serverRequests: readonly unknown[];
  /** Every message of each side, in order. */
  readonly sent: readonly JSONRPCMessage[];
  readonly received: readonly JSONRPCMessage[];
}

/** Polls of a task; their number depends on timing. */
const polls: ReadonlySet<string> = new Set(['tasks/get']);

/** Plays the session; `last` is what the transport does before it closes. */
export async function playEverything(
  transport: Transport,
  last: () => Promise<unknown> = () => Promise.resolve(null),
): Promise<Observed> {
  const watched = watch(transport);
  const client = newClient();
  let roots = ['file:///one', 'file:///two'];
  let rooted = 0;
  answerTheServer(client, () => {
    rooted++;
    return roots.map((uri) => ({ uri, name: uri.slice(-3) }));
  });
  const steps: Record<string, unknown> = {};
  const step = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    if (name in steps) throw new Error(`Two steps are called "${name}"`);
    try {
      steps[name] = await act();
    } catch (thrown) {
      steps[name] = { thrown: String(thrown), data: (thrown as { data?: unknown }).data ?? null };
    }
  };
  const toolStep = (name: string, args: Record<string, unknown> = {}): Promise<void> =>
    step(`${name} ${JSON.stringify(args)}`, () => client.callTool({ name, arguments: args }));
  const logs = (text: string): boolean => watched.received.some((each) => JSON.stringify(each).includes(text));

  await client.connect(transport);
  await step('roots', () => eventually(() => rooted === 1 && logs('Roots updated: 2')));
  await step('server', () =>
    Promise.resolve([client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()]),
  );
  await step('ping', () => client.ping());
  await step('level', () => client.setLoggingLevel('debug'));
  await step('tools', () => client.listTools());
  for (const [name, args] of simpleCalls) await toolStep(name, args);
  await step('resources', () => client.listResources());
  await step('templates', () => client.listResourceTemplates());
  for (const uri of resources) await step(`read ${uri}`, () => client.readResource({ uri }));
  await step('prompts', () => client.listPrompts());
  for (const [name, args] of prompts) {
    await step(`prompt ${name} ${JSON.stringify(args)}`, () => client.getPrompt({ name, arguments: args }));
  }
  for (const params of completions) await step(JSON.stringify(params), () => client.complete(params));

  const uri = 'demo://resource/dynamic/text/7';
  await step('subscribe', () => client.subscribeResource({ uri }));
  await toolStep('toggle-subscriber-updates');
  await step('updated', () => eventually(() => logs('notifications/resources/updated')));
  await step('stop updates', () => client.callTool({ name: 'toggle-subscriber-updates', arguments: {} }));
  await step('unsubscribe', () => client.unsubscribeResource({ uri }));
  await toolStep('toggle-simulated-logging');
  await step('logged', () => eventually(() => logs('evel message') || logs('evel-message')));
  await step('stop logging', () => client.callTool({ name: 'toggle-simulated-logging', arguments: {} }));

  roots = ['file:///new'];
  await step('new roots', () => client.sendRootsListChanged());
  await step('asked again', () => eventually(() => logs('Roots updated: 1')));
  // These steps mostly wait, so they run at the same time.
  await Promise.all([
    step('progress', () => longRunning(client)),
    step('sampling as a task', () =>
      client.callTool({ name: 'trigger-sampling-request-async', arguments: { prompt: 'p' } }),
    ),
    step('elicitation as a task', () => client.callTool({ name: 'trigger-elicitation-request-async', arguments: {} })),
    step('research', () => research(client, { topic: 'python', ambiguous: true })),
  ]);
  await step('tasks', async () => (await client.experimental.tasks.listTasks()).tasks.map(({ status }) => status));
  await step('cancelled', () => cancelled(client));
  await step('last', last);
  await client.close();
  const methods = watched.received.filter((message) => 'method' in message);
  return {
    steps,
    notifications: methods.filter((message) => !('id' in message) && !isOfCancelled(message)),
    serverRequests: methods.flatMap((message) =>
      'id' in message && !polls.has(message.method) ? [[message.method, message.params]] : [],
    ),
    ...watched,
  };
}

const simpleCalls: readonly (readonly [string, Record<string, unknown>])[] = [
  ['echo', { message: 'Grüße 👋 \u2028 "quoted" \\ \u0000\u001f' }],
  ['echo', { message: 'long '.repeat(60_000) }],
  ['echo', { message: 5 }],
  ['echo', {}],
  ['get-sum', { a: 0.1, b: 1e21 }],
  ['get-env', {}],
  ['get-tiny-image', {}],
  ['get-annotated-message', { messageType: 'error', includeImage: true }],
  ['get-resource-links', { count: 4 }],
  ['get-resource-reference', { resourceType: 'Blob', resourceId: 3 }],
  ['get-resource-reference', { resourceType: 'Blob', resourceId: -3 }],
  ['get-structured-content', { location: 'Chicago' }],
  ['gzip-file-as-resource', { name: 'x.gz', data: 'data:text/plain;base64,aGVsbG8=', outputType: 'resourceLink' }],
  ['gzip-file-as-resource', { name: 'y.gz', data: 'data:text/plain,hello', outputType: 'resource' }],
  ['get-roots-list', {}],
  ['trigger-sampling-request', { prompt: 'Say hello', maxTokens: 7 }],
  ['trigger-elicitation-request', {}],
  ['trigger-url-elicitation', { url: 'https://example.com/a?b=c', elicitationId: 'one' }],
  ['trigger-url-elicitation', { url: 'https://example.com/a?b=c', elicitationId: 'two', errorPath: true }],
  ['no-such-tool', {}],
];

const resources = [
  'demo://resource/static/document/architecture.md',
  'demo://resource/dynamic/text/1',
  'demo://resource/dynamic/blob/2',
  'demo://resource/dynamic/text/none',
  'demo://resource/session/x.gz',
];

const prompts: readonly (readonly [string, Record<string, string>])[] = [
  ['simple-prompt', {}],
  ['args-prompt', { city: 'Zürich' }],
  ['args-prompt', {}],
  ['completable-prompt', { department: 'Sales', name: 'Eve' }],
  ['resource-prompt', { resourceType: 'Text', resourceId: '5' }],
];

const completions = [
  { ref: { type: 'ref/prompt', name: 'completable-prompt' }, argument: { name: 'department', value: 'S' } },
  {
    ref: { type: 'ref/prompt', name: 'completable-prompt' },
    argument: { name: 'name', value: '' },
    context: { arguments: { department: 'Sales' } },
  },
  {
    ref: { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' },
    argument: { name: 'resourceId', value: '4' },
  },
] as const;

function newClient(): Client {
  const taskStore = new InMemoryTaskStore();
  return new Client(
    { name: 'test', version: '1' },
    {
      capabilities: {
        roots: { listChanged: true },
        sampling: {},
        elicitation: { form: {}, url: {} },
        tasks: {
          list: {},
          cancel: {},
          requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
        },
      },
      taskStore,
    },
  );
}

/** Answers what the server asks of its client, at once or as a task. */
function answerTheServer(client: Client, roots: () => { uri: string; name: string }[]): void {
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots() }));
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, { taskStore, taskRequestedTtl }) => {
    const result = {
      model: 'm',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: `${params.maxTokens} words` },
    };
    if (params.task === undefined || taskStore === undefined) return result;
    const task = await taskStore.createTask({ ttl: taskRequestedTtl ?? null });
    await taskStore.storeTaskResult(task.taskId, 'completed', result);
    return { task };
  });
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { taskStore, taskRequestedTtl }) => {
    const result: ElicitResult = { action: 'accept' };
    if (params.mode !== 'url') {
      result.content = params.message.includes('interpretation')
        ? { interpretation: 'snake' }
        : { name: 'Ann', check: true };
    }
    if (params.task === undefined || taskStore === undefined) return result;
    const task = await taskStore.createTask({ ttl: taskRequestedTtl ?? null });
    await taskStore.storeTaskResult(task.taskId, 'completed', result);
    return { task };
  });
}

/**
 * A call that reports its progress. The client drops its listener when the result arrives, so what the listener gets depends on timing; the
 * notifications do not.
 */
function longRunning(client: Client): Promise<unknown> {
  const call = { name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } };
  return client.callTool(call, CallToolResultSchema, { onprogress: () => undefined });
}

/** A call that its client cancels. */
async function cancelled(client: Client): Promise<unknown> {
  const abort = new AbortController();
  const call = { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 5 } };
  const given = client.callTool(call, CallToolResultSchema, {
    signal: abort.signal,
    onprogress: ({ progress }) => {
      if (progress === 1) abort.abort('no need');
    },
  });
  const end = await given.catch(String);
  // Closing at once would drop the notification that is on its way, and the server may still report progress.
  await sleep(1200);
  return end;
}

/** Its progress may be on its way when the cancellation reaches the server. */
function isOfCancelled(message: JSONRPCMessage): boolean {
  return JSON.stringify(message).includes('"total":5');
}

/** A call that the server runs as a task, and asks about in the middle. */
async function research(client: Client, args: Record<string, unknown>): Promise<unknown> {
  const call = { name: 'simulate-research-query', arguments: args };
  const seen = new Set<string>();
  let result: unknown = null;
  const stream = client.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: { ttl: 60_000 } });
  for await (const message of stream) {
    if (message.type === 'result') result = message.result;
    seen.add(message.type);
  }
  return { seen: [...seen], result };
}

/** Records every message that passes a transport of the client. */
function watch(transport: Transport): { readonly sent: JSONRPCMessage[]; readonly received: JSONRPCMessage[] } {
  const sent: JSONRPCMessage[] = [];
  const received: JSONRPCMessage[] = [];
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    sent.push(message);
    return send(message, options);
  };
  const begin = transport.start.bind(transport);
  transport.start = () => {
    const { onmessage } = transport;
    const seen: typeof onmessage = (message, extra) => {
      received.push(message);
      onmessage?.(message, extra);
    };
    Object.assign(transport, { onmessage: seen });
    return begin();
  };
  return { sent, received };
}
