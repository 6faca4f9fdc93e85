/** Reading the gateway's configuration, compared with the answers of the gateway's own code for the same texts. */
import { describe, expect, it, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/core/base/json.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { defaultPayload, type PayloadSettings } from '../../../src/core/difc/monitor/payloadSettings.ts';
import { payloadInForce } from '../../../src/core/gatewayConfig/model/environment.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';
import type { ConfigForm, GatewayConfig } from '../../../src/core/gatewayConfig/model/configModel.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';

interface ConfigCase {
  readonly form: ConfigForm;
  readonly text: string;
  readonly value?: JsonObject;
  readonly error?: string;
  /** The messages at the leaves of the schema library's output. */
  readonly schema?: readonly string[];
}

const cases = jsonLines('test/core/gatewayConfig/config.cases.jsonl') as readonly ConfigCase[];
const env = { YES_X: 'yes', YES_Q: 'a"b' };

describe.each(['toml', 'json'] as const)('a configuration in %s is read as by the gateway', (wanted) => {
  test.each(cases.filter(({ form }) => form === wanted))('$text', ({ form, text, value, error, schema }) => {
    const { value: config, problems } = readGatewayConfig(text, { form, env });
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (value !== undefined) {
      expect(errors).toEqual([]);
      expect(config.refusal).toBeNull();
      expect(slim(config)).toEqual(value);
      return;
    }
    expect(errors.every(({ position }) => (position?.line ?? 0) > 0 && (position?.column ?? 0) > 0)).toBe(true);
    if (schema !== undefined)
      return expect(
        unexpected(
          errors.map(({ message }) => message),
          schema,
        ),
      ).toEqual([]);
    if (errors[0]?.code === 'config/not-toml') {
      expect(error).toMatch(/^failed to parse TOML: /);
      return expect(lineOf(config.refusal)).toBe(lineOf(error ?? ''));
    }
    expect(config.refusal).toBe(error);
  });
});

/** Our schema errors that the library does not report. The library lists several unknown members in one line. */
function unexpected(messages: readonly string[], schema: readonly string[]): readonly string[] {
  expect(messages.length).toBeGreaterThan(0);
  return messages
    .map((message) => message.replace('Configuration validation error: ', ''))
    .filter((message) => {
      const [, where = '', name = ''] = /^(.*): additional properties ('.*') not allowed$/.exec(message) ?? [];
      const together = schema.some((line) => line.startsWith(`${where}: additional properties`) && line.includes(name));
      return !schema.includes(message) && !(name !== '' && together);
    });
}

function lineOf(text: string | null): string | undefined {
  return /line (\d+)/.exec(text ?? '')?.[1];
}

function slim(config: GatewayConfig): JsonObject {
  return {
    servers: Object.fromEntries(
      config.servers.map((server) => [
        server.id,
        {
          ...(server.guard === '' ? {} : { guard: server.guard }),
          ...(Object.keys(server.guardPolicies).length === 0 ? {} : { 'guard-policies': server.guardPolicies }),
          ...(server.tools.length === 0 ? {} : { tools: server.tools }),
          ...(server.toolTimeoutMs === null ? {} : { tool_timeout: server.toolTimeoutMs / 1000 }),
        },
      ]),
    ),
    guards: Object.fromEntries(
      config.guards.map(({ name, type, path, policy }) => [
        name,
        { type, ...(path === '' ? {} : { path }), ...(policy === null ? {} : { policy: payloadOf(policy) }) },
      ]),
    ),
    mode: config.guardsMode ?? '',
    tool_timeout: config.toolTimeoutMs === null ? -1 : config.toolTimeoutMs / 1000,
    trusted_bots: config.trustedBots,
    force: config.forcePublicRepos,
    exempt: config.sinkVisibilityExemptServers,
  };
}

function payloadOf(policy: Policy): JsonObject {
  return isJsonObject(policy.payload) ? policy.payload : {};
}

test('a byte order mark is skipped in TOML and refused in JSON', () => {
  const toml = '\ufeff[servers.s]\ntype = "http"\n';
  expect(readGatewayConfig(toml, { file: 'c.toml', env }).value.refusal).toBeNull();
  expect(readGatewayConfig('\ufeff{}', { file: 'c.json', env }).value.refusal).toMatch(
    /^failed to normalize configuration: /,
  );
});

test.each<readonly [string, ConfigForm]>([
  ['[', 'toml'],
  [`a = ${'['.repeat(100_000)}`, 'toml'],
  [`a = ${'['.repeat(900)}${']'.repeat(900)}`, 'toml'],
  [`[servers.s.guard_policies]\na.b = ${'{x='.repeat(600)}1${'}'.repeat(600)}`, 'toml'],
  ['[servers]\n__proto__ = 1\n"constructor" = { type = "http" }', 'toml'],
  ['{'.repeat(100_000), 'json'],
  [`{"mcpServers":${'['.repeat(9000)}${']'.repeat(9000)}}`, 'json'],
  ['{"mcpServers":{"__proto__":{"container":1}},"gateway":null,"guards":{"__proto__":null}}', 'json'],
  ['null', 'json'],
])('a malformed or deeply nested text is refused without an exception', (text, form) => {
  const { value, problems } = readGatewayConfig(text, { form, env });
  expect(value.refusal).not.toBeNull();
  expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
});

describe('settings behind the decision', () => {
  const server = (form: ConfigForm, filters: string, gateway: string): string =>
    form === 'toml'
      ? `[servers.a]\ntype = "http"\nurl = "https://x"\ntool_response_filters = { list = "${filters}" }\n[gateway]\n${gateway}`
      : `{"mcpServers": {"a": {"type": "http", "url": "https://x", "tool_response_filters": {"list": "${filters}"}}},
          "gateway": {"port": 1, "domain": "localhost", "agentId": "x"${gateway === '' ? '' : `, ${gateway}`}}}`;

  it.each(['toml', 'json'] as const)('are read from %s', (form) => {
    const gateway =
      form === 'toml'
        ? 'payload_dir = "/p"\npayload_path_prefix = "/w"\npayload_size_threshold = 10'
        : '"payloadDir": "/p", "payloadPathPrefix": "/w", "payloadSizeThreshold": 10';
    const { value, problems } = readGatewayConfig(server(form, ' map(.id) ', gateway), { form, env });
    expect(problems).toEqual([]);
    expect(value.payload).toEqual({ threshold: 10, folder: '/p', pathPrefix: '/w' });
    expect(value.servers[0]?.responseFilters).toEqual(new Map([['list', ' map(.id) ']]));
    const plain = readGatewayConfig(server(form, '.', ''), { form, env });
    expect(plain.value.payload).toEqual(defaultPayload);
  });

  it.each(['toml', 'json'] as const)('point at a filter that is not jq in %s', (form) => {
    const { value, problems } = readGatewayConfig(server(form, 'map(.é', ''), { form, env });
    const root = form === 'toml' ? 'servers' : 'mcpServers';
    expect(value.refusal).toBe(
      `${root}.a.tool_response_filters.list contains an invalid jq expression at offset 7 (token "é"): unexpected token "é"`,
    );
    expect(problems).toMatchObject([
      { severity: 'error', code: 'config/value', position: { line: form === 'toml' ? 4 : 1 } },
    ]);
  });

  it('warn about a filter that Guardscope cannot run', () => {
    const { value, problems } = readGatewayConfig(server('toml', 'now', ''), { form: 'toml', env });
    expect(value.refusal).toBeNull();
    expect(problems).toMatchObject([{ severity: 'warning', code: 'config/filter-not-supported' }]);
  });

  it('follow the environment when its value differs from the default', () => {
    const settings = { threshold: 10, folder: '/p', pathPrefix: '/w' };
    const inForce = (threshold: string, folder = '', pathPrefix = ''): PayloadSettings =>
      payloadInForce(settings, {
        MCP_GATEWAY_PAYLOAD_SIZE_THRESHOLD: threshold,
        MCP_GATEWAY_PAYLOAD_DIR: folder,
        MCP_GATEWAY_PAYLOAD_PATH_PREFIX: pathPrefix,
      });
    expect(inForce('2048', '/e', '/f')).toEqual({ threshold: 2048, folder: '/e', pathPrefix: '/f' });
    for (const ignored of ['', '0', '-5', 'many', '524288']) expect(inForce(ignored).threshold).toBe(10);
    expect(inForce('', '/tmp/jq-payloads')).toEqual(settings);
    expect(payloadInForce(settings, {})).toEqual(settings);
  });
});

describe('keys that a later gateway knows', () => {
  test.each([
    [
      'json',
      '{"mcpServers":{},"gateway":{"port":8080,"domain":"localhost","agentId":"a","agentIds":["b"]}}',
      'agentIds',
    ],
    ['toml', '[gateway]\nagent_ids = ["a"]\n', 'agent_ids'],
    ['toml', '[servers.s]\ncommand = "docker"\n[servers.s.agent_policies]\na = 1\n', 'agent_policies'],
  ] as const)('in %s are refused as by the mirrored gateway, with what is known of them', (form, text, key) => {
    const { problems } = readGatewayConfig(text, { form, env });
    const problem = problems.find(({ code, hint }) => code === 'config/unknown-field' && hint?.includes(`"${key}"`));
    expect(problem?.message).toContain(form === 'json' ? 'additional properties' : 'unrecognized field');
    expect(problem?.hint).toContain(`A later gateway knows "${key}"`);
    expect(problem?.hint).toContain('22 August 2026, refuses it');
  });
});
