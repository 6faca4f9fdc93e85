/** Problems of the policies of a server, at their places in the configuration and with the hints that a policy file gets. */
import type { Problem } from '../../base/parsed.ts';
import { judgePolicyMap, type PolicyFinding } from '../../policy/judge.ts';
import type { ServerConfig } from '../model/configModel.ts';

/** What is wrong with the policies of a server, or may surprise. The gateway reports only the first error, and no warning. */
export function policyProblems({ id, guardPolicies, places }: ServerConfig): readonly Problem[] {
  const keys = Object.keys(guardPolicies);
  if (keys.length === 0) return [];
  return judgePolicyMap(guardPolicies, id).findings.map(({ path, at, ...finding }): Problem => {
    return { ...inConfiguration(finding, id, keys), position: places.inPolicies(path, at) };
  });
}

/** In a configuration the gateway continues without the policy that it does not find. */
function inConfiguration(
  finding: Omit<PolicyFinding, 'path' | 'at'>,
  id: string,
  keys: readonly string[],
): Omit<Problem, 'position'> {
  if (finding.code !== 'policy/none' && finding.code !== 'policy/which-server') return finding;
  const listed = keys.map((key) => JSON.stringify(key)).join(', ');
  const message = `The gateway finds no policy for "${id}" in its guard policies (${listed}) and continues without one`;
  const own = `Write the policy of "${id}" without the id of a server above it`;
  const hint = finding.code === 'policy/none' ? finding.hint : own;
  return { severity: 'warning', code: 'gateway/policy-not-found', message, ...(hint === undefined ? {} : { hint }) };
}
