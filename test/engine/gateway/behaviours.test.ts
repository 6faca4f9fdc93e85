/** Behaviours of the gateway for configurations and servers, one table each (behaviours 288 to 290 and 306 to 313). */
import { describe, expect, test } from 'vitest';
import { makeAgent } from '../../../src/core/difc/monitor/agent.ts';
import { evaluate } from '../../../src/core/difc/monitor/evaluator.ts';
import { normalizeScopeKind } from '../../../src/core/policy/normalize.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';
import { resolvePolicy } from '../../../src/core/gatewayConfig/account/policyResolution.ts';
import {
  decideForcePublic,
  decideSinkVisibility,
  forcePolicies,
  type Visibility,
} from '../../../src/core/gatewayConfig/account/visibility.ts';
import { createNoopGuard } from '../../../src/core/guard/noopGuard.ts';
import { createWriteSinkGuard } from '../../../src/core/guard/writeSinkGuard.ts';
import {
  accountOf,
  allowOnlyToml,
  type Surroundings,
  guardsDir,
  problemTexts,
  serverAccount,
  serverToml,
  workflow,
  writeSinkToml,
} from './support.ts';

test.each([
  [
    { scope_kind: ' Scoped ', other: 1 },
    { scope_kind: 'scoped', other: 1 },
  ],
  [{ scope_kind: 3 }, { scope_kind: 3 }],
  [{}, {}],
])('behaviour 288: %j', (policy, normalized) => {
  const before = JSON.stringify(policy);
  expect(normalizeScopeKind(policy)).toEqual(normalized);
  expect(JSON.stringify(policy)).toBe(before);
});

describe('behaviour 289: configurations have policies in all forms', () => {
  const json = (policies: unknown): string =>
    JSON.stringify({
      mcpServers: { s: { type: 'http', url: 'https://x', 'guard-policies': policies } },
      gateway: { port: 80, domain: 'localhost', agentId: 'a' },
    });

  test.each(['all', 'public', ['o/r'], ['o/*', 'p/q*']])('behaviour 289: repos %j', (repos) => {
    const policies = { 'allow-only': { repos, 'min-integrity': 'none' } };
    const toml = serverToml(`[P.allow-only]\nrepos = ${JSON.stringify(repos)}\nmin-integrity = "none"`);
    for (const [text, form] of [
      [json(policies), 'json'],
      [toml, 'toml'],
    ] as const) {
      const { value, problems } = readGatewayConfig(text, { form, env: {} });
      expect(problems).toEqual([]);
      expect(value.servers.map(({ guardPolicies }) => guardPolicies)).toEqual([policies]);
    }
  });

  test.each(['none', 'unapproved', 'approved', 'merged'])('behaviour 289: min-integrity %s', (level) => {
    const toml = serverToml(`[P.allow-only]\nrepos = "all"\nmin-integrity = "${level}"`);
    const [server] = readGatewayConfig(toml, { form: 'toml', env: {} }).value.servers;
    expect(server && resolvePolicy(server, [], null)).toMatchObject({
      policy: { normalized: { 'min-integrity': level } },
    });
  });

  test('behaviour 289: reading the file does not check the policy of a server', () => {
    const { value, problems } = readGatewayConfig(json({ 'allow-only': { repos: 'nonsense' } }), {
      form: 'json',
      env: {},
    });
    expect([value.refusal, problems]).toEqual([null, []]);
  });
});

describe('behaviour 290: the guards of a JSON configuration', () => {
  const json = (guards: unknown, server: object = {}): string =>
    JSON.stringify({
      mcpServers: { s: { type: 'http', url: 'https://x', ...server } },
      gateway: { port: 80, domain: 'localhost', agentId: 'a' },
      guards,
    });
  const policy = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };

  test('behaviour 290: reads several guards with config, and the guard of a server', () => {
    const text = json(
      { b: { type: 'wasm', path: '/b.wasm', config: { a: 1 } }, a: { type: 'noop', policy } },
      { guard: 'b' },
    );
    const { value, problems } = readGatewayConfig(text, { file: 'c.json', env: {} });
    expect(problems).toEqual([]);
    expect(value.guards).toMatchObject([
      { name: 'a', type: 'noop', path: '', policy: { payload: policy } },
      { name: 'b', type: 'wasm', path: '/b.wasm', policy: null },
    ]);
    expect(value.servers).toMatchObject([{ id: 's', guard: 'b' }]);
  });

  test.each([
    [
      { g: { policy: { 'allow-only': { repos: 'x', 'min-integrity': 'none' } } } },
      "invalid policy for guard 'g': allow-only.repos string must be 'all' or 'public'",
      '"x"',
    ],
    [{ g: { policy: { x: 1 } } }, 'failed to parse JSON: policy contains unsupported field "x"', '"x"'],
    [{ g: null }, 'panic: runtime error: invalid memory address or nil pointer dereference', 'null'],
  ])('behaviour 290: %j is refused at its position', (guards, refusal, at) => {
    const text = json(guards);
    const { value, problems } = readGatewayConfig(text, { form: 'json', env: {} });
    expect(value.refusal).toBe(refusal);
    const { line, column = 0 } = problems[0]?.position ?? {};
    expect(line).toBe(1);
    expect(text.slice(column - 1)).toMatch(new RegExp(`^${at}`));
  });

  test('behaviour 290: unknown keys of a guard are reported', () => {
    const { value, problems } = readGatewayConfig(json({ g: { typ: 'wasm', PATH: '/g' } }), { form: 'json', env: {} });
    expect(value.guards).toMatchObject([{ type: '', path: '/g' }]);
    expect(problems).toMatchObject([{ severity: 'warning', code: 'config/passed-over', hint: 'Did you mean "type"?' }]);
  });
});

describe('behaviour 306: the mode until a guard sets one', () => {
  test.each<readonly [string, Surroundings, string]>([
    ['', {}, 'strict'],
    ['guards_mode = "filter"\n', {}, 'filter'],
    ['guards_mode = "Propagate"\n', {}, 'propagate'],
    ['guards_mode = "bogus"\n', {}, 'strict'],
    ['guards_mode = "filter"\n', { env: { MCP_GATEWAY_GUARDS_MODE: 'PROPAGATE' } }, 'propagate'],
    ['guards_mode = "filter"\n', { env: { MCP_GATEWAY_GUARDS_MODE: 'bogus' } }, 'strict'],
    ['guards_mode = "filter"\n', { env: { MCP_GATEWAY_GUARDS_MODE: '' } }, 'strict'],
    ['guards_mode = "filter"\n', { env: { MCP_GATEWAY_GUARDS_MODE: 'propagate' }, modeFlag: 'strict' }, 'strict'],
  ])('behaviour 306: without a policy, %j with %j has the mode %s', async (text, around, mode) => {
    expect((await serverAccount(text + serverToml(''), around)).mode).toBe(mode);
  });

  test('behaviour 306: the gateway does not start with an unknown mode in the flag', async () => {
    const { startError } = await accountOf(serverToml(''), { modeFlag: 'x' });
    expect(startError).toBe(
      'invalid --guards-mode flag: unknown enforcement mode: x (valid modes: strict, filter, propagate)',
    );
  });

  test('behaviour 306: every call fails when the gateway refuses the policy', async () => {
    const account = await serverAccount(serverToml('[P.allow-only]\nrepos = "some"\nmin-integrity = "none"'));
    expect(account).toMatchObject({ guard: { kind: 'noop' }, policy: null, startError: null });
    expect(account.callError).toBe(
      "guard session initialization failed: failed to resolve guard policy: invalid server guard policy: allow-only.repos string must be 'all' or 'public'",
    );
  });

  test.each([
    [allowOnlyToml, 'strict'],
    [writeSinkToml, 'filter'],
  ])('behaviour 307: the guard sets the mode when there is a policy: %j', async (policy, mode) => {
    expect((await serverAccount(`guards_mode = "propagate"\n${serverToml(policy)}`)).mode).toBe(mode);
  });
});

describe('behaviour 308: the guard of a server', () => {
  const wasm = '[guards.g]\ntype = "wasm"\npath = "/m.wasm"\n';
  const policy = '[guards.g.policy.allow-only]\nrepos = "all"\nmin-integrity = "none"\n';

  test.each<readonly [string, string, Surroundings, object]>([
    ['none', serverToml(''), {}, { kind: 'noop' }],
    ['of the type noop', `${serverToml('guard = "g"')}[guards.g]\ntype = "noop"\n`, {}, { kind: 'noop' }],
    ['without a type', `${serverToml('guard = "g"')}[guards.g]\n`, {}, { kind: 'noop' }],
    [
      'configured',
      serverToml('guard = "g"') + wasm + policy,
      { files: { '/m.wasm': 'good' } },
      { kind: 'wasm', name: 'g', path: '/m.wasm', origin: 'configured' },
    ],
    [
      'found',
      serverToml(allowOnlyToml),
      { env: guardsDir, files: { '/g/s/a.wasm': 'good' } },
      { kind: 'wasm', name: 's', path: '/g/s/a.wasm', origin: 'folder' },
    ],
    ['write-sink', serverToml(writeSinkToml), {}, { kind: 'write-sink', accept: ['private:o/r'] }],
    [
      'found beats write-sink',
      serverToml(writeSinkToml),
      { env: guardsDir, files: { '/g/s/a.wasm': 'good' } },
      { kind: 'wasm' },
    ],
    [
      'found beats configured',
      serverToml('guard = "g"') + wasm + policy,
      { env: guardsDir, files: { '/m.wasm': 'good', '/g/s/a.wasm': 'good' } },
      { path: '/g/s/a.wasm' },
    ],
    [
      'write-sink beats configured',
      serverToml(`guard = "g"\n${writeSinkToml}`) + wasm,
      { files: { '/m.wasm': 'good' } },
      { kind: 'write-sink' },
    ],
  ])('behaviour 308: %s', async (_, text, around, guard) => {
    const account = await serverAccount(text, around);
    expect(account.guard).toMatchObject(guard);
    expect(account.startError).toBeNull();
  });

  test.each<readonly [string, string, Surroundings, string]>([
    [
      'not in guards',
      serverToml('guard = "x"'),
      {},
      "Guard 'x' not found: unknown guard type: x (falling back to noop)",
    ],
    [
      'an unknown type',
      `${serverToml('guard = "g"')}[guards.g]\ntype = "rego"\n`,
      {},
      "Failed to create guard 'g': unknown guard type: rego (falling back to noop)",
    ],
    [
      'no path',
      `${serverToml('guard = "g"')}[guards.g]\ntype = "wasm"\n`,
      {},
      "Failed to create guard 'g': wasm guard 'g' requires a 'path' field (falling back to noop)",
    ],
    [
      'a missing file',
      serverToml('guard = "g"') + wasm,
      {},
      "Failed to create guard 'g': failed to load WASM guard from /m.wasm: failed to read WASM file: open /m.wasm: no such file or directory (falling back to noop)",
    ],
    [
      'a found file that does not load',
      serverToml(allowOnlyToml),
      { env: guardsDir, files: { '/g/s/a.wasm': 'bad' } },
      'Failed to load discovered WASM guard from /g/s/a.wasm: failed to instantiate WASM module: invalid magic number',
    ],
    [
      'a file in place of the folder',
      serverToml(''),
      { env: guardsDir, files: { '/g/s': 'good' } },
      'Failed to discover WASM guard: failed to read server guard directory "/g/s": open /g/s: not a directory',
    ],
  ])('behaviour 308: falls back with a reason: %s', async (_, text, around, message) => {
    const account = await serverAccount(text, around);
    expect(account.guard.kind).toBe('noop');
    expect(account.problems).toMatchObject([{ severity: 'warning', message }]);
  });
});

describe('behaviour 309: a guard without a policy', () => {
  const found: Surroundings = { env: guardsDir, files: { '/g/s/a.wasm': 'good' } };

  test('behaviour 309: is replaced by noop, with the warning of the gateway', async () => {
    const account = await serverAccount(serverToml(''), found);
    expect(account.guard).toEqual({ kind: 'noop' });
    expect(problemTexts(account.problems)).toEqual([
      "gateway/no-policy: Guard 's' is available but no guard policy is set; falling back to noop guard",
    ]);
  });

  test('behaviour 309: stays when the server has guard policies in which no policy is found', async () => {
    const account = await serverAccount(serverToml('[P.allow_only]\na = 1'), found);
    expect(account).toMatchObject({ guard: { kind: 'wasm' }, policy: null, mode: 'strict' });
    expect(account.problems.map(({ code, hint }) => [code, hint])).toEqual([
      ['gateway/guard-without-policy', undefined],
      ['gateway/policy-not-found', 'Did you mean "allow-only"?'],
    ]);
  });

  test('behaviour 309: stays with a policy for all servers', async () => {
    const policyFlags = { policyJson: '{"allow-only":{"repos":"all","min-integrity":"none"}}' };
    const account = await serverAccount(serverToml(''), { ...found, policyFlags });
    expect(account).toMatchObject({ guard: { kind: 'wasm' }, policySource: 'cli', mode: null });
  });

  test('behaviour 309: the gateway does not start when it refuses the policy', async () => {
    const text = serverToml('[P.allow-only]\nrepos = "all"\nmin-integrity = "high"');
    const { startError } = await accountOf(text, found);
    expect(startError).toBe(
      'failed to create unified server: failed to register guard for server "s": invalid server guard policy: allow-only.min-integrity must be one of: none, unapproved, approved, merged',
    );
    expect((await accountOf(text)).startError).toBeNull();
  });

  test('behaviour 309: the gateway does not start when it refuses the policy for all servers', async () => {
    const { startError } = await accountOf(serverToml(''), { policyFlags: { scopeRepo: 'r' } });
    expect(startError).toBe(
      'invalid guard policy configuration: allow-only scope repo requires allow-only scope owner',
    );
  });
});

describe('behaviour 310: the source of a server’s policy', () => {
  const env = { MCP_GATEWAY_GUARD_POLICY_JSON: '{"allow-only":{"repos":["e/e"],"min-integrity":"none"}}' };
  const guard = '[guards.g]\n[guards.g.policy.allow-only]\nrepos = "public"\nmin-integrity = "none"\n';

  test.each<readonly [string, string, Surroundings, string]>([
    [
      'flags',
      serverToml(`guard = "g"\n${allowOnlyToml}`) + guard,
      { env, policyFlags: { scopePublic: true, minIntegrity: 'none' } },
      'cli',
    ],
    ['environment', serverToml(`guard = "g"\n${allowOnlyToml}`) + guard, { env }, 'env'],
    ['server', serverToml(`guard = "g"\n${allowOnlyToml}`) + guard, {}, 'server'],
    [
      'server, under its id',
      serverToml(
        '[P.s.allow-only]\nrepos = "all"\nmin-integrity = "none"\n[P.t.allow-only]\nrepos = "all"\nmin-integrity = "merged"',
      ),
      {},
      'server',
    ],
    ['server, older form', serverToml('[P]\nrepos = "all"\nmin-integrity = "none"'), {}, 'server'],
    ['guard', serverToml('guard = "g"') + guard, {}, 'config'],
    ['a guard that another server names', serverToml('') + guard, {}, 'legacy'],
    ['nothing', serverToml(''), {}, 'legacy'],
  ])('behaviour 310: %s', async (_, text, around, source) => {
    const account = await serverAccount(text, around);
    expect(account.policySource).toBe(source);
    expect(account.policy === null).toBe(source === 'legacy');
  });
});

describe('behaviour 311: a write after a read of a secret', () => {
  const agent = makeAgent(['private:o/r'], ['approved:o/r']);

  test.each([
    [
      'a write-sink that accepts it',
      createWriteSinkGuard({ accept: ['private:o/r'], sinkVisibility: 'private' }),
      'allow',
    ],
    ['a write-sink that accepts everything', createWriteSinkGuard({ accept: ['*'], sinkVisibility: '' }), 'allow'],
    [
      'a write-sink that accepts another',
      createWriteSinkGuard({ accept: ['private:o/x'], sinkVisibility: '' }),
      'deny',
    ],
    ['a public write-sink', createWriteSinkGuard({ accept: ['*'], sinkVisibility: 'public' }), 'deny'],
    ['noop', createNoopGuard(), 'deny'],
  ])('behaviour 311: %s', async (_, guard, decision) => {
    const { value } = await guard.labelResource('add_comment', {}, { backend: { kind: 'none' } });
    if (value === null) throw new Error('a built-in guard always answers');
    expect(evaluate('filter', value.operation, agent, value.resource).decision).toBe(decision);
  });
});

describe('behaviour 312: a public workflow', () => {
  const known = { name: 'o/r', hasToken: true, visibility: 'public' } as const;
  const silent = { forcePublicRepos: null };

  test.each([
    [true, silent, {}, known],
    [true, { forcePublicRepos: true }, { MCP_GATEWAY_FORCE_PUBLIC_REPOS: 'maybe' }, known],
    [false, { forcePublicRepos: false }, {}, known],
    [false, silent, { MCP_GATEWAY_FORCE_PUBLIC_REPOS: 'False' }, known],
    [false, silent, {}, { ...known, name: '' }],
    [false, silent, {}, { ...known, hasToken: false }],
    [false, silent, {}, { ...known, visibility: null }],
    [false, silent, {}, { ...known, visibility: 'private' as const }],
    [false, silent, {}, { ...known, visibility: 'internal' as const }],
  ])('behaviour 312: forced %s with %j %j %j', (force, config, env, repository) => {
    expect(decideForcePublic(config, env, repository).force).toBe(force);
  });

  const injected = { repos: 'public', 'min-integrity': 'none' };
  test.each([
    [{}, { 'allow-only': injected }, true],
    [
      { 'allow-only': { repos: ['o/r'], 'min-integrity': 'Merged', 'blocked-users': ['x'] } },
      { 'allow-only': { repos: 'public', 'min-integrity': 'Merged', 'blocked-users': ['x'] } },
      true,
    ],
    [{ repos: 'all', integrity: 'none' }, { 'allow-only': injected }, true],
    [{ s: { 'allow-only': { repos: 'all', 'min-integrity': 'none' } } }, { 'allow-only': injected }, true],
    [{ 'write-sink': { accept: ['x'] } }, { 'write-sink': { accept: ['x'] } }, false],
    [{ a: 1, b: 2 }, { a: 1, b: 2, 'allow-only': injected }, true],
    [{ 'allow-only': 3 }, { 'allow-only': 3 }, false],
  ])('behaviour 312: %j becomes %j', (policies, forced, changed) => {
    expect(forcePolicies('s', policies)).toMatchObject({ policies: forced, changed });
  });

  test('behaviour 312: the policy of the configured guard has no effect', async () => {
    const text = `${serverToml('guard = "g"')}[guards.g]\n[guards.g.policy.allow-only]\nrepos = "public"\nmin-integrity = "merged"\n`;
    const account = await serverAccount(text, { env: workflow, workflowVisibility: 'public' });
    expect(account).toMatchObject({
      forced: true,
      policySource: 'server',
      policy: { payload: { 'allow-only': injected } },
    });
    expect(problemTexts(account.problems).join('\n')).toContain('The policy of the guard "g" has no effect');
  });

  test('behaviour 312: the policy for all servers is forced as well', async () => {
    const policyFlags = { policyJson: '{"allow-only":{"repos":"all","min-integrity":"merged"}}' };
    const account = await serverAccount(serverToml(''), { env: workflow, workflowVisibility: 'public', policyFlags });
    expect(account.policy?.payload).toEqual({ 'allow-only': { repos: 'public', 'min-integrity': 'merged' } });
  });

  test('behaviour 312: guard policies without a policy are then refused', async () => {
    const account = await serverAccount(serverToml('[P.allow_only]\na = 1'), {
      env: workflow,
      workflowVisibility: 'public',
    });
    expect(account.callError).toContain('policy contains unsupported field "allow_only"');
  });

  test('behaviour 312: an unknown visibility is reported', async () => {
    const { problems } = await accountOf(serverToml(allowOnlyToml), { env: workflow });
    expect(problems.map(({ code }) => code)).toEqual(['gateway/visibility-unknown']);
  });
});

describe('behaviour 313: the visibility of a sink', () => {
  const plain = { forcePublicRepos: null, sinkVisibilityExemptServers: [] };
  const repository = (visibility: Visibility | null) => ({ name: 'o/r', hasToken: true, visibility });

  test.each([
    ['s', '', plain, null, 'public', false],
    ['s', '', plain, 'private' as const, 'public', false],
    ['s', '', { ...plain, sinkVisibilityExemptServers: ['s'] }, 'public' as const, '', false],
    ['s', '', { ...plain, sinkVisibilityExemptServers: ['*'] }, null, '', false],
    ['s', '', { ...plain, sinkVisibilityExemptServers: ['S'] }, null, 'public', false],
    ['s', '', { ...plain, forcePublicRepos: false }, null, '', false],
    ['s', '', { ...plain, forcePublicRepos: true }, null, 'public', false],
    ['s', ' Private ', plain, 'private' as const, 'private', false],
    ['s', 'internal', plain, 'public' as const, 'public', true],
    ['s', 'PUBLIC', plain, 'public' as const, 'public', false],
    ['s', 'private', plain, null, 'private', false],
    ['safe-outputs', '', plain, null, '', false],
    ['safe-outputs', '', plain, 'private' as const, '', false],
    ['safe-outputs', '', plain, 'public' as const, 'public', true],
    ['safeoutputs', '', { ...plain, sinkVisibilityExemptServers: ['*'] }, 'public' as const, 'public', true],
    ['Safe-Outputs', '', plain, null, 'public', false],
  ])('behaviour 313: %s %j %j, repository %s: %j', (id, configured, config, seen, visibility, warned) => {
    const decided = decideSinkVisibility(configured, id, config, repository(seen));
    expect([decided.visibility, decided.warning !== null]).toEqual([visibility, warned]);
  });

  test.each([
    { name: '', hasToken: true },
    { name: 'o/r', hasToken: false },
  ])('behaviour 313: the repository has no effect with %j', (facts) => {
    expect(decideSinkVisibility('private', 's', plain, { ...facts, visibility: 'public' }).visibility).toBe('private');
  });

  test('behaviour 313: an exempt server that does not exist is reported', async () => {
    const { problems } = await accountOf(`${serverToml('')}[gateway]\nsink_visibility_exempt_servers = ["*", "S"]\n`);
    expect(problems).toMatchObject([
      {
        message: 'sinkVisibilityExemptServers contains unknown server ID "S" — ignoring (not in mcpServers config)',
        hint: 'Did you mean "s"?',
      },
    ]);
  });
});
