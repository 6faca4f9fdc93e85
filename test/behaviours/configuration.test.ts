/** The gateway's configuration as it decides about guards: modes, policies and the choice of a guard (behaviours 206 to 207, 289 to 313). */
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import type { Environment, PolicyFlags } from '../../src/core/policy/override.ts';
import type { ServerAccount } from '../../src/core/gatewayConfig/account/account.ts';
import { readGatewayConfig } from '../../src/core/gatewayConfig/config.ts';
import { explainConfig } from '../../src/engine/gateway/explainConfig.ts';
import { serverWideMode } from '../../src/core/gatewayConfig/account/mode.ts';
import type { GatewayConfig } from '../../src/core/gatewayConfig/model/configModel.ts';
import type { Visibility } from '../../src/core/gatewayConfig/account/visibility.ts';
import { type FileKind, memoryFiles } from '../engine/gateway/memoryFiles.ts';
import { proves } from '../support/proves.ts';

const none = { repos: 'all', 'min-integrity': 'none' };
const approved = { repos: ['o/r'], 'min-integrity': 'approved' };

function json(server: JsonObject, guards: JsonObject = {}): string {
  const gateway = { port: 8080, domain: 'localhost', agentId: 'a' };
  const s = { type: 'http', url: 'https://x/mcp', ...server };
  return JSON.stringify({ mcpServers: { s }, gateway, ...(Object.keys(guards).length === 0 ? {} : { guards }) });
}

function read(text: string): GatewayConfig {
  return readGatewayConfig(text, { env: {} }).value;
}

interface Around {
  readonly files?: Readonly<Record<string, FileKind>>;
  readonly env?: Environment;
  readonly policyFlags?: PolicyFlags;
  readonly visibility?: Visibility;
}

async function account(text: string, around: Around = {}): Promise<ServerAccount> {
  const { files = {}, env = {}, policyFlags = {}, visibility = null } = around;
  const { servers } = await explainConfig(read(text), {
    env,
    files: memoryFiles({ '/gw': 'dir', ...files }),
    policyFlags,
    workflowVisibility: visibility,
  });
  const [first] = servers;
  if (first === undefined) throw new Error('no server');
  return first;
}

describe('the mode', () => {
  const variable = 'MCP_GATEWAY_GUARDS_MODE';
  test.each([
    [undefined, 'strict'],
    ['filter', 'filter'],
    ['PROPAGATE', 'propagate'],
    ['lax', 'strict'],
  ])('of the environment %j is %s', (word, mode) => {
    proves('gateway:206');
    expect(serverWideMode({ guardsMode: null }, { [variable]: word }, null)).toMatchObject({ mode, error: null });
  });
  test.each([
    ['', 'strict', 0],
    ['Filter', 'filter', 0],
    ['lax', 'strict', 1],
  ])('of the file %j is %s', (word, mode, problems) => {
    proves('gateway:207');
    const said = serverWideMode({ guardsMode: word }, {}, null);
    expect([said.mode, said.problems.length]).toEqual([mode, problems]);
    expect(said.problems.map(({ message }) => message).join('')).toMatch(
      problems === 0 ? /^$/ : /^invalid DIFC mode "lax"/,
    );
  });
});

describe('policies of a configuration', () => {
  const forms: readonly (readonly [string, JsonObject, JsonValue, string])[] = [
    ['a word and a level', none, 'all', 'none'],
    ['public', { repos: 'public', 'min-integrity': 'unapproved' }, 'public', 'unapproved'],
    ['a list', approved, ['o/r'], 'approved'],
    ['the older level', { repos: ['o/*'], integrity: 'merged' }, ['o/*'], 'merged'],
  ];
  test.each(forms)('as JSON: %s', async (_title, members, repos, level) => {
    proves('gateway:289');
    const { policy, policySource } = await account(json({ 'guard-policies': { 'allow-only': members } }));
    expect(policySource).toBe('server');
    expect(policy?.payload).toEqual({ 'allow-only': { repos, 'min-integrity': level } });
  });
  test.each(forms)('as TOML: %s', async (_title, members, repos, level) => {
    proves('gateway:289');
    const lines = Object.entries(members).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    const text = `[servers.s]\ntype = "http"\nurl = "http://x"\n[servers.s.guard_policies.allow-only]\n${lines.join('\n')}\n`;
    expect((await account(text)).policy?.payload).toEqual({ 'allow-only': { repos, 'min-integrity': level } });
  });
  test('the guards section: types, paths, policies, and members that nobody knows', () => {
    proves('gateway:290');
    const guards = {
      mine: { type: 'wasm', path: '/gw/mine.wasm', config: { any: 1 }, policy: { 'allow-only': approved } },
      plain: { type: 'noop' },
    };
    const config = read(json({ guard: 'mine' }, guards));
    expect(config.refusal).toBeNull();
    expect(config.servers).toMatchObject([{ id: 's', guard: 'mine' }]);
    expect(config.guards).toMatchObject([
      { name: 'mine', type: 'wasm', path: '/gw/mine.wasm', policy: { payload: { 'allow-only': approved } } },
      { name: 'plain', type: 'noop', path: '', policy: null },
    ]);
  });
  test('a bad policy of a guard is refused', () => {
    proves('gateway:290');
    const bad = { mine: { type: 'noop', policy: { 'allow-only': { repos: 'some', 'min-integrity': 'none' } } } };
    expect(read(json({}, bad)).refusal).toBe(
      "invalid policy for guard 'mine': allow-only.repos string must be 'all' or 'public'",
    );
  });
});

describe('the guard of a server', () => {
  const file = { '/gw/mine.wasm': 'good', '/gw/bad.wasm': 'bad' } as const;
  const policies = { 'guard-policies': { 'allow-only': none } };
  test.each<readonly [string, JsonObject, JsonObject, string, RegExp]>([
    ['no guard', {}, {}, 'noop', /^$/],
    ['of the type noop', { guard: 'g' }, { g: { type: 'noop' } }, 'noop', /^$/],
    ['of no type', { guard: 'g' }, { g: { type: '' } }, 'noop', /^$/],
    ['a module', { guard: 'g' }, { g: { type: 'wasm', path: '/gw/mine.wasm' } }, 'wasm', /^$/],
    ['a module without a path', { guard: 'g' }, { g: { type: 'wasm' } }, 'noop', /requires a 'path' field/],
    [
      'a module that does not load',
      { guard: 'g' },
      { g: { type: 'wasm', path: '/gw/bad.wasm' } },
      'noop',
      /invalid magic/,
    ],
    ['of an unknown type', { guard: 'g' }, { g: { type: 'lua' } }, 'noop', /unknown guard type: lua/],
    ['of an unknown name', { guard: 'g' }, {}, 'noop', /Guard 'g' not found/],
    ['the name noop', { guard: 'noop' }, {}, 'noop', /^$/],
  ])('%s', async (_title, server, guards, kind, problem) => {
    proves('gateway:308', 'gateway:240');
    const { guard, problems } = await account(json({ ...policies, ...server }, guards), { files: file });
    expect(guard.kind).toBe(kind);
    const said = problems.filter(({ code }) => code.startsWith('gateway/guard-')).map(({ message }) => message);
    expect(said.join('')).toMatch(problem);
  });
  test('a write-sink policy makes a write-sink, but a guard that is found goes before it', async () => {
    proves('gateway:308');
    const text = json({ 'guard-policies': { 'write-sink': { accept: ['*'] } } });
    expect((await account(text)).guard.kind).toBe('write-sink');
    const env = { MCP_GATEWAY_WASM_GUARDS_DIR: '/gw/guards' };
    const found = await account(text, { env, files: { '/gw/guards/s/a.wasm': 'good' } });
    expect(found.guard).toMatchObject({ kind: 'wasm', name: 's', path: '/gw/guards/s/a.wasm' });
    const broken = await account(text, { env, files: { '/gw/guards/s/a.wasm': 'bad' } });
    expect(broken.guard.kind).toBe('write-sink');
  });

  const guards = { g: { type: 'wasm', path: '/gw/mine.wasm' } };
  test.each<readonly [string, JsonObject, PolicyFlags, string]>([
    ['with policies of its own', policies, {}, 'wasm'],
    ['with policies that are none', { 'guard-policies': { policy: {}, other: {} } }, {}, 'wasm'],
    ['without a policy', {}, {}, 'noop'],
    ['with a policy of all servers', {}, { policyJson: JSON.stringify({ 'allow-only': none }) }, 'wasm'],
  ])('a module %s', async (_title, server, policyFlags, kind) => {
    proves('gateway:309');
    const { guard } = await account(json({ guard: 'g', ...server }, guards), { files: file, policyFlags });
    expect(guard.kind).toBe(kind);
  });
  test('a policy that cannot be read stops the start of a guard with rules, and only the calls of one without', async () => {
    proves('gateway:309');
    const bad = { 'guard-policies': { 'allow-only': { repos: 'some', 'min-integrity': 'none' } } };
    const started = await account(json({ guard: 'g', ...bad }, guards), { files: file });
    expect(started.startError).toMatch(/failed to register guard for server "s": .*repos string must be/);
    const called = await account(json(bad));
    expect(called).toMatchObject({
      startError: null,
      callError: expect.stringMatching(
        /^guard session initialization failed: failed to resolve guard policy: /,
      ) as string,
    });
  });
  test('its policy: of all servers, its own, its guard’s, none', async () => {
    proves('gateway:310');
    const override = { policyJson: JSON.stringify({ 'allow-only': { repos: 'public', 'min-integrity': 'merged' } }) };
    const ofGuard = { g: { type: 'noop', policy: { 'allow-only': approved } } };
    const whole = json({ guard: 'g', ...policies }, ofGuard);
    const sources = [
      await account(whole, { policyFlags: override }),
      await account(whole),
      await account(json({ guard: 'g' }, ofGuard)),
      await account(json({})),
    ].map(({ policy, policySource }) => [policySource, policy?.payload['allow-only'] ?? null]);
    expect(sources).toEqual([
      ['cli', { repos: 'public', 'min-integrity': 'merged' }],
      ['server', none],
      ['config', approved],
      ['legacy', null],
    ]);
  });
});

describe('a workflow of a public repository', () => {
  const env = { GITHUB_REPOSITORY: 'o/r', GITHUB_TOKEN: 't' };
  const text = json({ 'guard-policies': { 'allow-only': approved } });
  const reposOf = async (around: Around, config = text): Promise<JsonValue | undefined> => {
    const { policy } = await account(config, around);
    const allowOnly = policy?.payload['allow-only'] as JsonObject | undefined;
    return allowOnly?.['repos'];
  };
  test.each<readonly [string, Around, JsonValue]>([
    ['narrows policies', { env, visibility: 'public' }, 'public'],
    ['not when it is private', { env, visibility: 'private' }, ['o/r']],
    ['not when it is internal', { env, visibility: 'internal' }, ['o/r']],
    ['not when GitHub does not answer', { env }, ['o/r']],
    ['not without a repository', { env: { GITHUB_TOKEN: 't' }, visibility: 'public' }, ['o/r']],
    ['not without a token', { env: { GITHUB_REPOSITORY: 'o/r' }, visibility: 'public' }, ['o/r']],
    [
      'not when the environment says no',
      { env: { ...env, MCP_GATEWAY_FORCE_PUBLIC_REPOS: 'false' }, visibility: 'public' },
      ['o/r'],
    ],
  ])('%s', async (_title, around, repos) => {
    proves('gateway:312');
    expect(await reposOf(around)).toEqual(repos);
  });
  test('gives a server without a policy one, keeps the level of one that is there, and leaves write-sinks alone', async () => {
    proves('gateway:312');
    const around = { env, visibility: 'public' } as const;
    expect((await account(json({}), around)).policy?.payload).toEqual({
      'allow-only': { repos: 'public', 'min-integrity': 'none' },
    });
    expect((await account(text, around)).policy?.payload).toEqual({
      'allow-only': { repos: 'public', 'min-integrity': 'approved' },
    });
    const sink = await account(json({ 'guard-policies': { 'write-sink': { accept: ['*'] } } }), around);
    expect(sink.policy?.kind).toBe('write-sink');
    expect(sink.guard).toMatchObject({ kind: 'write-sink', sink: { visibility: 'public' } });
  });
  test.each<readonly [string, JsonObject, string]>([
    ['a sink that says nothing is public', {}, 'public'],
    ['an exempt one is not', { sinkVisibilityExemptServers: ['s'] }, ''],
    ['nor any when all are exempt', { sinkVisibilityExemptServers: ['*'] }, ''],
    ['nor when nothing is forced', { forcePublicRepos: false }, ''],
  ])('%s', async (_title, gateway, visibility) => {
    proves('gateway:313');
    const config = JSON.parse(json({ 'guard-policies': { 'write-sink': { accept: ['*'] } } })) as {
      readonly gateway: JsonObject;
    };
    const { guard } = await account(JSON.stringify({ ...config, gateway: { ...config.gateway, ...gateway } }));
    expect(guard).toMatchObject({ kind: 'write-sink', sink: { visibility } });
  });
});
