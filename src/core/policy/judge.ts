/** Finds the policy in a decoded value, and what is wrong with it: every finding has a path, so that a policy file and a configuration report the same. */
import { encodeGoJson } from '../go/goJson.ts';
import { buildGoJsonTree, type GoJsonNode } from '../go/goJsonTree.ts';
import type { JsonObject } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import { adviceFor, hintFor, misspeltPolicyKey, takenForServer } from './hints.ts';
import type { Policy } from './policy.ts';
import { checkLegacyPolicy, findPolicy, type FoundPolicy, type PolicyPlace } from './serverPolicy.ts';
import { checkGuardPolicy } from './validate.ts';

/** A problem of a policy, by its path. */
export interface PolicyFinding extends Pick<Problem, 'severity' | 'code' | 'message' | 'hint'> {
  /** Keys and indexes from the value that was judged. */
  readonly path: readonly (string | number)[];
  /** Whether the finding is about the last key of the path or about its value. */
  readonly at: 'key' | 'value';
}

/** The policy, null when the gateway finds none or refuses it, and all findings: errors first. */
export interface JudgedPolicy {
  readonly policy: Policy | null;
  readonly findings: readonly PolicyFinding[];
}

/** Judges a policy at its place; `node` is the policy object as the gateway decodes it, by default that of the place. */
export function judgePolicy(place: PolicyPlace, node?: GoJsonNode): JudgedPolicy {
  const advice = adviceAt(place);
  const { policy, faults } =
    place.form === 'legacy'
      ? checkLegacyPolicy(place.object)
      : checkGuardPolicy(node ?? buildGoJsonTree(encodeGoJson(place.object)));
  const findings = faults.map((fault): PolicyFinding => {
    const { kind, message, path } = fault;
    return {
      severity: 'error',
      code: `policy/${kind}`,
      message,
      ...hintFor(fault, place.object),
      path: [...place.path, ...path],
      at: kind === 'unsupported-field' ? 'key' : 'value',
    };
  });
  return { policy, findings: [...findings, ...advice] };
}

/** Judges a map of policies as the gateway reads it for a server; without a server, the map must have only one policy. */
export function judgePolicyMap(map: JsonObject, server: string | null): JudgedPolicy {
  const place = findPolicy(map, server);
  if (place === 'none') return { policy: null, findings: [noPolicy(map, server)] };
  if (place !== 'not-an-object') return judgePolicy(place);
  const message = `invalid guard policy for server '${server}': expected object`;
  return {
    policy: null,
    findings: [{ severity: 'error', code: 'policy/type', message, path: [server ?? ''], at: 'value' }],
  };
}

function adviceAt(place: PolicyPlace): readonly PolicyFinding[] {
  const spelling = takenForServer(place);
  return [...(spelling === null ? [] : [spelling]), ...adviceFor(place)].map((advice) => {
    return { ...advice, severity: 'warning', path: [...place.path, ...advice.path] };
  });
}

function noPolicy(root: JsonObject, server: string | null): PolicyFinding {
  const keys = Object.keys(root);
  const holders = keys.filter((key) => isPlace(findPolicy({ [key]: root[key] ?? null }, key)));
  const listed = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
  if (holders.length > 0) {
    const message = `The policies here are for the servers ${listed(holders)}${server === null ? '' : `, not for "${server}"`}`;
    const hint = 'Choose the id of a server';
    return { severity: 'error', code: 'policy/which-server', message, hint, path: [], at: 'value' };
  }
  const misspelt = misspeltPolicyKey(root);
  const hint = misspelt === null ? 'Begin it with "allow-only" or "write-sink"' : `Did you mean "${misspelt.meant}"?`;
  const found = keys.length === 0 ? 'the object is empty' : `found ${listed(keys)}`;
  const message = `The gateway finds no policy here (${found}) and would run the server without a guard`;
  return { severity: 'warning', code: 'policy/none', message, hint, path: misspelt?.path ?? [], at: 'key' };
}

function isPlace(found: FoundPolicy): found is PolicyPlace {
  return typeof found !== 'string';
}
