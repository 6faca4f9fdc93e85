/** The account of a configuration: its sentences, its problems with positions, and the inputs of a replay. */
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/core/base/failure.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';
import { inputsOfServer, sessionInputsOf } from '../../../src/engine/gateway/replayInputs.ts';
import {
  accountOf,
  allowOnlyToml,
  type Surroundings,
  circumstances,
  guardsDir,
  problemTexts,
  serverAccount,
  serverToml,
  workflow,
  writeSinkToml,
} from './support.ts';

const found: Surroundings = { env: guardsDir, files: { '/g/s/a.wasm': 'good' } };

describe('sentences', () => {
  test('describe a server with a discovered guard', async () => {
    const text = `${serverToml(`tools = ["read", "write"]\ntool_timeout = 15\n${allowOnlyToml}`)}[gateway]\ntrusted_bots = ["b[bot]"]\n`;
    expect((await serverAccount(text, found)).sentences).toEqual([
      "Guard: /g/s/a.wasm (found in the server's guards folder)",
      `Policy: {"allow-only":{"min-integrity":"approved","repos":"all"}} (from the server's guard policies)`,
      "Mode: the guard's own (the difc_mode in the answer to label_agent overrides the configuration)",
      'Time: 15 s for a tool call',
      'Tools: only read, write',
      'Trusted bots: b[bot]',
    ]);
  });

  test('describe a write-sink, a server without guard and policy, and one whose calls fail', async () => {
    expect((await serverAccount(serverToml(writeSinkToml))).sentences.slice(0, 3)).toEqual([
      "Guard: the gateway's write-sink guard (its policy is a write-sink policy), visibility public (the policy does not set it, and the default is public)",
      'Policy: {"write-sink":{"accept":["private:o/r"]}} (from the server\'s guard policies)',
      'Mode: filter (the write-sink guard always sets filter)',
    ]);
    expect((await serverAccount(serverToml(''))).sentences).toEqual([
      "Guard: the gateway's noop guard, which has no rules (the server names no guard, and no guard file was found)",
      'Policy: none',
      'Mode: strict (without a policy no guard sets it; it is the default)',
      'Time: 60 s for a tool call',
    ]);
    const failing = await serverAccount(serverToml('[P.allow-only]\nrepos = 1\nmin-integrity = "none"'));
    expect(failing.sentences).toContain('Policy: none that the gateway accepts');
    expect(failing.sentences.at(-1)).toBe('Every call fails');
  });

  test('describe a forced policy', async () => {
    const around = { env: workflow, workflowVisibility: 'public' } as const;
    expect((await serverAccount(serverToml(allowOnlyToml), around)).sentences[1]).toBe(
      `Policy: {"allow-only":{"min-integrity":"approved","repos":"public"}} (from the server's guard policies, forced to public because the workflow's repository o/r is public)`,
    );
  });
});

describe('problems', () => {
  test('a discovered module overrides a write-sink policy, and every call fails', async () => {
    const account = await serverAccount(serverToml(writeSinkToml), found);
    const error =
      'guard session initialization failed: LabelAgent failed: label_agent policy must use top-level allow-only object (received policy.allow-only)';
    expect(account.callError).toBe(error);
    expect(account.problems).toMatchObject([
      {
        severity: 'error',
        code: 'gateway/every-call-fails',
        message: `Every call of "s" fails: ${error}`,
        position: { line: 4 },
      },
    ]);
  });

  test('tool-call-limits fail every call of a module', async () => {
    const limits = serverToml(`${allowOnlyToml}\ntool-call-limits = { list = 2, " get " = 0 }`);
    expect((await serverAccount(limits, found)).callError).toContain('unexpected allow-only key "tool-call-limits"');
    const account = await serverAccount(limits);
    expect(account.callError).toBeNull();
    expect(Object.fromEntries(account.toolCallLimits)).toEqual({ list: 2, get: 0 });
    expect(account.sentences).toContain('Limits in a session: list 2 times');
  });

  test('a misspelt policy key is reported with the key that was probably meant', async () => {
    const account = await serverAccount(serverToml('[P.alow-only]\nrepo = "all"'));
    expect(account.problems).toMatchObject([
      {
        severity: 'warning',
        code: 'gateway/policy-not-found',
        message: 'The gateway finds no policy for "s" in its guard policies ("alow-only") and continues without one',
        hint: 'Did you mean "allow-only"?',
        position: { line: 4, column: 2 },
      },
    ]);
  });

  test('a misspelt policy key under which the gateway reads two fields is reported', async () => {
    const text = serverToml('[P.allow_only]\nrepos = "all"\nmin-integrity = "none"\nblocked-users = ["x"]');
    const account = await serverAccount(text);
    expect(account.policy?.payload).toEqual({ 'allow-only': { repos: 'all', 'min-integrity': 'none' } });
    expect(account.problems.map(({ code }) => code)).toEqual(['policy/spelling', 'policy/ignored-field']);
  });

  test('a server with the noop guard beside one whose guard sets tags is reported', async () => {
    const { servers } = await accountOf(serverToml(allowOnlyToml) + serverToml('', 't'), found);
    expect(servers.map(({ problems }) => problems.map(({ code }) => code))).toEqual([
      [],
      ['gateway/noop-beside-guards'],
    ]);
    expect(servers[1]?.problems[0]?.message).toContain('the guard of "s"');
  });

  test('an unknown mode in the file or in the environment is reported', async () => {
    const text = `guards_mode = "loud"\n${serverToml('')}`;
    expect(problemTexts((await accountOf(text)).problems)).toEqual([
      'gateway/unknown-mode: invalid DIFC mode "loud", defaulting to strict: unknown enforcement mode: loud (valid modes: strict, filter, propagate)',
    ]);
    const { problems } = await accountOf(text, { env: { MCP_GATEWAY_GUARDS_MODE: 'quiet' } });
    expect(problemTexts(problems)).toEqual([
      'gateway/unknown-mode: MCP_GATEWAY_GUARDS_MODE is "quiet", which is not a mode: the gateway uses strict, and ignores guards_mode "loud" of the file',
    ]);
  });

  test('faults of a refused file have the position of the mistake', () => {
    const text = `${serverToml('')}\n[gateway]\n  guards_mode = "filter"\n  trustedBots = ["x"]\n`;
    const { value, problems } = readGatewayConfig(text, { file: 'gateway.toml', env: {} });
    expect(value.refusal).toBe(
      'configuration contains unrecognized field(s): gateway.guards_mode, gateway.trustedBots — check the MCP Gateway Specification for supported fields',
    );
    expect(problems).toMatchObject([
      {
        code: 'config/unknown-field',
        hint: 'guards_mode belongs at the top of the file, before the first [table]',
        position: { file: 'gateway.toml', line: 7, column: 3 },
      },
      { hint: 'Did you mean "trusted_bots"?', position: { line: 8, column: 3 } },
    ]);
  });

  test('an undefined variable is reported at its position', () => {
    const text = '{\n  "mcpServers": {},\n  "gateway": { "agentId": "${TOKEN_X}" }\n}';
    const { value, problems } = readGatewayConfig(text, { env: { TOKEN_Y: '' } });
    expect(value.refusal).toBe(
      'Configuration error at configuration: undefined environment variable referenced: TOKEN_X\nSuggestion: Set the environment variable TOKEN_X before starting the gateway',
    );
    expect(problems).toMatchObject([{ code: 'config/undefined-variable', position: { line: 3, column: 28 } }]);
  });

  test('a variable that is set to the empty string is expanded', () => {
    const text = '{"mcpServers":{},"gateway":{"port":1,"domain":"localhost","agentId":"a${TOKEN_X}"}}';
    expect(readGatewayConfig(text, { env: { TOKEN_X: '' } }).value.refusal).toBeNull();
  });

  test.each([
    [undefined, 60_000],
    ['30', 30_000],
    ['9', 60_000],
    ['x', 60_000],
    ['+10', 10_000],
  ])('MCP_GATEWAY_TOOL_TIMEOUT %j means %i ms when the JSON form has no timeout', (value, ms) => {
    const gateway = { port: 1, domain: 'localhost', agentId: 'a' };
    const env = { MCP_GATEWAY_TOOL_TIMEOUT: value };
    const read = (more: object): number | null =>
      readGatewayConfig(JSON.stringify({ mcpServers: {}, gateway: { ...gateway, ...more } }), { env }).value
        .toolTimeoutMs;
    expect([read({}), read({ toolTimeout: 20 })]).toEqual([ms, 20_000]);
    expect(readGatewayConfig(serverToml(''), { env }).value.toolTimeoutMs).toBe(60_000);
  });
});

describe('inputs of a replay', () => {
  const inputs = async (text: string, server: string | null, around: Surroundings = {}) =>
    inputsOfServer(await sessionInputsOf(text, 'gateway.toml', circumstances(around)), server, 'gateway.toml');

  test('are those of a server with a module', async () => {
    const text = `guards_mode = "filter"\n${serverToml(`tools = ["a"]\ntool_timeout = 20\n${allowOnlyToml}`)}[gateway]\ntrusted_bots = ["b"]\n`;
    expect(await inputs(text, 's', found)).toMatchObject({
      server: 's',
      guardPath: '/g/s/a.wasm',
      guardName: 's',
      sink: null,
      policy: { kind: 'allow-only' },
      mode: 'filter',
      trustedBots: ['b'],
      deadlineMs: 20_000,
      allowedTools: ['a'],
      problems: [],
    });
  });

  test('are those of the only server when none is named', async () => {
    const inputsOfOnly = await inputs(serverToml('tools = ["a", "*"]'), null);
    expect(inputsOfOnly).toMatchObject({
      guardPath: 'noop',
      policy: null,
      mode: 'strict',
      deadlineMs: 60_000,
      allowedTools: null,
    });
    expect((await inputs(`${serverToml('')}[gateway]\ntool_timeout = -1\n`, null)).deadlineMs).toBeNull();
  });

  test('of a write-sink have its effective visibility', async () => {
    const sink = { kind: 'write-sink', accept: ['private:o/r'], sinkVisibility: 'public' };
    expect(await inputs(serverToml(writeSinkToml), 's')).toMatchObject({
      guardPath: null,
      sink,
      policy: { sinkVisibility: '' },
    });
  });

  test.each<readonly [string, string, string | null, string, RegExp]>([
    [
      'a gateway that does not start',
      serverToml('x = 1'),
      's',
      'gateway/does-not-start',
      /failed to load config: configuration contains/,
    ],
    ['a server that is not there', serverToml(''), 't', 'gateway/no-such-server', /has no server "t"/],
    ['one of several', serverToml('') + serverToml('', 't'), null, 'gateway/no-such-server', /has 2 servers/],
  ])('%s throws a failure', async (_, text, server, code, message) => {
    const failure = await inputs(text, server).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});
