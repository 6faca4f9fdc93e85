/** Finds the mistakes of a guard's author in one decided call: what the gateway ignores, so that the author does not learn of it. */
import { isJsonObject } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import { decodeRecentGoJson } from '../go/goJsonRecent.ts';
import type { ListedTool } from '../trace/model/toolList.ts';
import type { Answer } from './answer.ts';
import { operationOfTool } from './answers/operationOfTool.ts';
import { answerRules } from './answerRules.ts';
import { lengthRules, lookupRules, outputRules } from './protocolRules.ts';

/** The findings of one call. The record is not changed. `tool`: how the server listed the tool; null when it listed none. */
export function lintCall(record: DecisionRecord, tool: ListedTool | null = null): readonly Problem[] {
  const problems: Problem[] = [];
  for (const call of record.guardCalls) {
    const answer = answerOf(record, call);
    for (const rule of answer === null ? outputRules : lengthRules) problems.push(...rule(call));
    if (call.backendCalls.length > 0) for (const rule of lookupRules) problems.push(...rule(call));
    if (answer === null) continue;
    for (const rule of answerRules) problems.push(...rule(answer));
    problems.push(...operationOfTool(answer, tool));
  }
  return problems;
}

/** The answer of a guard call; null when it failed, was empty or is not a JSON object. */
function answerOf(record: DecisionRecord, call: GuardCallRecord): Answer | null {
  const text = call.output;
  if (text === null || text === '') return null;
  const parsed = decodeRecentGoJson(text);
  return parsed.ok && isJsonObject(parsed.value) ? { record, call, text, document: parsed.value } : null;
}
