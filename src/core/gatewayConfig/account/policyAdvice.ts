/** Warnings about the policies of a server that the gateway does not report. */
import { encodeGoJson } from '../../go/goJson.ts';
import type { Problem } from '../../base/parsed.ts';
import { misspeltPolicyKey } from '../../policy/hints.ts';
import { parsePolicyText } from '../../policy/parse.ts';
import type { ChosenGuard } from './chosenGuard.ts';
import type { ServerConfig } from '../model/configModel.ts';

/** The warning that guard policies have no policy in them. The gateway does not report a misspelt key. */
export function policyNotFound({ id, guardPolicies, places }: ServerConfig): readonly Problem[] {
  const keys = Object.keys(guardPolicies);
  if (keys.length === 0) return [];
  const listed = keys.map((key) => JSON.stringify(key)).join(', ');
  const message = `The gateway finds no policy for "${id}" in its guard policies (${listed}) and continues without one`;
  const misspelt = misspeltPolicyKey(guardPolicies);
  const hint =
    misspelt === null
      ? 'Write the policy under "allow-only" or "write-sink"'
      : `Did you mean "${misspelt.meant}" for "${misspelt.path.at(-1) ?? ''}"?`;
  return [{ severity: 'warning', code: 'gateway/policy-not-found', message, hint, position: places.policies }];
}

/** Warnings about a valid policy with an effect that may surprise. */
export function adviceOn({ id, guardPolicies, places }: ServerConfig, guard: ChosenGuard): readonly Problem[] {
  if (Object.keys(guardPolicies).length === 0) return [];
  return parsePolicyText(encodeGoJson(guardPolicies), undefined, id)
    .problems.filter(({ severity, code }) => severity === 'warning' && code !== 'policy/not-for-wasm-guards')
    .filter(({ code }) => code !== 'policy/as-written' || guard.kind !== 'noop')
    .map((problem) => ({ ...problem, position: places.policies }));
}
