/** Checks a policy as the gateway does when it reads its configuration, but continues after the first fault (gateway spec 2.7). */
import { decodeGoJsonTree, type GoJsonNode } from '../go/goJsonTree.ts';
import { goString, goSlice, goStruct, decodeTyped, sliceItems, typeError, type GoSlice } from '../go/goJsonTyped.ts';
import { quoteGo, sortUtf8 } from '../go/goText.ts';
import { decodeAllowOnly } from './allowOnly.ts';
import { policyKindOf } from './fields.ts';
import { normalizeAllowOnly } from './normalize.ts';
import { allowOnlyPayload, writeSinkPayload, type Policy } from './policy.ts';
import type { GatewayResult } from './payload.ts';
import { writeSinkFaults } from './writeSink.ts';

/** The kind of a fault. */
export type PolicyFaultKind = 'unsupported-field' | 'missing' | 'type' | 'value';

/** One fault, in the gateway's words. */
export interface PolicyFault {
  readonly kind: PolicyFaultKind;
  readonly message: string;
  /** Keys and indexes from the policy object to the value. */
  readonly path: readonly (string | number)[];
  /** Whether the gateway finds it while decoding; its error then has the prefix `invalid guard policy JSON: `. */
  readonly decoding: boolean;
}

/** The policy, null when it has faults, and all faults. The gateway reports the first one. */
export interface CheckedPolicy {
  readonly policy: Policy | null;
  readonly faults: readonly PolicyFault[];
}

/** Checks a policy object. Keys that the gateway visits in random order are visited in sorted order. */
export function checkGuardPolicy(node: GoJsonNode): CheckedPolicy {
  if (node.kind !== 'object' && node.kind !== 'null') {
    return refused('type', typeError(node.kind, rawMap));
  }
  const entries = new Map(node.kind === 'object' ? node.entries : []);
  const keys = sortUtf8(entries.keys());
  const kinds = keys.map((key) => ({ key, kind: policyKindOf(key) }));
  const unsupported = kinds
    .filter(({ kind }) => kind === null)
    .map(({ key }) => decodingFault('unsupported-field', `policy contains unsupported field ${quoteGo(key)}`, [key]));
  const allowOnly = kinds.findLast(({ kind }) => kind === 'allow-only')?.key;
  const writeSink = kinds.findLast(({ kind }) => kind === 'write-sink')?.key;
  if (allowOnly !== undefined && writeSink !== undefined) {
    const message = 'policy must include either allow-only or write-sink, not both';
    return { policy: null, faults: [...unsupported, decodingFault('value', message, [writeSink])] };
  }
  const key = allowOnly ?? writeSink;
  const child = key === undefined ? undefined : entries.get(key);
  if (key === undefined || child === undefined) {
    return unsupported.length > 0 ? { policy: null, faults: unsupported } : refused('missing', missingKey);
  }
  const checked = allowOnly === undefined ? checkWriteSink(child, key) : checkAllowOnly(child, key);
  const faults = [...unsupported, ...checked.faults];
  return { policy: faults.length === 0 ? checked.policy : null, faults };
}

/** Parses and checks the policy JSON of `--guard-policy-json` or the environment (gateway `ParseGuardPolicyJSON`). */
export function parseGuardPolicyJson(text: string): GatewayResult<Policy> {
  const tree = decodeGoJsonTree(text);
  if (!tree.ok) return { ok: false, error: `invalid guard policy JSON: ${tree.error}` };
  const { policy, faults } = checkGuardPolicy(tree.value);
  const [first] = faults;
  if (policy !== null) return { ok: true, value: policy };
  if (first === undefined) return { ok: false, error: missingKey };
  return { ok: false, error: first.decoding ? `invalid guard policy JSON: ${first.message}` : first.message };
}

const rawMap = 'map[string]json.RawMessage';
const missingKey = 'policy must include allow-only or write-sink';

function refused(kind: PolicyFaultKind, message: string): CheckedPolicy {
  return { policy: null, faults: [decodingFault(kind, message, [])] };
}

function decodingFault(kind: PolicyFaultKind, message: string, path: readonly (string | number)[]): PolicyFault {
  return { kind, message, path, decoding: true };
}

function checkAllowOnly(node: GoJsonNode, key: string): CheckedPolicy {
  if (node.kind !== 'object' && node.kind !== 'null') {
    return { policy: null, faults: [decodingFault('type', typeError(node.kind, rawMap), [key])] };
  }
  const { values, keys, faults: found } = decodeAllowOnly(new Map(node.kind === 'object' ? node.entries : []));
  const decoding = found.map(({ kind, message, path }) => decodingFault(kind, message, [key, ...path]));
  const skip = new Set(found.map(({ field }) => field));
  const { normalized, faults: bad } = normalizeAllowOnly(values, skip);
  const validating = bad.map(({ message, field, entry }): PolicyFault => {
    const path = [key, keys.get(field) ?? field, ...(entry === null ? [] : [entry])];
    return { kind: 'value', message, path, decoding: false };
  });
  return {
    policy: { kind: 'allow-only', payload: allowOnlyPayload(values), normalized },
    faults: [...decoding, ...validating],
  };
}

interface GoWriteSink {
  readonly accept: GoSlice<string>;
  readonly sinkVisibility: string;
}

const goWriteSink = goStruct<GoWriteSink>('config.WriteSinkPolicy', {
  accept: ['accept', goSlice(goString)],
  sinkVisibility: ['sink-visibility', goString],
});

function checkWriteSink(node: GoJsonNode, key: string): CheckedPolicy {
  const decoded = decodeTyped(goWriteSink, node);
  if (!decoded.ok) return { policy: null, faults: [decodingFault('type', decoded.error, [key])] };
  const { sinkVisibility } = decoded.value;
  const accept = sliceItems(decoded.value.accept);
  const faults = writeSinkFaults(accept, sinkVisibility).map(({ message, path }): PolicyFault => ({
    kind: 'value',
    message,
    path: [key, ...path],
    decoding: false,
  }));
  return {
    policy: { kind: 'write-sink', payload: writeSinkPayload(accept, sinkVisibility), accept, sinkVisibility },
    faults,
  };
}
