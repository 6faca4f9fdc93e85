/** Makes the record of a decided call. */
import type { Problem } from '../base/parsed.ts';
import type { AgentLabels } from '../difc/monitor/agent.ts';
import type { PipelineResult } from '../difc/monitor/pipeline.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { FinalAnswer } from './response/afterDecision.ts';

/** What the record of a call is made from beside the result of its pipeline. */
interface RecordParts {
  /** What stands behind the decision; null without response rules. */
  readonly final: FinalAnswer | null;
  /** The labels before `label_agent` ran for this call; null when it did not run. */
  readonly agentStart: AgentLabels | null;
  readonly guardCalls: readonly GuardCallRecord[];
  /** What came up while the call was decided. */
  readonly problems: readonly Problem[];
}

/**
 * The record of a decided call. Its members are written one by one: V8 keeps an object that was made by several spreads as a table of hashes,
 * and a replay makes and reads many records.
 */
export function recordOfCall(
  call: Pick<DecisionRecord, 'index' | 'time'>,
  result: PipelineResult,
  { final, agentStart, guardCalls, problems }: RecordParts,
): DecisionRecord {
  const record: { -readonly [K in keyof DecisionRecord]: DecisionRecord[K] } = {
    index: call.index,
    time: call.time,
    server: result.server,
    tool: result.tool,
    args: result.args,
    agent: result.agent,
    mode: result.mode,
    operation: result.operation,
    resource: result.resource,
    coarse: result.coarse,
    items: result.items,
    outcome: result.outcome,
    error: result.error,
    endedIn: result.endedIn,
    client: final === null ? result.client : final.client,
    backendResult: result.backendResult,
    agentBefore: result.agentBefore,
    agentAfter: result.agentAfter,
    guardCalls,
    problems: final === null ? problems : [...problems, ...final.problems],
  };
  if (result.agentAtAnswer !== undefined) record.agentAtAnswer = result.agentAtAnswer;
  if (result.panic !== undefined) record.panic = result.panic;
  if (final !== null && final.unknown.length > 0) record.unknown = final.unknown;
  if (agentStart !== null) record.agentStart = agentStart;
  return record;
}
