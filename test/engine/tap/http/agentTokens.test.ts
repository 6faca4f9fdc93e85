/** Tokens of agents in captures of HTTP taps: stable for a credential, shared by the taps of a user, and never the credential. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import { AgentTokens } from '../../../../src/engine/tap/http/agentTokens.ts';
import { fakeHttpServer, type FakeServer } from './fakeServer.ts';
import { gatesOf, labelling } from './guardGates.ts';
import { type TappedServer, tapServer } from './tapped.ts';

const servers: FakeServer[] = [];
const taps: TappedServer[] = [];

afterEach(async () => {
  await Promise.all(taps.splice(0).map(({ tap }) => tap.close(AbortSignal.timeout(5000))));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const folder = (): string => join(mkdtempSync(join(tmpdir(), 'guardscope-agents-')), 'state');

describe('a token', () => {
  test('is that of the agent id: X-Agent-ID, else Authorization without its scheme', () => {
    const tokens = new AgentTokens(folder());
    const token = tokens.ofHeaders({ 'x-agent-id': 'one' });
    expect(token).toMatch(/^[0-9a-f]{12}$/);
    expect(tokens.ofHeaders({ authorization: 'Bearer  one ' })).toBe(token);
    expect(tokens.ofHeaders({ authorization: 'Agent one' })).toBe(token);
    expect(tokens.ofHeaders({ authorization: 'one', 'x-agent-id': '' })).toBe(token);
    expect(tokens.ofHeaders({ authorization: 'other', 'x-agent-id': 'one' })).toBe(token);
    expect(tokens.ofRawHeaders(['Host', 'h', 'AUTHORIZATION', 'Bearer one'])).toBe(token);
    expect(tokens.ofHeaders({ 'x-agent-id': 'two' })).not.toBe(token);
    expect([tokens.ofHeaders({}), tokens.ofRawHeaders(['x', 'x-agent-id'])]).toEqual(['', '']);
  });

  test('is the same at another tap of the user, also when both start at once', () => {
    const state = folder();
    const [first, second] = [new AgentTokens(state), new AgentTokens(state)];
    expect(first.ofHeaders({ 'x-agent-id': 'one' })).toBe(second.ofHeaders({ 'x-agent-id': 'one' }));
    expect(readdirSync(state)).toEqual(['agent-key']);
    expect(new AgentTokens(folder()).ofHeaders({ 'x-agent-id': 'one' })).not.toBe(
      first.ofHeaders({ 'x-agent-id': 'one' }),
    );
  });

  test('cannot be found by trying short secrets without the key, which only the user can read', () => {
    const state = folder();
    const token = new AgentTokens(state).ofHeaders({ authorization: '1' });
    const plain = createHash('sha256').update('1').digest('hex');
    expect(plain.startsWith(token)).toBe(false);
    const key = readFileSync(join(state, 'agent-key'), 'utf8');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    if (process.platform === 'win32') return;
    expect(statSync(join(state, 'agent-key')).mode & 0o777).toBe(0o600);
    expect(statSync(state).mode & 0o777).toBe(0o700);
  });

  test('has a key of its own where none can be kept', () => {
    const state = folder();
    writeFileSync(state, 'a file in the place of the folder');
    const tokens = new AgentTokens(state);
    const token = tokens.ofHeaders({ 'x-agent-id': 'one' });
    expect(token).toBe(tokens.ofHeaders({ 'x-agent-id': 'one' }));
    expect(token).toHaveLength(12);
  });

  test('is made without touching a file that is not a key', () => {
    const state = folder();
    mkdirSync(state);
    writeFileSync(join(state, 'agent-key'), 'not a key');
    expect(new AgentTokens(state).ofHeaders({ 'x-agent-id': 'one' })).toHaveLength(12);
    expect(readFileSync(join(state, 'agent-key'), 'utf8')).toBe('not a key');
  });

  test('needs no key for clients without a credential', () => {
    const state = folder();
    new AgentTokens(state).ofHeaders({});
    expect(existsSync(state)).toBe(false);
  });
});

const call = (id: number): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { id } } });
const post = async (url: string, id: number, headers: Record<string, string>): Promise<unknown> =>
  (
    await fetch(url, { method: 'POST', body: call(id), headers: { 'content-type': 'application/json', ...headers } })
  ).text();

async function tapped(gated: boolean): Promise<TappedServer> {
  const server = await fakeHttpServer(({ body }, response) => {
    const { id } = JSON.parse(body.toString()) as { id: number };
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
  });
  servers.push(server);
  const guard = labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}');
  const own = await tapServer(`${server.origin}/mcp`, gated ? { gates: gatesOf(guard, 'watch') } : {});
  taps.push(own);
  return own;
}

describe('a capture', () => {
  test.each([
    ['without a guard', false],
    ['of a tap with a guard', true],
  ])('%s says which agent made each call', async (_, gated) => {
    const own = await tapped(gated);
    await post(own.tap.url, 1, { authorization: 'Bearer secret-of-one' });
    await post(own.tap.url, 2, { 'x-agent-id': 'agent-two' });
    await post(own.tap.url, 3, { authorization: 'Bearer secret-of-one' });
    await own.end();
    const text = readFileSync(own.file, 'utf8');
    expect(text).not.toMatch(/secret-of-one|agent-two/);
    const trace = readTrace(text);
    const [one, two] = trace.agents;
    expect([one, two].map((agent) => agent?.length)).toEqual([12, 12]);
    expect(trace.calls.map(({ args, agent }) => [args, agent])).toEqual([
      [{ id: 1 }, one],
      [{ id: 2 }, two],
      [{ id: 3 }, one],
    ]);
  });
});
