/** The clauses of all policies that a file has in force: a policy file, or a configuration of the gateway in JSON or TOML. */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { toLower } from '../go/goText.ts';
import { readGatewayConfig } from '../gatewayConfig/config.ts';
import type { GatewayConfig, ServerConfig } from '../gatewayConfig/model/configModel.ts';
import { policyKindOf } from '../policy/fields.ts';
import { findPolicy, type PolicyForm } from '../policy/serverPolicy.ts';
import type { Environment } from '../policy/override.ts';
import { policyClauses, type PolicyClause } from './policyClauses.ts';
import { type Written, writtenAt } from './written.ts';
import { writtenJson } from './writtenJson.ts';
import { writtenToml } from './writtenToml.ts';

/** A clause of a policy that is in force for servers. */
export interface ClauseInForce extends PolicyClause {
  /** The servers of a configuration that the policy is for; null for a policy file. */
  readonly servers: readonly string[] | null;
}

/** A policy as its file has it. */
export interface WrittenPolicy {
  /** The name of the server, or `guards/NAME`; null in a policy file. */
  readonly owner: string | null;
  /** See `ClauseInForce.servers`. */
  readonly servers: readonly string[] | null;
  readonly form: PolicyForm;
  readonly policy: Written;
}

/** The clauses of a policy file; none when the gateway finds no policy in it. A map of policies must have only one. */
export function clausesOfPolicy(text: string): readonly ClauseInForce[] {
  return policiesOfPolicy(text).flatMap(({ policy, form }) =>
    policyClauses(policy, form).map((clause) => ({ ...clause, servers: null })),
  );
}

/** The clauses of the policies of a configuration. Ids begin with the owner of the policy. */
export function clausesOfConfig(text: string, file: string, env: Environment): readonly ClauseInForce[] {
  return policiesOfConfig(text, file, env).flatMap(({ owner, policy, form, servers }) =>
    policyClauses(policy, form).map((clause) => ({ ...clause, id: `${owner}/${clause.id}`, servers })),
  );
}

/** The policy of a policy file, if it has one. */
export function policiesOfPolicy(text: string): readonly WrittenPolicy[] {
  const root = writtenJson(text);
  const place = root === null ? null : placeInPolicyFile(root);
  const policy = root === null || place === null ? undefined : writtenAt(root, place.path);
  return place === null || policy === undefined ? [] : [{ owner: null, servers: null, form: place.form, policy }];
}

/** The policies that are in force for the servers of a configuration: that of the server itself, or else that of its guard (gateway spec 3.9). */
export function policiesOfConfig(text: string, file: string, env: Environment): readonly WrittenPolicy[] {
  const { value: config } = readGatewayConfig(text, { file, env });
  const root = config.form === 'toml' ? writtenToml(text) : writtenJson(text);
  if (root === null) return [];
  const places = new Map<string, PlacedPolicy & { readonly servers: readonly string[] }>();
  for (const server of config.servers) {
    const place = policyOf(config, server);
    if (place === null) continue;
    const known = places.get(place.owner)?.servers ?? [];
    places.set(place.owner, { ...place, servers: [...known, server.id] });
  }
  return [...places.values()].flatMap(({ owner, path, form, servers }) => {
    const policy = writtenAt(root, guardMember(root, path));
    return policy === undefined ? [] : [{ owner, servers, form, policy }];
  });
}

interface PlacedPolicy {
  readonly owner: string;
  readonly path: readonly string[];
  readonly form: PolicyForm;
}

function policyOf(config: GatewayConfig, { id, guard, guardPolicies }: ServerConfig): PlacedPolicy | null {
  const [servers, policies] = config.form === 'toml' ? ['servers', 'guard_policies'] : ['mcpServers', 'guard-policies'];
  const own = findPolicy(guardPolicies, id);
  if (own === 'not-an-object') return null;
  if (own !== 'none') return { owner: id, path: [servers, id, policies, ...own.path], form: own.form };
  if (guard === '' || !config.guards.some(({ name, policy }) => name === guard && policy !== null)) return null;
  return { owner: `guards/${guard}`, path: ['guards', guard, 'policy'], form: 'current' };
}

/** The path as the text has it: the members of a guard match in any case in JSON, and the last one counts. */
function guardMember(root: Written, path: readonly string[]): readonly string[] {
  const [guards = '', name = '', member = ''] = path;
  if (guards !== 'guards') return path;
  const keys = [...(writtenAt(root, [guards, name])?.members.keys() ?? [])];
  return [guards, name, keys.findLast((key) => toLower(key) === member) ?? member];
}

function placeInPolicyFile(root: Written): Pick<PlacedPolicy, 'path' | 'form'> | null {
  const object = valueOf(root);
  if (!isJsonObject(object)) return null;
  if (Object.keys(object).some((key) => policyKindOf(key) !== null)) return { path: [], form: 'current' };
  const found = findPolicy(object, null);
  return typeof found === 'string' ? null : found;
}

function valueOf({ scalar, members, items }: Written): JsonValue {
  if (items !== null) return items.map(valueOf);
  if (scalar !== undefined) return scalar;
  return Object.fromEntries([...members].map(([key, value]) => [key, valueOf(value)]));
}
