/** How the gateway's configuration determines modes, policies and guards (behaviours 206 to 207, 289 to 313). */
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

interface AccountOptions {
  readonly files?: Readonly<Record<string, FileKind>>;
  readonly env?: Environment;
  readonly policyFlags?: PolicyFlags;
  readonly visibility?: Visibility;
}

async function account(text: string, options: AccountOptions = {}): Promise<ServerAccount> {
  const { files = {}, env = {}, policyFlags = {}, visibility = null } = options;
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
  ])('from the environment value %j is %s', (word, mode) => {
    proves('gateway:206');
    expect(serverWideMode({ guardsMode: null }, { [variable]: word }, null)).toMatchObject({ mode, error: null });
  });
  test.each([
    ['', 'strict', 0],
    ['Filter', 'filter', 0],
    ['lax', 'strict', 1],
  ])('from the file value %j is %s', (word, mode, problems) => {
    proves('gateway:207');
    const result = serverWideMode({ guardsMode: word }, {}, null);
    expect([result.mode, result.problems.length]).toEqual([mode, problems]);
    expect(result.problems.map(({ message }) => message).join('')).toMatch(
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
  test('the guards section is read with types, paths and policies, and unknown members are ignored', () => {
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
  test('an invalid policy of a guard is refused', () => {
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
    ['a guard of type noop', { guard: 'g' }, { g: { type: 'noop' } }, 'noop', /^$/],
    ['a guard with an empty type', { guard: 'g' }, { g: { type: '' } }, 'noop', /^$/],
    ['a module', { guard: 'g' }, { g: { type: 'wasm', path: '/gw/mine.wasm' } }, 'wasm', /^$/],
    ['a module without a path', { guard: 'g' }, { g: { type: 'wasm' } }, 'noop', /requires a 'path' field/],
    [
      'a module that does not load',
      { guard: 'g' },
      { g: { type: 'wasm', path: '/gw/bad.wasm' } },
      'noop',
      /invalid magic/,
    ],
    ['a guard of an unknown type', { guard: 'g' }, { g: { type: 'lua' } }, 'noop', /unknown guard type: lua/],
    ['an undefined guard name', { guard: 'g' }, {}, 'noop', /Guard 'g' not found/],
    ['the guard name noop', { guard: 'noop' }, {}, 'noop', /^$/],
  ])('%s gives the expected kind and problem', async (_title, server, guards, kind, problem) => {
    proves('gateway:308', 'gateway:240');
    const { guard, problems } = await account(json({ ...policies, ...server }, guards), { files: file });
    expect(guard.kind).toBe(kind);
    const messages = problems.filter(({ code }) => code.startsWith('gateway/guard-')).map(({ message }) => message);
    expect(messages.join('')).toMatch(problem);
  });
  test('a write-sink policy selects the write-sink guard, unless a guard file is found', async () => {
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
    ['with policies of the server', policies, {}, 'wasm'],
    ['with guard policies in which no policy is found', { 'guard-policies': { policy: {}, other: {} } }, {}, 'wasm'],
    ['without a policy', {}, {}, 'noop'],
    ['with a policy for all servers', {}, { policyJson: JSON.stringify({ 'allow-only': none }) }, 'wasm'],
  ])('a configured module %s', async (_title, server, policyFlags, kind) => {
    proves('gateway:309');
    const { guard } = await account(json({ guard: 'g', ...server }, guards), { files: file, policyFlags });
    expect(guard.kind).toBe(kind);
  });
  test('an unreadable policy prevents the start with a WASM guard, and fails every call without one', async () => {
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
  test('the policy for all servers precedes that of the server, which precedes that of the guard', async () => {
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
  const reposOf = async (options: AccountOptions, config = text): Promise<JsonValue | undefined> => {
    const { policy } = await account(config, options);
    const allowOnly = policy?.payload['allow-only'] as JsonObject | undefined;
    return allowOnly?.['repos'];
  };
  test.each<readonly [string, AccountOptions, JsonValue]>([
    ['narrows policies to public repositories', { env, visibility: 'public' }, 'public'],
    ['does not narrow policies when the repository is private', { env, visibility: 'private' }, ['o/r']],
    ['does not narrow policies when the repository is internal', { env, visibility: 'internal' }, ['o/r']],
    ['does not narrow policies when GitHub does not answer', { env }, ['o/r']],
    ['does not narrow policies without a repository', { env: { GITHUB_TOKEN: 't' }, visibility: 'public' }, ['o/r']],
    ['does not narrow policies without a token', { env: { GITHUB_REPOSITORY: 'o/r' }, visibility: 'public' }, ['o/r']],
    [
      'does not narrow policies when the environment disables it',
      { env: { ...env, MCP_GATEWAY_FORCE_PUBLIC_REPOS: 'false' }, visibility: 'public' },
      ['o/r'],
    ],
  ])('%s', async (_title, options, repos) => {
    proves('gateway:312');
    expect(await reposOf(options)).toEqual(repos);
  });
  test('adds a missing policy, preserves the level of an existing one, and does not change write-sinks', async () => {
    proves('gateway:312');
    const options = { env, visibility: 'public' } as const;
    expect((await account(json({}), options)).policy?.payload).toEqual({
      'allow-only': { repos: 'public', 'min-integrity': 'none' },
    });
    expect((await account(text, options)).policy?.payload).toEqual({
      'allow-only': { repos: 'public', 'min-integrity': 'approved' },
    });
    const sink = await account(json({ 'guard-policies': { 'write-sink': { accept: ['*'] } } }), options);
    expect(sink.policy?.kind).toBe('write-sink');
    expect(sink.guard).toMatchObject({ kind: 'write-sink', sink: { visibility: 'public' } });
  });
  test.each<readonly [string, JsonObject, string]>([
    ['a sink without a visibility is public', {}, 'public'],
    ['an exempt sink has no visibility', { sinkVisibilityExemptServers: ['s'] }, ''],
    ['a sink has no visibility when all servers are exempt', { sinkVisibilityExemptServers: ['*'] }, ''],
    ['a sink has no visibility when public repositories are not forced', { forcePublicRepos: false }, ''],
  ])('%s', async (_title, gateway, visibility) => {
    proves('gateway:313');
    const config = JSON.parse(json({ 'guard-policies': { 'write-sink': { accept: ['*'] } } })) as {
      readonly gateway: JsonObject;
    };
    const { guard } = await account(JSON.stringify({ ...config, gateway: { ...config.gateway, ...gateway } }));
    expect(guard).toMatchObject({ kind: 'write-sink', sink: { visibility } });
  });
});
