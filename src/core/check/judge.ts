/** What the end of one guard call means: a trap, a call without end, a lack of memory, or an answer that the gateway cannot use. */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { cutText } from '../base/cutText.ts';
import { deathText } from '../difc/account/guardDeath.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import { decodeGoJson } from '../go/goJson.ts';
import { decodeLabelAgent } from '../guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../guard/decodeLabelResponse.ts';
import type { CheckFinding } from './checkModel.ts';

/** Longest error of the gateway in a sentence. */
const longestError = 300;

/** Whether the guard refused the call with a negative code. */
export function isRefusedByGuard({ error, poisoned }: GuardCallRecord): boolean {
  return !poisoned && error?.includes('WASM function returned error code') === true;
}

/**
 * The finding about a call that ended neither with an answer that the gateway can use nor with a negative code; null for others. `what`
 * names the input, for example `a result without items`; `name` the call.
 */
export function breakdown(record: GuardCallRecord, what: string, name: string = record.function): CheckFinding | null {
  return deathOf(record, what, name) ?? unusableAnswer(record, what, name);
}

/** The finding about a call that trapped, did not end or ran out of memory; null for others. */
export function deathOf(record: GuardCallRecord, what: string, name: string = record.function): CheckFinding | null {
  const { error, function: subject } = record;
  if (error === null || isRefusedByGuard(record)) return null;
  const about = `${name} with ${what}`;
  const text = cutText(error, longestError);
  if (error.includes('context deadline exceeded')) {
    return {
      severity: 'error',
      code: 'check/hangs',
      message: `${about} did not end: ${deathText(record) ?? text}`,
      meaning:
        'The gateway stops the guard when the tool timeout is over (60 s by default); from then on every call of every session fails until the gateway is restarted',
      hint: 'Look for a loop that waits for a condition which this input does not fulfil',
      subject,
    };
  }
  if (error.includes('failed to allocate') || error.includes('failed to grow WASM memory')) {
    return {
      severity: 'warning',
      code: 'check/out-of-memory',
      message: `${about} found no memory for the buffers of the call: ${text}`,
      meaning:
        'The gateway gives a guard at most 32 MiB; the call fails, and so does every later one that needs as much',
      hint: 'Free what a call allocates, and do not copy the input more often than needed',
      subject,
    };
  }
  if (!record.poisoned && !error.includes('stack overflow') && !error.includes('module closed with exit_code(0)')) {
    return null;
  }
  return {
    severity: 'error',
    code: 'check/trap',
    message: `${about} ${deathText(record) ?? 'failed'}: ${text}`,
    meaning: record.poisoned
      ? 'The gateway does not call a guard again after a trap: from then on every call of every session fails until the gateway is restarted'
      : 'The call fails without labels, and the client gets an error in place of the answer',
    hint: 'Handle this input, or return -1 for it: a negative code fails one call only',
    subject,
  };
}

function unusableAnswer(record: GuardCallRecord, what: string, name: string): CheckFinding | null {
  const error = isRefusedByGuard(record) ? null : answerError(record);
  if (error === null) return null;
  return {
    severity: 'warning',
    code: 'check/unusable-answer',
    message: `${name} with ${what} gave an answer that the gateway cannot use: ${cutText(error, longestError)}`,
    meaning:
      record.function === 'label_agent'
        ? 'The session does not begin: every call of it fails'
        : 'The call fails, and the client gets this text in place of the answer',
    hint: 'Answer with JSON of the documented form, or return -1',
    subject: record.function,
  };
}

/** The gateway's text about a call that it cannot use; null for an answer that it can use. */
export function answerError(record: GuardCallRecord): string | null {
  if (record.output === null) return record.error;
  const output = record.escapedOutput ?? record.output;
  const decoded =
    record.function === 'label_agent'
      ? decodeLabelAgent(output)
      : record.function === 'label_resource'
        ? decodeLabelResource(output)
        : decodeLabelResponse(output, resultOfInput(record.input));
  return decoded.ok ? null : decoded.error;
}

/** The `tool_result` of an input of `label_response`. */
export function resultOfInput(input: string): JsonValue {
  const decoded = decodeGoJson(input);
  return decoded.ok && isJsonObject(decoded.value) ? (decoded.value['tool_result'] ?? null) : null;
}

/** Keeps the first finding of each code and subject, so that one mistake gives one finding. */
export function distinct(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  const groups = new Map<string, { readonly first: CheckFinding; count: number }>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.subject ?? ''}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { first: finding, count: 1 });
    else known.count++;
  }
  return [...groups.values()].map(({ first, count }) => (count === 1 ? first : { ...first, count }));
}
