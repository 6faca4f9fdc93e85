/** Describes a decision phase by phase: what each phase asked and found, and why the call continued or ended there. */
import { isJsonObject } from '../../base/json.ts';
import { isErrorResult } from '../../mcp/textContent.ts';
import { agentChange } from '../monitor/agent.ts';
import { isCircuitRefusal } from '../monitor/circuitBreaker.ts';
import type { DecisionRecord, LabelPair, PhaseId } from '../record/decision.ts';
import { describeCoarse } from './explainCoarse.ts';
import { failureText } from './explainHeadline.ts';
import { quoteTag, quoteTags } from './explainRules.ts';
import type { LabelKind } from '../monitor/flowLabels.ts';
import { failedCallText } from './guardDeath.ts';
import type { GuardFunction } from '../record/guardCall.ts';
import { shouldAccumulateReadLabels, shouldCallLabelResponse } from '../monitor/pipelineDecisions.ts';
import type { PhaseAccount, PhaseStatus, PhaseTags, PhaseText } from './phaseText.ts';
import type { Quirk } from './quirk.ts';
import { findQuirks } from './quirks.ts';
import { withheldCause } from './withheld.ts';

/** Describes the phases of a call in order: `init` only when the call ended there, then 0 to 6. */
export function describePhases(record: DecisionRecord): readonly PhaseAccount[] {
  const quirks = findQuirks(record);
  const ids = record.endedIn === 'init' ? (['init', ...phases] as const) : phases;
  return ids.map((id): PhaseAccount => {
    if (!reached(record, id)) return { id, title: titles[id], status: 'skipped', sentences: [] };
    const text = describers[id](record);
    const found = quirks.filter(({ anchor }) => anchor === id);
    const tags = (text.tags ?? []).filter((list) => list.tags.length > 0);
    return {
      id,
      title: titles[id],
      status: statusOf(
        record,
        id,
        text,
        found.some(({ severity }) => severity !== 'info'),
      ),
      sentences: [...text.sentences, ...found.filter(addsToAccount).map(({ message }) => message)],
      ...(tags.length === 0 ? {} : { tags }),
    };
  });
}

/** False for hidden failures of the coarse check: describeCoarse() already reports them. */
function addsToAccount({ code, anchor }: Quirk): boolean {
  return !(code === 'difc/integrity-masks-secrecy' && anchor === 2);
}

const phases = [0, 1, 2, 3, 4, 5, 6] as const satisfies readonly PhaseId[];

const titles: Readonly<Record<PhaseId, string>> = {
  init: 'Before the guard',
  0: 'Agent labels',
  1: 'Label the resource',
  2: 'Coarse check',
  3: 'Backend call',
  4: 'Label the response',
  5: 'Filter the items',
  6: 'Update the agent and answer',
};

const describers: Readonly<Record<PhaseId, (record: DecisionRecord) => PhaseText>> = {
  init: ({ error, guardCalls }) => {
    const when = guardCalls.length > 0 ? 'when label_agent failed' : 'before the guard was called';
    return { sentences: [`The call ended ${when}: ${error ?? ''}`] };
  },
  0: describeAgent,
  1: describeResource,
  2: describeCoarse,
  3: describeBackend,
  4: describeLabelResponse,
  5: describeFilter,
  6: describeUpdate,
};

function reached({ endedIn }: DecisionRecord, id: PhaseId): boolean {
  if (endedIn === null || id === 'init') return true;
  return endedIn !== 'init' && id <= endedIn;
}

function statusOf(record: DecisionRecord, id: PhaseId, text: PhaseText, surprised: boolean): PhaseStatus {
  const endedHere = record.endedIn === id;
  // A rate limit ends the call early too, but the client gets the backend's answer.
  if (endedHere && record.error !== null) return 'stopped';
  if (endedHere || surprised || text.surprising === true) return 'warning';
  return text.idle === true ? 'skipped' : 'done';
}

function describeAgent({ agent, mode, agentBefore }: DecisionRecord): PhaseText {
  const sentences = [`Agent ${quoteTag(agent)} has ${labelText(agentBefore)}, in ${mode} mode`];
  return { sentences, tags: labelTags('agent', agentBefore) };
}

function describeResource(record: DecisionRecord): PhaseText {
  const { operation, resource } = record;
  const asked = lookups(record, 'label_resource');
  if (operation === null || resource === null) {
    return {
      sentences: [
        ...asked,
        failedCallText('label_resource', record.guardCalls.at(-1), failureText(record)),
        'Nothing was sent to the backend',
      ],
    };
  }
  const labelled = `The guard labelled the call as a ${operation} of ${quoteTag(resource.description)} with ${labelText(resource)}`;
  return { sentences: [...asked, labelled], tags: labelTags('resource', resource) };
}

function describeBackend({ endedIn, error, backendResult, outcome }: DecisionRecord): PhaseText {
  if (endedIn === 3 && outcome === 'error') {
    if (error === null || !isCircuitRefusal(error)) return { sentences: [`The backend failed: ${error ?? ''}`] };
    const why =
      'After several rate limits in a row the gateway does not call the backend until the limit resets or the cooldown ends';
    return { sentences: [`Nothing was sent to the backend: ${error}`, why] };
  }
  const failed = isJsonObject(backendResult) && isErrorResult(backendResult);
  if (endedIn !== 3)
    return { sentences: [failed ? 'The backend answered with an error result' : 'The backend answered'] };
  return {
    sentences: [
      'The backend returned a rate limit error',
      'The client gets this error as text, and label_response is not called',
    ],
  };
}

function describeLabelResponse(record: DecisionRecord): PhaseText {
  const { operation, mode, items } = record;
  if (operation === null) return { sentences: [] };
  if (!shouldCallLabelResponse(operation, mode)) {
    const never = operation === 'write' ? 'after a write' : 'for a read-write call in strict mode';
    return { sentences: [`label_response is not called ${never}`], idle: true };
  }
  const when = operation === 'read' ? 'reads, in every mode' : 'read-write calls, in filter and propagate mode';
  const asked = [`label_response is called for ${when}`, ...lookups(record, 'label_response')];
  if (record.endedIn === 4)
    return { sentences: [...asked, failedCallText('label_response', record.guardCalls.at(-1), failureText(record))] };
  if (record.panic !== undefined) return { sentences: asked };
  if (items === null) return { sentences: [...asked, 'It returned no item labels'] };
  const origins = originTexts
    .map(([origin, text]) => [items.filter((item) => item.origin === origin).length, text] as const)
    .flatMap(([n, text]) => (n === 0 ? [] : [`${n} ${text}`]));
  const how = origins.length === 0 ? '' : `: ${origins.join(', ')}`;
  return { sentences: [...asked, `The response has ${countItems(items.length)}${how}`] };
}

const originTexts = [
  ['path', 'with their own labels'],
  ['default', 'with default_labels'],
  ['unlabeled', 'without labels'],
  ['legacy', 'from the legacy items list'],
] as const;

function describeFilter(record: DecisionRecord): PhaseText {
  const { items, mode, panic, operation, tool } = record;
  if (panic !== undefined) return { sentences: [`The gateway crashes: ${panic}`] };
  if (items === null) return { sentences: ['Without item labels the whole result is passed on unchanged'], idle: true };
  const withheld = items.filter(({ allowed }) => !allowed).length;
  if (withheld === 0) {
    const passes = mode === 'propagate' && operation === 'read' ? ': propagate mode withholds nothing from a read' : '';
    const all = items.length === 1 ? 'The item is allowed' : `All ${items.length} items are allowed`;
    return { sentences: [items.length === 0 ? 'There are no items to check' : `${all}${passes}`] };
  }
  const are = withheld === 1 ? 'is' : 'are';
  const found = `${withheld} of ${countItems(items.length)} ${are} not accessible to the agent: ${withheldCause(record)}`;
  if (record.endedIn !== 5) {
    const rest = withheld === items.length ? 'an empty list' : 'the other items';
    return { sentences: [found, `The client gets ${rest} and a notice about what was withheld`] };
  }
  const why =
    mode === 'strict'
      ? 'In strict mode one inaccessible item blocks the whole response'
      : `${quoteTag(tool)} returns a single resource (its name starts with neither list_ nor search_), so the client gets an error instead of an empty list`;
  return { sentences: [found, why] };
}

function describeUpdate(record: DecisionRecord): PhaseText {
  const failed = record.endedIn === 6 ? [`The result could not be converted: ${record.error ?? ''}`] : [];
  const { operation, mode, items } = record;
  if (operation === null || !shouldAccumulateReadLabels(operation, mode)) {
    const who = operation === 'write' ? 'A write never changes' : 'Only propagate mode changes';
    return { sentences: [`${who} the agent's labels`, ...failed], idle: failed.length === 0 };
  }
  const change = agentChange(record.agentBefore, record.agentAfter);
  const parts = [
    ...(change.secrecyGained.length === 0 ? [] : [`gained secrecy ${quoteTags(change.secrecyGained)}`]),
    ...(change.integrityLost.length === 0 ? [] : [`lost integrity ${quoteTags(change.integrityLost)}`]),
  ];
  const result = parts.length === 0 ? 'kept its labels' : parts.join(' and ');
  return {
    sentences: [`${readText(items)}, the agent ${result}`, ...failed],
    tags: [
      { role: 'gained', kind: 'secrecy', tags: change.secrecyGained },
      { role: 'lost', kind: 'integrity', tags: change.integrityLost },
    ],
  };
}

function readText(items: DecisionRecord['items']): string {
  if (items === null) return 'Reading the resource';
  if (items.length === 0) return 'Reading an empty list';
  return items.length === 1 ? 'Reading the item' : `Reading the ${items.length} items together`;
}

/** One sentence about the look-ups that one guard function made; empty without look-ups. */
function lookups({ guardCalls }: DecisionRecord, name: GuardFunction): readonly string[] {
  const tools = guardCalls.filter((call) => call.function === name).flatMap((call) => call.backendCalls);
  if (tools.length === 0) return [];
  const names = [...new Set(tools.map(({ tool }) => tool))];
  return [`${name} made ${tools.length === 1 ? 'a look-up' : `${tools.length} look-ups`} (${names.join(', ')})`];
}

function labelText({ secrecy, integrity }: LabelPair): string {
  const list = (kind: LabelKind, tags: readonly string[]): string =>
    tags.length === 0 ? `no ${kind}` : `${kind} ${quoteTags(tags)}`;
  return `${list('secrecy', secrecy)} and ${list('integrity', integrity)}`;
}

function labelTags(role: PhaseTags['role'], { secrecy, integrity }: LabelPair): readonly PhaseTags[] {
  return [
    { role, kind: 'secrecy', tags: secrecy },
    { role, kind: 'integrity', tags: integrity },
  ];
}

function countItems(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}
