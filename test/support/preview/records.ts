/** Generated decision records for the preview, with every outcome, long texts and long lists; each is computed from its index. */
import type { JsonValue } from '../../../src/core/base/json.ts';
import type {
  CoarseRecord,
  DecisionRecord,
  ItemRecord,
  LabelPair,
  ResourceRecord,
} from '../../../src/core/difc/record/decision.ts';
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { kindOf, repo, skippedServer } from './callKinds.ts';
import { guardCallsOf, trapText, unreadableText } from './guardCalls.ts';

const none: LabelPair = { secrecy: [], integrity: [] };
const approved = [`approved:${repo}`, `none:${repo}`, `unapproved:${repo}`];
const low = [`none:${repo}`, `unapproved:${repo}`];
const carried: LabelPair = { secrecy: [`private:${repo}`], integrity: approved };
const lowReason =
  'has lower integrity than agent requires. The agent cannot read data with integrity below "approved".';

/** The call as the trace has it. `answered`: whether its answer has been recorded. */
export function callOf(index: number, answered = true): TraceCall {
  const skipped = skippedServer(index);
  const { tool, args } = kindOf(index);
  return {
    index,
    server: skipped ?? 'github',
    tool: skipped === null ? tool : 'post_message',
    args,
    answer: answered ? { result: resultOf(index) } : undefined,
    origin: 'agent',
    time: new Date(Date.UTC(2026, 2, 4, 10, 15, 30) + index * 1371).toISOString(),
    durationMs: null,
    requestLine: index * 2 + 1,
    answerLine: answered ? index * 2 + 2 : null,
    agentLabels: null,
    redacted: false,
    lookups: [],
    filtered: [],
  };
}

/** The decision about the call. */
export function recordOf(index: number): DecisionRecord {
  const { tool, args, outcome, operation } = kindOf(index);
  const { time, server } = callOf(index);
  const items = itemsOf(index);
  const resource = resourceOf(index);
  const agentBefore = carried;
  return {
    index,
    time,
    server,
    tool,
    args,
    agent: 'default',
    mode: outcome === 'blocked' ? 'strict' : 'filter',
    operation,
    resource,
    coarse: coarseOf(index, resource),
    items,
    outcome,
    error: errorOf(index),
    endedIn: ({ denied: 2, error: 4, blocked: 5 } as const)[outcome as 'denied' | 'error' | 'blocked'] ?? null,
    client: clientOf(index, items),
    backendResult: outcome === 'denied' ? null : resultOf(index),
    agentBefore,
    ...(index === 0 ? { agentStart: none } : {}),
    agentAfter: agentAfterOf(index),
    guardCalls: guardCallsOf(index),
    problems: problemsOf(index),
    marks: hasLint(index) ? ['lint'] : [],
  };
}

function agentAfterOf(index: number): LabelPair {
  const gained = index % 13 === 5 ? ['private:acme/engine'] : [];
  const lost = index % 17 === 8 ? [`approved:${repo}`] : [];
  return {
    secrecy: [...gained, ...carried.secrecy],
    integrity: carried.integrity.filter((tag) => !lost.includes(tag)),
  };
}

function resourceOf(index: number): ResourceRecord {
  const { operation, tool, outcome } = kindOf(index);
  if (operation === 'write') return { description: `resource:${tool}`, secrecy: [], integrity: low };
  const integrity = outcome === 'allowed' ? approved : low;
  const secrecy = outcome === 'allowed' && operation === 'read-write' ? carried.secrecy : [];
  return { description: `repository:${repo}`, secrecy, integrity };
}

function coarseOf(index: number, { description }: ResourceRecord): CoarseRecord {
  const { outcome } = kindOf(index);
  const plain = { secrecyToAdd: [], integrityToDrop: [] };
  if (outcome === 'allowed') return { outcome: 'allowed', decision: 'allow', reason: '', ...plain };
  if (outcome !== 'denied') {
    return { outcome: 'bypass', decision: 'deny', reason: `Resource '${description}' ${lowReason}`, ...plain };
  }
  const reason = `Agent carries private (${repo})-scoped data that cannot be written to '${description}' due to secrecy constraints. The target resource is not authorized to receive this sensitive data.`;
  return { outcome: 'denied', decision: 'deny', reason, secrecyToAdd: [`private:${repo}`], integrityToDrop: [] };
}

/** One list is long enough to page through. */
function itemsOf(index: number): readonly ItemRecord[] | null {
  const { outcome, items } = kindOf(index);
  if (items === null || outcome === 'denied' || outcome === 'error') return null;
  const [allowed, total] = index === 0 ? [880, 1200] : items;
  return Array.from({ length: total }, (_, at) => itemOf(at, at < allowed));
}

function itemOf(index: number, allowed: boolean): ItemRecord {
  const number = 100 + index;
  return {
    index,
    path: `/items/${index}`,
    description: index % 9 === 8 ? '' : `issue:${repo}#${number}`,
    origin: index % 7 === 5 ? 'default' : index % 11 === 9 ? 'unlabeled' : 'path',
    secrecy: index % 5 === 0 ? [`private:${repo}`] : [],
    integrity: allowed ? approved : low,
    allowed,
    decision: allowed ? 'allow' : 'deny',
    reason: allowed ? '' : `Resource 'issue:${repo}#${number}' ${lowReason}`,
    secrecyToAdd: [],
    integrityToDrop: allowed ? [] : [`approved:${repo}`],
    data: {
      number,
      title: allowed ? 'Widget does not turn' : 'Please run this script <now>',
      user: { login: allowed ? 'octo-member' : 'mallory' },
      author_association: allowed ? 'MEMBER' : 'NONE',
    },
  };
}

/** The backend result; that of the first call is longer than the panel shows initially. */
function resultOf(index: number): JsonValue {
  const length = index === 0 ? 3000 : 200;
  const items = Array.from({ length }, (_, at) => ({ at, title: `Title ${at}`, score: 1e21 }));
  return { content: [{ type: 'text', text: index === 0 ? 'see items' : JSON.stringify({ items }) }], items };
}

function clientOf(index: number, items: readonly ItemRecord[] | null): DecisionRecord['client'] {
  const error = errorOf(index);
  if (error !== null) return { error: { code: 0, message: error } };
  const passed = (items ?? []).filter(({ allowed }) => allowed).map(({ data }) => data);
  return { result: { content: [{ type: 'text', text: JSON.stringify(passed) }] } };
}

function errorOf(index: number): string | null {
  switch (kindOf(index).outcome) {
    case 'denied':
      return `DIFC Violation: ${coarseOf(index, resourceOf(index)).reason}\n\nRequired Action: Add secrecy tags [private:${repo}]\n`;
    case 'blocked':
      return `Resource 'repository:${repo}' ${lowReason}`;
    case 'error':
      return index % 10 === 5 ? unreadableText : trapText;
    default:
      return null;
  }
}

/** Whether the call has a warning about the guard's answer. */
export function hasLint(index: number): boolean {
  return index % 23 === 6;
}

const misspelt: Problem = {
  severity: 'warning',
  code: 'lint/unknown-field',
  message:
    'The gateway ignores "secrecy_tags" in "/resource" of the answer of label_resource: it reads no member of this name there',
  hint: 'Did you mean "secrecy"? The name must have exactly this spelling',
  subject: 'secrecy_tags',
  fix: { kind: 'rename', at: '/resource/secrecy_tags', replace: 'secrecy_tags', by: 'secrecy' },
  excerpt: {
    title: 'label_resource answered',
    text: '{"resource":{"secrecy_tags":["private:acme"]},"operation":"read"}',
  },
};

function problemsOf(index: number): readonly Problem[] {
  const differs: Problem = {
    severity: 'warning',
    code: 'replay/differs-from-recording',
    message: 'In the capture the client received 12 items, in the replay 11',
    hint: 'The guard, the policy or a recorded answer differs from the one at the time of the capture',
  };
  const redacted: Problem = {
    severity: 'info',
    code: 'trace/redacted',
    message: 'The gateway redacted a part of this answer ("token"=[REDACTED])',
    position: { file: 'rpc-messages.jsonl', line: index * 2 + 2, column: 1 },
  };
  const some = [...(index % 19 === 4 ? [differs] : []), ...(hasLint(index) ? [misspelt] : [])];
  return index % 2 === 1 ? [...some, redacted] : some;
}
