/** The guards of a TOML configuration, with their policies checked (gateway `validateGuardPolicies`). */
import { sortUtf8 } from '../../go/goText.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { hintFor } from '../../policy/hints.ts';
import { normalizeAllowOnly } from '../../policy/normalize.ts';
import { allowOnlyPayload, type Policy, writeSinkPayload } from '../../policy/policy.ts';
import { writeSinkFaults } from '../../policy/writeSink.ts';
import { guardPolicyAdvice } from '../model/guardPolicyAdvice.ts';
import { ownMember, objectMember, stringMember, stringListMember } from '../model/members.ts';
import type { ConfigFault, ConfigLocator, GuardConfig } from '../model/configModel.ts';

/** The guards in order of their names, and the faults of their policies. */
export interface ReadGuards {
  readonly guards: readonly GuardConfig[];
  readonly faults: readonly ConfigFault[];
}

/** Reads the decoded table `guards`. */
export function readTomlGuards(guards: JsonObject, locate: ConfigLocator): ReadGuards {
  const read = sortUtf8(Object.keys(guards)).map((name) => {
    const guard = objectMember(guards, name);
    const path = ['guards', name];
    const checked = ownMember(guard, 'policy') === undefined ? none : checkPolicy(objectMember(guard, 'policy'));
    const faults = checked.faults.map((fault): ConfigFault => {
      const message = `invalid policy for guard '${name}': ${fault.message}`;
      return {
        severity: 'error',
        code: 'config/policy',
        message,
        ...hintFor(
          { kind: 'value', message: fault.message, path: fault.path, decoding: false },
          objectMember(guard, 'policy'),
        ),
        path: [...path, 'policy', ...fault.path],
        at: 'value',
      };
    });
    const { policy } = checked;
    const place = locate.key(path);
    return {
      guard: { name, type: stringMember(guard, 'type'), path: stringMember(guard, 'path'), policy, place },
      faults: [...faults, ...guardPolicyAdvice(objectMember(guard, 'policy'), [...path, 'policy'])],
    };
  });
  return { guards: read.map(({ guard }) => guard), faults: read.flatMap(({ faults }) => faults) };
}

interface Checked {
  readonly policy: Policy | null;
  readonly faults: readonly { readonly message: string; readonly path: readonly (string | number)[] }[];
}

const none: Checked = { policy: null, faults: [] };

/** If a policy has both kinds, write-sink wins, and the gateway does not check the allow-only part. */
function checkPolicy(policy: JsonObject): Checked {
  const hasAllowOnly = ownMember(policy, 'allow-only') !== undefined;
  const values = new Map<string, JsonValue>(Object.entries(objectMember(policy, 'allow-only')));
  if (ownMember(policy, 'write-sink') !== undefined) {
    const sink = objectMember(policy, 'write-sink');
    const accept = stringListMember(sink, 'accept') ?? [];
    const sinkVisibility = stringMember(sink, 'sink-visibility');
    const faults = writeSinkFaults(accept, sinkVisibility).map(({ message, path }) => {
      return { message, path: ['write-sink', ...path] };
    });
    const payload = { ...(hasAllowOnly ? allowOnlyPayload(values) : {}), ...writeSinkPayload(accept, sinkVisibility) };
    const read: Policy = { kind: 'write-sink', payload, accept, sinkVisibility };
    return { policy: faults.length === 0 ? read : null, faults };
  }
  if (!hasAllowOnly)
    return { policy: null, faults: [{ message: 'policy must include allow-only or write-sink', path: [] }] };
  const { normalized, faults } = normalizeAllowOnly(values);
  const read: Policy = { kind: 'allow-only', payload: allowOnlyPayload(values), normalized };
  const located = faults.map(({ message, field, entry }) => {
    return { message, path: ['allow-only', field, ...(entry === null ? [] : [entry])] };
  });
  return { policy: faults.length === 0 ? read : null, faults: located };
}
