/** Finds surprising gateway behaviour in one decision record; each finding names the phase it belongs to. */
import { isJsonObject } from '../../base/json.ts';
import { isErrorResult, unwrapText } from '../../mcp/textContent.ts';
import { agentChange } from '../monitor/agent.ts';
import type { DecisionRecord, ItemRecord } from '../record/decision.ts';
import { brokenRules, quoteTag, quoteTags } from './explainRules.ts';
import { vanishedLabels } from './labelQuirks.ts';
import { sortedTags } from '../monitor/labels.ts';
import { shouldAccumulateReadLabels } from '../monitor/pipelineDecisions.ts';
import { count, type Finder, guardAnswer, note, type Quirk, quirk } from './quirk.ts';

/** Returns every quirk of one decision, in phase order. */
export function findQuirks(record: DecisionRecord): readonly Quirk[] {
  const found: Quirk[] = [];
  for (const find of finders) {
    const one = find(record);
    if (one !== null) found.push(one);
  }
  return found;
}

/** The gateway treats an unknown operation as a write (gateway spec 2.5). */
const unknownOperation: Finder = (record) => {
  const answer = guardAnswer(record, 'label_resource');
  if (record.operation !== 'write' || !isJsonObject(answer) || answer['operation'] === 'write') return null;
  const given = answer['operation'];
  const what = given === undefined ? 'no operation' : `the operation ${JSON.stringify(given)}`;
  return quirk(
    1,
    'unknown-operation',
    `The guard returned ${what}, so the gateway treats the call as a write`,
    'Return "read", "write" or "read-write" with exactly this spelling',
  );
};

/** Integrity is checked first, and a failed integrity check hides a failed secrecy check (gateway spec 3.2). */
const integrityMasksSecrecy: Finder = (record) => {
  const { operation, resource, coarse, agentBefore } = record;
  if (operation === null || resource === null || record.mode === 'propagate') return null;
  const subjects = record.items ?? (coarse?.decision === 'deny' ? [resource] : []);
  const masked = subjects
    .map((subject) => brokenRules(operation, agentBefore, subject))
    .filter((broken) => broken.length > 1 && broken[0]?.rule.endsWith('integrity') === true)
    .filter(([, ...rest]) => rest.some(isSecrecy));
  if (masked.length === 0) return null;
  const tags = sortedTags(masked.flatMap((broken) => broken.filter(isSecrecy).flatMap(({ missing }) => missing)));
  const where = record.items === null ? '' : ` for ${count(masked.length, 'item')}`;
  return quirk(
    record.items === null ? 2 : 5,
    'integrity-masks-secrecy',
    `The reason names only integrity, but secrecy also fails${where}: ${quoteTags(tags)} ${tags.length === 1 ? 'is' : 'are'} missing`,
    'The gateway stops at the first failed check; fixing integrity alone does not allow the access',
  );
};

/** Without item labels after a denied coarse check, the result is not checked at all (gateway spec 3.7, step 12). */
const unlabeledAfterDeny: Finder = (record) => {
  if (record.coarse?.outcome !== 'bypass' || !wentThroughUnlabeled(record)) return null;
  return quirk(
    5,
    'unlabeled-after-deny',
    'The coarse check denied the read, but the guard labelled no items, so the client got the whole result unfiltered',
    'Return labels from label_response for every result of a read; default_labels alone are enough',
  );
};

/** An output of 0 bytes from label_response means "no labels", not an error (gateway spec 2.6). */
const emptyLabelResponse: Finder = (record) => {
  const call = record.guardCalls.findLast((one) => one.function === 'label_response');
  if (call === undefined || call.error !== null || call.output !== '') return null;
  // Passing an error result on without labels is right: labels would make an ordinary result of it.
  if (isJsonObject(record.backendResult) && isErrorResult(record.backendResult)) return null;
  return quirk(
    4,
    'empty-label-response',
    'label_response wrote 0 bytes, which the gateway treats as "no labels", not as a failure',
    'Return a negative code when the guard cannot read the result or its output does not fit the buffer',
  );
};

/** The evaluator dereferences a nil pointer for a legacy item without labels (gateway spec 2.6.2). */
const itemWithoutLabels: Finder = (record) => {
  if (record.panic === undefined || record.endedIn !== 5) return null;
  const answer = guardAnswer(record, 'label_response');
  const items = isJsonObject(answer) && Array.isArray(answer['items']) ? answer['items'].filter(isJsonObject) : [];
  const index = items.findIndex((item) => !isJsonObject(item['labels'] ?? null));
  return {
    ...quirk(
      5,
      'item-without-labels',
      `${index < 0 ? 'A legacy item' : `Legacy item ${index}`} has no "labels" object; the gateway dereferences a nil pointer and crashes`,
      'Give every item a "labels" object (it may be empty), or return labeled_paths',
    ),
    severity: 'error',
  };
};

/** Items without an entry and without default labels get empty labels, not the labels of the resource (gateway spec 2.6.1). */
const unlabeledItems: Finder = ({ items, resource }) => {
  const unlabeled = (items ?? []).filter(({ origin }) => origin === 'unlabeled').length;
  if (unlabeled === 0 || resource === null || resource.secrecy.length + resource.integrity.length === 0) return null;
  return quirk(
    4,
    'unlabeled-items',
    `${count(unlabeled, 'item')} got empty labels: items without an entry in labeled_paths do not inherit the labels of the resource`,
    'Return default_labels for items without their own entry',
  );
};

/** A read-write call is already carried out when its response is refused (gateway spec 3.7, step 11). */
const writeAlreadyHappened: Finder = (record) => {
  const refused = record.endedIn === 4 || record.endedIn === 5 || record.endedIn === 6;
  if (record.operation !== 'read-write' || !refused) return null;
  return quirk(
    record.endedIn,
    'write-already-happened',
    'The client gets an error, but the backend has already carried out the change',
  );
};

/** The gateway converts every labelled response to a JSON array of items and drops the surrounding object (gateway spec 3.8). */
const envelopeLost: Finder = (record) => {
  if (!reachedClient(record) || record.items === null) return null;
  const singleResult = record.items.length === 1 && record.items[0]?.path === '' && record.items[0].origin !== 'legacy';
  if (singleResult) {
    return note(
      6,
      'wrapped-result',
      'The result is a single item, so the client gets it as JSON text: an array with one MCP result',
      'This happens whenever the response is not an array and items_path is empty; labeled_paths are ignored then',
    );
  }
  const data = record.backendResult === null ? null : unwrapText(record.backendResult);
  if (!isJsonObject(data) || record.items.every(({ origin }) => origin === 'legacy')) return null;
  return note(
    6,
    'envelope-lost',
    'The client gets only the array of items: the members around it (counts, pages) are removed, even when nothing was withheld',
  );
};

/** The gateway drops `isError` when it converts a labelled response (gateway spec 3.8). */
const isErrorLost: Finder = (record) => {
  if (!reachedClient(record) || record.items === null) return null;
  if (!isJsonObject(record.backendResult) || !isErrorResult(record.backendResult)) return null;
  return quirk(
    6,
    'is-error-lost',
    'The backend returned an error result (isError), but after labelling the client gets an ordinary result',
    'Return no labels (0 bytes) for error results to pass them on unchanged',
  );
};

/** Propagation also takes on the labels of withheld items (gateway spec 3.6, phase 6). */
const withheldItemsCount: Finder = (record) => {
  if (!accumulated(record)) return null;
  const shown = new Set((record.items ?? []).filter(({ allowed }) => allowed).flatMap(({ secrecy }) => secrecy));
  const withheld = new Set((record.items ?? []).filter(({ allowed }) => !allowed).flatMap(({ secrecy }) => secrecy));
  const gained = agentChange(record.agentBefore, record.agentAfter).secrecyGained;
  const tags = gained.filter((tag) => withheld.has(tag) && !shown.has(tag));
  if (tags.length === 0) return null;
  return quirk(
    6,
    'withheld-items-count',
    `The agent gained secrecy ${quoteTags(tags)} from items that were withheld from it`,
  );
};

/** An empty list has no integrity, so reading it removes all of the agent's integrity (gateway spec 3.6, phase 6). */
const emptyListWipes: Finder = (record) => {
  if (!accumulated(record) || record.items?.length !== 0) return null;
  const lost = agentChange(record.agentBefore, record.agentAfter).integrityLost;
  if (lost.length === 0) return null;
  return quirk(
    6,
    'empty-list-wipes-integrity',
    `The response has no items, and reading it removed all integrity from the agent: ${quoteTags(lost)}`,
    'In propagate mode an empty list counts as data without integrity; default_labels do not help',
  );
};

/** The integrity of a list is the union over its items, so one trusted item preserves a tag for all (gateway spec 3.4). */
const trustedItemVouches: Finder = (record) => {
  if (!accumulated(record)) return null;
  const items: readonly ItemRecord[] = record.items ?? [];
  const tag = record.agentAfter.integrity.find((held) => items.some(({ integrity }) => !integrity.includes(held)));
  if (tag === undefined || items.length < 2) return null;
  return quirk(
    6,
    'trusted-item-vouches',
    `The agent keeps integrity ${quoteTag(tag)} although it read items without it: one item with the tag is enough`,
  );
};

const finders: readonly Finder[] = [
  unknownOperation,
  vanishedLabels,
  emptyLabelResponse,
  unlabeledItems,
  integrityMasksSecrecy,
  unlabeledAfterDeny,
  itemWithoutLabels,
  writeAlreadyHappened,
  isErrorLost,
  envelopeLost,
  withheldItemsCount,
  emptyListWipes,
  trustedItemVouches,
];

/** Whether a read passed phase 5 without item labels, although label_response was called. */
export function wentThroughUnlabeled(record: DecisionRecord): boolean {
  return record.operation === 'read' && record.items === null && reachedPhase6(record);
}

function reachedPhase6({ endedIn, coarse }: DecisionRecord): boolean {
  return coarse !== null && (endedIn === null || endedIn === 6);
}

function reachedClient({ endedIn, error }: DecisionRecord): boolean {
  return endedIn === null && error === null;
}

function accumulated(record: DecisionRecord): boolean {
  const { operation, mode } = record;
  return operation !== null && reachedPhase6(record) && shouldAccumulateReadLabels(operation, mode);
}

function isSecrecy({ rule }: { readonly rule: string }): boolean {
  return rule.endsWith('secrecy');
}
