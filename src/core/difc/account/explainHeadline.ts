/** Writes the headline of a decision: one sentence with the outcome and its deciding reason. */
import { agentChange } from '../monitor/agent.ts';
import { failedCallText } from './guardDeath.ts';
import type { GuardFunction } from '../record/guardCall.ts';
import type { DecisionRecord, Outcome } from '../record/decision.ts';
import { brokenRules, brokenRuleText, denyingRule, quoteTags } from './explainRules.ts';
import { shouldCallLabelResponse } from '../monitor/pipelineDecisions.ts';
import { wentThroughUnlabeled } from './quirks.ts';
import { withheldCause } from './withheld.ts';

/** Returns what happened to a call and why, as one sentence without a full stop. */
export function explainHeadline(record: DecisionRecord): string {
  return headlines[record.outcome](record);
}

const headlines: Readonly<Record<Outcome, (record: DecisionRecord) => string>> = {
  allowed: allowedHeadline,
  filtered: filteredHeadline,
  denied: deniedHeadline,
  blocked: blockedHeadline,
  error: errorHeadline,
};

function allowedHeadline(record: DecisionRecord): string {
  const { operation, resource, items, mode } = record;
  if (operation === null || resource === null) return 'Allowed';
  if (record.endedIn === 3) return 'Passed on unlabelled: the backend returned a rate limit error';
  const what = `"${resource.description}"`;
  if (operation === 'write') return `Allowed: the agent may write to ${what}`;
  const change = changeText(record);
  if (items !== null) {
    const allItems = items.length === 1 ? 'the item' : `all ${items.length} items`;
    const reads = items.length === 0 ? 'the response has no items to check' : `${allItems} may be read`;
    return `Allowed: ${reads}${change}`;
  }
  if (record.coarse?.outcome === 'bypass' && wentThroughUnlabeled(record)) {
    return `Passed unfiltered: the agent may not read ${what}, but the guard labelled no items, so nothing was withheld`;
  }
  const may = operation === 'read-write' ? 'read and write' : 'read';
  const unlabeled = shouldCallLabelResponse(operation, mode) ? '; the guard labelled no items' : '';
  return `Allowed: the agent may ${may} ${what}${unlabeled}${change}`;
}

function filteredHeadline(record: DecisionRecord): string {
  const items = record.items ?? [];
  const withheld = items.filter(({ allowed }) => !allowed);
  const [only] = withheld;
  const name = withheld.length === 1 && only !== undefined && only.description !== '' ? ` ("${only.description}")` : '';
  const were = withheld.length === 1 ? 'was' : 'were';
  return `Filtered: ${withheld.length} of ${items.length} items ${were} withheld${name}: ${withheldCause(record)}`;
}

function deniedHeadline(record: DecisionRecord): string {
  const { operation, resource, agentBefore, mode } = record;
  if (operation === null || resource === null) return 'Denied';
  const denying = denyingRule(mode, brokenRules(operation, agentBefore, resource));
  const why = denying === undefined ? (record.coarse?.reason ?? '') : brokenRuleText(denying);
  return `Denied before the backend was called: ${why} ("${resource.description}")`;
}

function blockedHeadline(record: DecisionRecord): string {
  const items = record.items ?? [];
  const withheld = items.filter(({ allowed }) => !allowed);
  const cause = withheldCause(record);
  if (record.mode === 'strict') {
    return `Blocked: strict mode withholds the whole response because of ${withheld.length} of ${items.length} items: ${cause}`;
  }
  return `Blocked: the only item was withheld, and ${record.tool} returns a single resource, so the client gets an error: ${cause}`;
}

function errorHeadline(record: DecisionRecord): string {
  const text = failureText(record).split('\n', 1)[0] ?? '';
  const failed = (name: GuardFunction, when = ''): string => failedCallText(name, record.guardCalls.at(-1), text, when);
  if (record.panic !== undefined) return `The gateway crashes on this call: ${text}`;
  switch (record.endedIn) {
    case 'init':
      return record.guardCalls.length > 0
        ? `Refused because ${failed('label_agent')}`
        : `Refused before the guard was called: ${text}`;
    case 1:
      return `Refused because ${failed('label_resource')}`;
    case 3:
      return `The backend failed: ${text}`;
    case 4:
      return `Refused because ${failed('label_response', ' after the backend had answered')}`;
    default:
      return `Failed: ${text}`;
  }
}

/** Returns the error without the gateway's prefixes, which repeat the name of the phase. */
export function failureText({ error }: DecisionRecord): string {
  const prefixes = [
    'guard labeling failed: resource labeling failed: ',
    'response labeling failed: response labeling failed: ',
    'guard session initialization failed: LabelAgent failed: ',
  ];
  const prefix = prefixes.find((one) => error?.startsWith(one)) ?? '';
  return (error ?? '').slice(prefix.length);
}

function changeText(record: DecisionRecord): string {
  const { secrecyGained, integrityLost } = agentChange(record.agentBefore, record.agentAfter);
  const parts = [
    ...(secrecyGained.length === 0 ? [] : [`gained secrecy ${quoteTags(secrecyGained)}`]),
    ...(integrityLost.length === 0 ? [] : [`lost integrity ${quoteTags(integrityLost)}`]),
  ];
  return parts.length === 0 ? '' : `, and the agent ${parts.join(' and ')}`;
}
