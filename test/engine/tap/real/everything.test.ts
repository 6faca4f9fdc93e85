/** server-everything with the SDK's client on every transport: the client sees the same with the tap, and the capture contains it. */
import { randomUUID } from 'node:crypto';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, describe, expect, type onTestFinished, test } from 'vitest';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { captureLines, scratchFolder, tapped } from '../tapped.ts';
import { capturedMessages, capturedSessions, inAnyOrder, once, plain, streamFirst, watchedFetch } from './compared.ts';
import { type Observed, playEverything } from './everythingScript.ts';
import { everythingOverHttp, httpTapped, type Listening, serverCommand } from './servers.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const newCapture = (name: string): string => scratch.path(`${name}-${randomUUID()}.guardtrace.jsonl`);

/** The sessions wait most of the time, so they run side by side. */
describe.concurrent('everything', () => {
  test('stdio', async () => {
    const capture = newCapture('stdio');
    const server = serverCommand('@modelcontextprotocol/server-everything', 'stdio');
    const play = ([command = '', ...args]: readonly string[]): Promise<Observed> =>
      playEverything(new StdioClientTransport({ command, args, stderr: 'ignore' }));
    const [direct, seen] = await Promise.all([play(server), play(tapped(capture, server))]);
    expect(comparable(seen)).toEqual(comparable(direct));
    expect(capturedMessages(capture, 'client')).toEqual(seen.sent);
    expect(capturedMessages(capture, 'server')).toEqual(seen.received);
    await expectCalls(capture, seen, [cancelledCall]);
  });

  test('Streamable HTTP, until the session is deleted', async ({ onTestFinished: finally_ }) => {
    const capture = newCapture('http');
    const { direct, seen } = await sideBySide(capture, 'streamableHttp', finally_, async (url, fetchOf) => {
      const { fetch: watched, kinds } = fetchOf(url);
      const transport = new StreamableHTTPClientTransport(new URL(url), { fetch: streamFirst(watched) });
      const observed = await playEverything(transport, async () => {
        const session = transport.sessionId ?? '';
        await transport.terminateSession();
        const late = await fetch(url, { headers: { 'mcp-session-id': session, accept: 'text/event-stream' } });
        return [session.length, late.status, await late.text(), transport.sessionId];
      });
      return { observed, kinds };
    });
    expect(seen.observed.steps['last']).toEqual([36, 400, expect.stringContaining('No valid session ID'), undefined]);
    // The SDK's client resumes a stream that ended with a JSON-RPC error, and this server then repeats everything that it ever sent.
    expect(comparable(seen.observed, once)).toEqual(comparable(direct.observed, once));
    expect(seen.kinds).toEqual(direct.kinds);
    const late = { jsonrpc: '2.0', error: { code: -32000, message: 'Bad Request: No valid session ID provided' } };
    expect(inAnyOrder(capturedMessages(capture, 'client'))).toEqual(inAnyOrder(seen.observed.sent));
    const captured = once(inAnyOrder(capturedMessages(capture, 'server')));
    const received = once(inAnyOrder([...seen.observed.received, late]));
    expect(captured).toEqual(expect.arrayContaining([...received]));
    // A notification that passes while the client closes its stream is recorded, but the client no longer reads it. A server of the SDK stores
    // the event that opens a stream as the message `{}`; when it repeats that after a resumption, the client discards it.
    const more = captured.filter((text) => !received.includes(text) && text !== '{}');
    expect(more.filter((text) => !text.includes('"method":"notifications/'))).toEqual([]);
    expect(seen.observed.received.length).toBeGreaterThan(once(inAnyOrder(seen.observed.received)).length + 20);
    await expectCalls(capture, seen.observed, [
      ['An answer with the id null has no request before it', undefined],
      cancelledCall,
    ]);
    const events = captureLines(capture).map(({ event }) => event);
    expect(events.filter((event) => event === 'session-deleted')).toHaveLength(1);
    expect(events).toContain('resumed');
  });

  test('SSE', async ({ onTestFinished: finally_ }) => {
    const capture = newCapture('sse');
    const { direct, seen } = await sideBySide(capture, 'sse', finally_, async (url, fetchOf) => {
      const { fetch: watched, kinds } = fetchOf(url.replace(/\/sse$/, ''));
      return { observed: await playEverything(new SSEClientTransport(new URL(url), { fetch: watched })), kinds };
    });
    expect(comparable(seen.observed)).toEqual(comparable(direct.observed));
    expect(seen.kinds).toEqual(direct.kinds);
    expect(inAnyOrder(capturedMessages(capture, 'client'))).toEqual(inAnyOrder(seen.observed.sent));
    expect(inAnyOrder(capturedMessages(capture, 'server'))).toEqual(inAnyOrder(seen.observed.received));
    await expectCalls(capture, seen.observed, [cancelledCall]);
  });
});

interface Played {
  readonly observed: Observed;
  /** The kinds of HTTP exchanges. */
  readonly kinds: ReadonlySet<string>;
}

/** Plays the session with a server directly, and with one behind a tap. */
async function sideBySide(
  capture: string,
  transport: 'sse' | 'streamableHttp',
  finally_: typeof onTestFinished,
  play: (url: string, fetchOf: typeof watchedFetch) => Promise<Played>,
): Promise<{ readonly direct: Played; readonly seen: Played }> {
  const opened = async (starting: Promise<Listening>): Promise<Listening> => {
    const own = await starting;
    finally_(async () => void (await own.stop()));
    return own;
  };
  const [alone, server] = await Promise.all([
    opened(everythingOverHttp(transport)),
    opened(everythingOverHttp(transport)),
  ]);
  const tap = await opened(httpTapped(capture, server.url));
  const [direct, seen] = await Promise.all([play(alone.url, watchedFetch), play(tap.url, watchedFetch)]);
  expect(await tap.stop()).toMatchObject({ stderr: '', code: 130 });
  expect(capturedSessions(capture)).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/)]);
  return { direct, seen };
}

/** Everything that must be the same with and without a tap. */
function comparable(
  { steps, notifications, serverRequests }: Observed,
  selected: (texts: readonly string[]) => readonly string[] = (texts) => texts,
): unknown {
  return {
    steps: plain(steps),
    notifications: selected(timedOnce(inAnyOrder(notifications.map(plain)))),
    serverRequests: selected(inAnyOrder(serverRequests.map(plain))),
  };
}

/** Notifications that the server repeats every few seconds are reduced to one, because their number depends on time. */
function timedOnce(texts: readonly string[]): readonly string[] {
  const isTimed = (text: string): boolean => /<level> message|notifications\/resources\/updated/.test(text);
  return texts.filter((text, at) => !isTimed(text) || texts.indexOf(text) === at);
}

/**
 * The capture is read with these problems, and has every call with its answer. How often a server repeats the event that opened a stream
 * depends on how often the client resumes it.
 */
async function expectCalls(
  capture: string,
  seen: Observed,
  problems: readonly (readonly [message: string, hint: string | undefined])[],
): Promise<void> {
  const trace = await readTraceFile(capture);
  const found = trace.problems.filter(({ code }) => code !== 'trace/empty-message');
  expect(found.map(({ message, hint }) => [message, hint])).toEqual(problems);
  const calls = seen.sent.flatMap((message) =>
    'method' in message && message.method === 'tools/call' && 'id' in message ? [message] : [],
  );
  expect(calls).toHaveLength(29);
  const answers = calls.map(({ id, params }) => {
    const answer = seen.received.find((message) => !('method' in message) && message.id === id);
    if (answer === undefined) return [params?.['name'], null];
    return [params?.['name'], 'result' in answer ? asGateway(answer.result) : 'error'];
  });
  const held = trace.calls.map(({ tool, answer }) => [tool, answer === undefined ? null : (answer.result ?? 'error')]);
  expect(inAnyOrder(held)).toEqual(inAnyOrder(answers));
  expect(captureLines(capture).at(-1)).toMatchObject({ event: 'exit' });
}

/** The gateway recognizes a result by its content, which the result of a call that continues as a task does not have. */
function asGateway(result: object): object {
  return 'task' in result ? { content: [] } : result;
}

const cancelledCall = [
  'The capture has no answer to "trigger-long-running-operation"',
  'The client cancelled the call',
] as const;
