/** The accepted form of a decision: what people read and review, without times, memory, log lines, and data that the trace has. */
import { cutText } from '../base/cutText.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import { agentChange } from '../difc/monitor/agent.ts';
import type {
  DecisionRecord,
  EnforcementMode,
  ItemRecord,
  LabelPair,
  Operation,
  Outcome,
  PhaseId,
} from '../difc/record/decision.ts';
import type { BackendCallEnd } from '../difc/record/guardCall.ts';
import { defaultAgent } from '../session/sessionRules.ts';

/**
 * A decision as a guard test has it. Left out by rule: times and durations, memory, log lines and output, what the guard was asked and answered word for word,
 * and the data of items and answers, which follow from the trace and the labels. A member that is empty is absent.
 */
export interface AcceptedCall {
  /** The number of the call in the trace, from 1. */
  readonly call: number;
  readonly server: string;
  /** Absent for the agent of sessions without credentials. */
  readonly agent?: string;
  readonly tool: string;
  /** The arguments, shortened; not compared, because the trace has them. */
  readonly args: JsonValue;
  readonly outcome: Outcome;
  /** The client got the whole result, because the guard gave no labels for it. */
  readonly unlabeled?: true;
  /** Absent when the guard's session could not begin. */
  readonly mode?: EnforcementMode;
  readonly operation?: Operation;
  readonly resource?: LabelPair & { readonly description: string };
  readonly items?: readonly AcceptedItem[];
  /** Tags that the call brought or took. */
  readonly agentChange?: AcceptedAgentChange;
  readonly lookups?: readonly AcceptedLookup[];
  /** The gateway's error text, line by line. */
  readonly error?: readonly string[];
  /** The reason of the coarse check, unless the error has it. */
  readonly reason?: string;
  readonly endedIn?: PhaseId;
  readonly panic?: string;
  /** Codes of warnings and errors, sorted. */
  readonly findings?: readonly string[];
}

export interface AcceptedItem extends LabelPair {
  /** JSON Pointer of the item; absent for a whole result and for items of the older form. */
  readonly path?: string;
  readonly description?: string;
  readonly passed: boolean;
  readonly reason?: string;
}

export interface AcceptedAgentChange {
  readonly secrecyGained?: readonly string[];
  readonly secrecyLost?: readonly string[];
  readonly integrityGained?: readonly string[];
  readonly integrityLost?: readonly string[];
}

export interface AcceptedLookup {
  readonly tool: string;
  readonly args: JsonValue;
  readonly end: BackendCallEnd;
}

const argTextLength = 60;
const argListLength = 5;
const argDepth = 3;

/** The accepted form of a decision. */
export function acceptedCall(record: DecisionRecord): AcceptedCall {
  const { index, server, agent, tool, args, outcome, mode, operation, resource, items, coarse, error, endedIn } =
    record;
  const change = agentChange(record.agentStart ?? record.agentBefore, record.agentAfter);
  const gains = Object.entries(change).filter(([, tags]: [string, readonly string[]]) => tags.length > 0);
  const lookups = record.guardCalls.flatMap(({ backendCalls }) =>
    backendCalls.map(({ tool: asked, args: given, end }): AcceptedLookup => ({ tool: asked, args: given, end })),
  );
  const findings = record.problems.filter(({ severity }) => severity !== 'info').map(({ code }) => code);
  const reason = coarse?.reason ?? '';
  return {
    call: index + 1,
    server,
    ...(agent === defaultAgent ? {} : { agent }),
    tool,
    args: shortened(args, 0),
    outcome,
    ...(record.marks?.includes('unlabeled') === true ? { unlabeled: true } : {}),
    ...(endedIn === 'init' ? {} : { mode }),
    ...(operation === null ? {} : { operation }),
    ...(resource === null
      ? {}
      : { resource: { description: resource.description, secrecy: resource.secrecy, integrity: resource.integrity } }),
    ...(items === null ? {} : { items: items.map(acceptedItem) }),
    ...(gains.length === 0 ? {} : { agentChange: Object.fromEntries(gains) }),
    ...(lookups.length === 0 ? {} : { lookups }),
    ...(error === null ? {} : { error: error.split('\n') }),
    ...(reason === '' || error?.includes(reason) === true ? {} : { reason }),
    ...(endedIn === null ? {} : { endedIn }),
    ...(record.panic === undefined ? {} : { panic: record.panic }),
    ...(findings.length === 0 ? {} : { findings: [...new Set(findings)].sort() }),
  };
}

function acceptedItem({ path, allowed, secrecy, integrity, description, reason }: ItemRecord): AcceptedItem {
  return {
    ...(path === '' ? {} : { path }),
    ...(description === '' ? {} : { description }),
    passed: allowed,
    secrecy,
    integrity,
    ...(reason === '' ? {} : { reason }),
  };
}

/** Arguments for a reader: long texts, long lists and deep values are cut. */
function shortened(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return cutText(value, argTextLength);
  if (value === null || typeof value !== 'object') return value;
  if (depth === argDepth) return cutText(jsonText(value), argTextLength);
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member, depth + 1)]));
  }
  const items = value.slice(0, argListLength).map((item) => shortened(item, depth + 1));
  const rest = value.length - items.length;
  return rest > 0 ? [...items, `… ${rest} more`] : items;
}

/** A record with what the accepted form has; everything else is alike in all such records, so that two of them can be compared. */
export function recordOfAccepted(accepted: AcceptedCall): DecisionRecord {
  const { agentChange: change = {}, resource, items, lookups = [], error, reason, findings = [] } = accepted;
  return {
    ...blankRecord,
    index: accepted.call - 1,
    server: accepted.server,
    agent: accepted.agent ?? defaultAgent,
    tool: accepted.tool,
    args: accepted.args,
    mode: accepted.mode ?? 'strict',
    operation: accepted.operation ?? null,
    resource: resource ?? null,
    coarse: reason === undefined ? null : { ...plainAllow, outcome: 'allowed', reason },
    items: items === undefined ? null : items.map(itemOfAccepted),
    outcome: accepted.outcome,
    error: error === undefined ? null : error.join('\n'),
    ...(accepted.panic === undefined ? {} : { panic: accepted.panic }),
    endedIn: accepted.endedIn ?? null,
    agentBefore: { secrecy: change.secrecyLost ?? [], integrity: change.integrityLost ?? [] },
    agentAfter: { secrecy: change.secrecyGained ?? [], integrity: change.integrityGained ?? [] },
    guardCalls: lookups.length === 0 ? [] : [{ ...blankGuardCall, backendCalls: lookups.map(lookupOfAccepted) }],
    problems: findings.map((code) => ({ severity: 'warning', code, message: '' })),
    marks: accepted.unlabeled === true ? ['unlabeled'] : [],
  };
}

function itemOfAccepted(
  { path = '', passed, secrecy, integrity, description = '', reason = '' }: AcceptedItem,
  index: number,
): ItemRecord {
  return {
    ...plainAllow,
    index,
    origin: 'path',
    path,
    allowed: passed,
    secrecy,
    integrity,
    description,
    reason,
    data: null,
  };
}

function lookupOfAccepted({
  tool,
  args,
  end,
}: AcceptedLookup): DecisionRecord['guardCalls'][number]['backendCalls'][number] {
  return {
    tool,
    args,
    end,
    reached: true,
    code: 0,
    resultText: null,
    error: null,
    capacity: 0,
    attempt: 0,
    atMs: 0,
    durationMs: 0,
  };
}

const plainAllow = { decision: 'allow', secrecyToAdd: [], integrityToDrop: [] } as const;

const blankRecord = { time: null, client: { result: null }, backendResult: null } as const;

const blankGuardCall = {
  function: 'label_resource',
  input: '',
  output: null,
  attempts: [],
  log: [],
  logDropped: 0,
  stdout: '',
  stderr: '',
  memory: null,
  grows: [],
  durationMs: 0,
  error: null,
  trace: null,
  poisoned: false,
} as const;
