/** Reading the gateway's configuration, compared with the answers of the gateway's own code for the same texts. */
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/core/base/json.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';
import type { ConfigForm, GatewayConfig } from '../../../src/core/gatewayConfig/model/configModel.ts';
import { jsonLines } from '../../support/jsonLines.ts';

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
    if (undetected.some((text) => error?.includes(text))) return;
    if (errors[0]?.code === 'config/not-toml') {
      expect(error).toMatch(/^failed to parse TOML: /);
      return expect(lineOf(config.refusal)).toBe(lineOf(error ?? ''));
    }
    expect(config.refusal).toBe(error);
  });
});

/** Errors that Guardscope does not detect: it does not parse jq. */
const undetected = ['invalid jq expression'];

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
