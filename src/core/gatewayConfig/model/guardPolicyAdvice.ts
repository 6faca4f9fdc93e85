/** Warnings about the policy of a guard in a configuration, as a policy file gets them. */
import type { JsonObject } from '../../base/json.ts';
import { adviceFor } from '../../policy/hints.ts';
import type { ConfigFault } from './configModel.ts';

/** Values of a guard's policy that the gateway accepts with a surprising effect; `path` is that of the policy. */
export function guardPolicyAdvice(policy: JsonObject, path: ConfigFault['path']): readonly ConfigFault[] {
  return adviceFor({ path: [], form: 'current', object: policy }).map((advice) => {
    return { ...advice, severity: 'warning', path: [...path, ...advice.path] };
  });
}
