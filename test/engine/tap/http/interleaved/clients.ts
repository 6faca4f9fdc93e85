/** The clients of an interleaving: each sends its calls in order through the tap and checks that every message it gets is its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { InterleavedMode, PlannedCall } from './plan.ts';
import { requestMeta, statelessVersion } from './server.ts';
import { patiently } from '../../../../support/patience.ts';

/** What a client got for one call: whether it has waited for its answer, and what was wrong with it. */
export interface ClientOutcome {
  readonly call: PlannedCall;
  /** Whether the answer arrived before the client disconnected. */
  readonly isAnswered: boolean;
  readonly wrong: readonly string[];
}

interface Reply {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: { readonly resultType?: string; readonly requestState?: string };
  readonly error?: unknown;
}

/** Carries out one call, with its retry after a request for input. */
export async function carryOut(url: string, call: PlannedCall, mode: InterleavedMode): Promise<ClientOutcome> {
  const { id, kind, pause, leaves, cancels } = call;
  await sleep(pause);
  const leaving = new AbortController();
  const timer = leaves === null ? null : setTimeout(() => leaving.abort(), leaves);
  const wrong: string[] = [];
  let isAnswered = false;
  try {
    let reply = await ask(url, call, id, {}, leaving.signal, wrong);
    const state = reply?.result?.requestState;
    // A guard that enforces refuses to ask anybody, as the gateway does.
    if (kind === 'input' && mode !== 'enforce') {
      if (reply?.result?.resultType !== 'input_required') wrong.push(`no request for input: ${JSON.stringify(reply)}`);
      const inputResponses = { ask: { action: 'accept', content: {} } };
      reply = await ask(url, call, id + 1, { inputResponses, requestState: state }, leaving.signal, wrong);
    }
    isAnswered = reply !== null;
    if (reply === null) wrong.push('no answer');
  } catch (thrown) {
    if (!leaving.signal.aborted) wrong.push(`the request of ${call.marker} failed: ${causeOf(thrown)}`);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
  if (cancels && leaving.signal.aborted) await cancel(url, id);
  return { call, isAnswered, wrong };
}

/** Sends the call under this id; returns the answer, null without one. */
async function ask(
  url: string,
  call: PlannedCall,
  id: number,
  more: object,
  signal: AbortSignal,
  wrong: string[],
): Promise<Reply | null> {
  const { marker, kind, waits, progress } = call;
  const args = { marker, kind, waits, progress };
  const method = kind === 'listen' ? 'subscriptions/listen' : 'tools/call';
  const own = kind === 'listen' ? { notifications: { toolsListChanged: true } } : { name: 'echo' };
  const params = { ...own, arguments: args, ...more, _meta: { ...requestMeta, progressToken: marker } };
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
  const response = await post(url, method, body, kind === 'listen' ? {} : { 'mcp-name': 'echo' }, signal);
  const text = await response.text();
  const isEvents = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  const data = isEvents ? [...text.matchAll(/^data: (.*)$/gm)].map(([, each = '']) => each) : [text];
  let answer: Reply | null = null;
  for (const each of data) {
    const reply = JSON.parse(each) as Reply;
    if (reply.method === undefined) {
      if (answer !== null) wrong.push(`a second answer ${each}`);
      answer = reply;
      if (reply.id !== id) wrong.push(`an answer to ${JSON.stringify(reply.id)} for the id ${id}: ${each}`);
    }
    wrong.push(...foreignMarkers(each, marker).map((other) => `a message of ${other} for ${marker}: ${each}`));
  }
  if (answer === null) wrong.push(`an answer without a response: ${text}`);
  return answer;
}

/** The error of a fetch, whose message alone is "fetch failed". */
function causeOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? ` (${thrown.cause.message})` : '';
  return `${String(thrown)}${cause}`;
}

async function cancel(url: string, id: number): Promise<void> {
  const method = 'notifications/cancelled';
  const body = JSON.stringify({ jsonrpc: '2.0', method, params: { requestId: id } });
  await (await post(url, method, body, {}, AbortSignal.timeout(20_000))).text();
}

function post(
  url: string,
  method: string,
  body: string,
  more: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': statelessVersion,
    'mcp-method': method,
    ...more,
  };
  return fetch(url, {
    method: 'POST',
    body,
    headers,
    signal: AbortSignal.any([signal, AbortSignal.timeout(patiently(30_000))]),
  });
}

/** The markers in a text other than its own. */
export function foreignMarkers(text: string, own: string): readonly string[] {
  return [...new Set(text.match(/m\d+x\d+x\d+m/g))].filter((marker) => marker !== own);
}
