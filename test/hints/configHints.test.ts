/** A policy gets the same hints at the same places as a file, in a configuration in TOML, and in one in JSON. */
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import type { Problem } from '../../src/core/base/parsed.ts';
import { readGatewayConfig } from '../../src/core/gatewayConfig/config.ts';
import { parsePolicyText } from '../../src/core/policy/parse.ts';
import { explainConfig } from '../../src/engine/gateway/explainConfig.ts';
import { memoryFiles } from '../engine/gateway/memoryFiles.ts';
import { proves } from '../support/proves.ts';
import { policies } from './policyTable.ts';
import { placeOf, proposalOf, propose } from './proposals.ts';

/** The problem without what differs: its key or value stands for the position. */
function comparable(text: string, { code, message, hint, position }: Problem): object {
  const line = text.split('\n')[(position?.line ?? 1) - 1] ?? '';
  const rest = line.slice((position?.column ?? 1) - 1);
  const [token = ''] = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)/.exec(rest) ?? [];
  // A table begins with its bracket in JSON, and with its name in a header of TOML.
  const isTable = /^[[{]/.test(rest) || line.startsWith('[') || /^"[^"]*": \{/.test(rest);
  const isMissing = code === 'policy/none' || code === 'policy/which-server' || code === 'gateway/policy-not-found';
  return {
    code: isMissing ? 'none' : code,
    message: isMissing ? '' : message,
    hint: code === 'policy/which-server' || message.includes('"a", "b"') ? '' : hint,
    place: isTable ? 'table' : token.replaceAll(/^["']|["']$/g, ''),
  };
}

async function inConfiguration(text: string, form: 'toml' | 'json'): Promise<readonly object[]> {
  const { value, problems } = readGatewayConfig(text, { form, env: {} });
  // The schema of the JSON form knows the fields of a write-sink policy as well.
  expect(problems.filter(({ code }) => code !== 'config/schema' && code !== 'config/unknown-field')).toEqual([]);
  const { servers } = await explainConfig(value, { env: {}, files: memoryFiles({}), workflowVisibility: null });
  return servers
    .flatMap((server) => server.problems)
    .filter(({ code }) => code.startsWith('policy/') || code === 'gateway/policy-not-found')
    .map((problem) => comparable(text, problem));
}

/** TOML has no null. */
function hasNull(value: JsonValue): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some((each) => hasNull(each));
}

const named = policies
  // The gateway reads these keys in any case as a file only, and nothing from an empty object.
  .filter((policy) => Object.keys(policy).length > 0)
  .map((policy) => [JSON.stringify(policy), policy] as const);

describe('the same policy', () => {
  // The gateway expands variables in a JSON configuration before it reads it.
  it.each(named.filter(([text]) => !text.includes('${')))('in JSON: %s', async (_, policy) => {
    proves('own:policy-hints-everywhere');
    const file = JSON.stringify(policy, null, 2);
    const expected = parsePolicyText(file, undefined, 's').problems.map((problem) => comparable(file, problem));
    const server = { type: 'http', url: 'http://x', 'guard-policies': policy };
    const config: JsonObject = { mcpServers: { s: server }, gateway: { port: 80, domain: 'localhost', apiKey: 'k' } };
    expect(await inConfiguration(JSON.stringify(config, null, 2), 'json')).toEqual(expected);
  });

  it.each(named.filter(([, policy]) => !hasNull(policy)))('in TOML: %s', async (_, policy) => {
    const file = JSON.stringify(policy, null, 2);
    const expected = parsePolicyText(file, undefined, 's').problems.map((problem) => comparable(file, problem));
    const text = stringify({ servers: { s: { type: 'http', url: 'http://x', guard_policies: policy } } });
    expect(await inConfiguration(text, 'toml')).toEqual(expected);
  });

  it('as the policy of a guard gets the same hints', () => {
    for (const policy of policies.filter(
      (each) => Object.hasOwn(each, 'allow-only') || Object.hasOwn(each, 'write-sink'),
    )) {
      const file = JSON.stringify(policy);
      if (file.includes('${')) continue;
      const config = {
        mcpServers: { s: { type: 'http', url: 'http://x' } },
        guards: { g: { type: 'noop', policy } },
        gateway: { port: 80, domain: 'localhost', apiKey: 'k' },
      };
      const { problems } = readGatewayConfig(JSON.stringify(config), { form: 'json', env: {} });
      const hints = (all: readonly Problem[]): ReadonlySet<string | undefined> => new Set(all.map(({ hint }) => hint));
      expect(hints(problems)).toEqual(hints(parsePolicyText(file).problems));
    }
  });
});

describe('unknown names of a configuration', () => {
  const toml = (lines: string): readonly (string | undefined)[] =>
    readGatewayConfig(`[servers.s]\ntype = "http"\nurl = "http://x"\n${lines}\n`, {
      form: 'toml',
      env: {},
    }).problems.map(({ hint }) => hint);

  it.each([
    [
      '[servers.s.guard-policies.allow-only]',
      ['Did you mean "guard_policies"? The name "guard-policies" is not known there'],
    ],
    [
      '[server.t]\ntype = "http"',
      [
        'Did you mean "servers"? The name "server" is not known there',
        'Did you mean "servers"? The name "server" is not known there',
      ],
    ],
    ['[gateway]\ntool_timeout = 20\ntoolTimeout = 30', ['Remove it: "tool_timeout" is here already']],
    ['[gateway]\ntoolTimeout = 30', ['Did you mean "tool_timeout"?']],
    ['guards_mode = "strict"', ['guards_mode belongs at the top of the file, before the first [table]']],
    ['[gateway.servers]\nx = 1', undefined],
  ])('in TOML: %s', (lines, hints) => {
    const found = toml(lines);
    if (hints === undefined) expect(found.join('\n')).not.toContain('belongs at the top');
    // A header and each of its keys is reported; a repeated header is one.
    else expect([...new Set(found)]).toEqual([...new Set(hints)]);
  });

  it('in JSON: the name that is similar, unless it is there', () => {
    const hints = (server: JsonObject): readonly (string | undefined)[] =>
      readGatewayConfig(
        JSON.stringify({
          mcpServers: { s: { type: 'http', url: 'http://x', ...server } },
          gateway: { port: 80, domain: 'd', apiKey: 'k' },
        }),
        { form: 'json', env: {} },
      ).problems.map(({ hint }) => hint);
    expect(hints({ guard_policies: {} })).toEqual(['Did you mean "guard-policies"?']);
    expect(hints({ guard_policies: {}, 'guard-policies': {} })).toEqual([
      'Remove it: "guard-policies" is here already',
    ]);
  });
});

describe('every hint about an unknown name', () => {
  const server = '[servers.s]\ntype = "http"\nurl = "http://x"\n';
  const tomls = [
    `guard_mode = "strict"\n${server}`,
    `${server}guards = "g"\n`,
    `${server}guard-policies = {}\n`,
    `${server}[servers.s.guard-policies.allow-only]\nrepos = "all"\n`,
    `${server}[servers.s.guardpolicies]\nrepos = "all"\n`,
    `${server}header = { a = "b" }\nHeaders = { a = "b" }\n`,
    `${server}tool_timeout = 20\ntooltimeout = 20\n`,
    `${server}rate-limit-threshold = 3\n`,
    `${server}enviroment = {}\nzzz = 1\n`,
    `${server}[servers.s.authn]\ntype = "github-oidc"\n`,
    `[server.t]\ntype = "http"\n${server}`,
    `${server}[gateways]\nport = 1\n`,
    `${server}[gateway]\ntrustedBots = ["x"]\nforce-public-repos = true\nports = 80\n`,
    `${server}[gateway]\nguards_mode = "filter"\n`,
    `guards_mode = "filter"\n${server}[gateway]\nguards_mode = "filter"\n`,
    `${server}[guard.g]\ntype = "noop"\n`,
    `${server}[guards.g]\ntipe = "noop"\npolicies = {}\n`,
    `${server}[guards.g.policy.allow_only]\nrepos = "all"\n`,
    `${server}[guards.g.policy.allow-only]\nrepos = "all"\nmin-integrity = "none"\nmin_integrity = "none"\nblocked_users = []\n`,
    `${server}[guards.g.policy.write-sink]\naccept = ["*"]\nsink_visibility = "public"\n`,
  ];

  const read = (text: string, form: 'toml' | 'json'): readonly Problem[] =>
    readGatewayConfig(text, { form, env: {} }).problems.filter(({ code }) => code === 'config/unknown-field');

  it.each(tomls)('of TOML leads to a name that is known: %s', (text) => {
    const problems = read(text, 'toml');
    expect(problems.length).toBeGreaterThan(0);
    for (const { hint = '', message, position } of problems) {
      const [, meant] = /^Did you mean "([^"]+)"\?/.exec(hint) ?? [];
      const removes = hint.startsWith('Remove it');
      if (meant === undefined && !removes) {
        expect(hint).toMatch(/^(?:Known here: |guards_mode belongs at the top)/);
        continue;
      }
      const lines = text.split('\n');
      const at = (position?.line ?? 1) - 1;
      const [, written = ''] = /The name "([^"]+)"/.exec(hint) ?? /([\w-]+) — check/.exec(message) ?? [];
      expect(meant).not.toBe(written);
      // The name of a table stands in its header, which is above its keys.
      const named = lines.findLastIndex((line, index) => index <= at && line.includes(written));
      const line = lines[named] ?? '';
      expect(line).toContain(written);
      const after = lines.with(named, removes ? '' : line.replace(written, meant ?? '')).join('\n');
      const same = (each: string): number => read(each, 'toml').filter((other) => other.message === message).length;
      const all = readGatewayConfig(after, { form: 'toml', env: {} }).problems;
      expect(all.map(({ code }) => code)).not.toContain('config/not-toml');
      expect(same(after)).toBeLessThan(same(text));
      expect(read(after, 'toml').length).toBeLessThan(read(text, 'toml').length);
    }
  });

  const entry = { type: 'http', url: 'http://x' };
  const gateway = { port: 80, domain: 'd', apiKey: 'k' };
  const jsons: readonly JsonObject[] = [
    { mcpServers: { s: { ...entry, guard_policies: {} } }, gateway },
    { mcpServers: { s: { ...entry, guardPolicies: {}, 'guard-policies': {} } }, gateway },
    { mcpServers: { s: { ...entry, tool_timeouts: 1, header: {} } }, gateway },
    { mcpServers: { s: { ...entry, zzz: 1 } }, gateway: { ...gateway, trusted_bots: ['a'], zzz: 1 } },
    { mcpServer: {}, mcpServers: { s: entry }, gateway },
    { mcpServers: { s: entry }, gateway: { ...gateway, guardsMode: 'filter', apikeys: 'x' } },
    {
      mcpServers: { s: { ...entry, 'guard-policies': { 'write-sink': { accept: ['*'], sink_visibility: 'public' } } } },
      gateway,
    },
  ];

  it.each(jsons.map((config) => [JSON.stringify(config, null, 1)]))(
    'of JSON leads to a name that is known: %s',
    (text) => {
      const problems = read(text, 'json');
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) {
        const proposal = proposalOf(problem.hint ?? '');
        if (proposal === null) {
          expect(problem.hint).toMatch(/^(?:Known here: |The JSON form has no key for the mode)/);
          continue;
        }
        const place = placeOf(text, problem);
        expect(place.isKey).toBe(true);
        if (proposal.kind === 'write') expect(proposal.value).not.toBe(place.written);
        const after = propose(text, place, proposal);
        expect(read(after, 'json').map(({ message }) => message)).not.toContain(problem.message);
        expect(read(after, 'json')).toHaveLength(problems.length - 1);
      }
    },
  );
});
