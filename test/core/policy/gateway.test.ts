/** Payloads, checks, canonical forms and the choice of a policy, compared with the answers of the gateway's own code for the same texts. */
import { describe, expect, test } from 'vitest';
import { decodeGoJson } from '../../../src/core/go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/base/json.ts';
import { parsePolicyText } from '../../../src/core/policy/parse.ts';
import {
  buildStrictLabelAgentPayload,
  normalizePolicyPayload,
  type GatewayResult,
} from '../../../src/core/policy/payload.ts';
import { parseServerGuardPolicy } from '../../../src/core/policy/serverPolicy.ts';
import { parseGuardPolicyJson } from '../../../src/core/policy/validate.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';

interface GatewayCase {
  readonly op: 'payload' | 'policy' | 'normalized' | 'server';
  readonly text: string;
  readonly value?: JsonValue;
  readonly error?: string;
}

const cases = jsonLines('test/core/policy/gateway.cases.jsonl') as readonly GatewayCase[];

describe.each(['payload', 'policy', 'normalized', 'server'] as const)('%s', (wanted) => {
  test.each(cases.filter(({ op }) => op === wanted))('$text', ({ op, text, value, error }) => {
    const answered = answer(op, text);
    expect(answered.ok ? { value: answered.value } : { error: answered.error }).toEqual(
      error === undefined ? { value } : { error },
    );
  });
});

describe('a policy file is read as by the gateway', () => {
  test.each(cases.filter(({ op }) => op === 'policy'))('$text', ({ text, value, error }) => {
    const { value: policy, problems } = parsePolicyText(text);
    if (error === undefined) {
      expect(policy?.payload).toEqual(value);
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      return;
    }
    expect(policy).toBeNull();
    const own = error.replace('invalid guard policy JSON: ', '');
    const [first] = problems;
    if (first?.code === 'policy/none') return expect(own).toMatch(/^policy (contains unsupported field|must include)/);
    expect(first?.message).toBe(own);
    expect(first?.position?.line).toBeGreaterThan(0);
  });
});

function answer(op: GatewayCase['op'], text: string): GatewayResult<JsonValue> {
  if (op === 'server') {
    const policy = parseServerGuardPolicy('srv', objectOf(text));
    return policy.ok ? { ok: true, value: policy.value?.payload ?? null } : policy;
  }
  if (op === 'payload') {
    const decoded = decodeGoJson(text);
    const normalized = normalizePolicyPayload(decoded.ok ? decoded.value : null);
    return normalized.ok ? buildStrictLabelAgentPayload(normalized.value) : normalized;
  }
  const policy = parseGuardPolicyJson(text);
  if (!policy.ok) return policy;
  if (op === 'policy') return { ok: true, value: policy.value.payload };
  return { ok: true, value: policy.value.kind === 'allow-only' ? policy.value.normalized : null };
}

function objectOf(text: string): JsonObject {
  const decoded = decodeGoJson(text);
  return decoded.ok && isJsonObject(decoded.value) ? decoded.value : {};
}
