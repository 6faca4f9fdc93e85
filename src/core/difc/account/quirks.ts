/** Behaviour of the gateway that will surprise whoever reads a decision: findings over one record, each with the place it belongs to. */
import { isJsonObject } from '../../base/json.ts';
import { isErrorResult, unwrapText } from '../../mcp/textContent.ts';
import { agentChange } from '../monitor/agent.ts';
import type { DecisionRecord, ItemRecord } from '../record/decision.ts';
import { brokenRules, quoteTag, quoteTags } from './explainRules.ts';
import { vanishedLabels } from './labelQuirks.ts';
import { sortedTags } from '../monitor/labels.ts';
import { shouldAccumulateReadLabels } from '../monitor/pipelineDecisions.ts';
import { count, type Finder, guardAnswer, note, type Quirk, quirk } from './quirk.ts';

/** Every quirk that shows in one decision, in the order of the phases. */
export function findQuirks(record: DecisionRecord): readonly Quirk[] {
  return finders.flatMap((find) => find(record) ?? []);
}

/** An operation that the gateway does not know counts as a write (gateway spec 2.5). */
const unknownOperation: Finder = (record) => {
  const answer = guardAnswer(record, 'label_resource');
  if (record.operation !== 'write' || !isJsonObject(answer) || answer['operation'] === 'write') return null;
  const given = answer['operation'];
  const what = given === undefined ? 'no operation' : `the operation ${JSON.stringify(given)}`;
  return quirk(
    1,
    'unknown-operation',
    `The guard gave ${what}, so the call counts as a write`,
    'Answer "read", "write" or "read-write", in exactly these letters',
  );
};

/** Integrity is checked first, and a failure there hides one of secrecy (gateway spec 3.2). */
const integrityMasksSecrecy: Finder = (record) => {
  const { operation, resource, coarse, agentBefore } = record;
  if (operation === null || resource === null || record.mode === 'propagate') return null;
  const subjects = record.items ?? (coarse?.decision === 'deny' ? [resource] : []);
  const masked = subjects
    .map((subject) => brokenRules(operation, agentBefore, subject))
    .filter(([first, ...rest]) => first?.rule.endsWith('integrity') === true && rest.some(isSecrecy));
  if (masked.length === 0) return null;
  const tags = sortedTags(masked.flatMap((broken) => broken.filter(isSecrecy).flatMap(({ missing }) => missing)));
  const where = record.items === null ? '' : ` for ${count(masked.length, 'item')}`;
  return quirk(
    record.items === null ? 2 : 5,
    'integrity-masks-secrecy',
    `The reason names only integrity, but secrecy fails too${where}: ${quoteTags(tags)} ${tags.length === 1 ? 'is' : 'are'} missing`,
    'The gateway stops at the first failed check; mending integrity alone will not let the access pass',
  );
};

/** No item labels after a denied coarse check: nobody checks the result any more (gateway spec 3.7, step 12). */
const unlabeledAfterDeny: Finder = (record) => {
  if (record.coarse?.outcome !== 'bypass' || !wentThroughUnlabeled(record)) return null;
  return quirk(
    5,
    'unlabeled-after-deny',
    'The coarse check said deny, but the guard labelled no items, so the whole result went to the client unfiltered',
    'Let label_response answer labels for every result of a read; default_labels alone are enough',
  );
};

/** Zero bytes from label_response mean "no labels", not an error (gateway spec 2.6). */
const emptyLabelResponse: Finder = (record) => {
  const call = record.guardCalls.findLast((one) => one.function === 'label_response');
  if (call === undefined || call.error !== null || call.output !== '') return null;
  return quirk(
    4,
    'empty-label-response',
    'label_response wrote 0 bytes, which the gateway takes as "no labels", not as a failure',
    'A guard that could not read the result, or whose answer did not fit the buffer, should return a negative code',
  );
};

/** An item without labels is a nil pointer for the evaluator (gateway spec 2.6.2). */
const itemWithoutLabels: Finder = (record) => {
  if (record.panic === undefined || record.endedIn !== 5) return null;
  const answer = guardAnswer(record, 'label_response');
  const items = isJsonObject(answer) && Array.isArray(answer['items']) ? answer['items'].filter(isJsonObject) : [];
  const index = items.findIndex((item) => !isJsonObject(item['labels'] ?? null));
  return {
    ...quirk(
      5,
      'item-without-labels',
      `${index < 0 ? 'An item' : `Item ${index}`} of the legacy format has no labels object; the gateway dereferences nil there and crashes`,
      'Give every item a "labels" object, an empty one at least, or answer with labeled_paths',
    ),
    severity: 'error',
  };
};

/** Items that no path and no default names get empty labels, not those of the resource (gateway spec 2.6.1). */
const unlabeledItems: Finder = ({ items, resource }) => {
  const bare = (items ?? []).filter(({ origin }) => origin === 'unlabeled').length;
  if (bare === 0 || resource === null || resource.secrecy.length + resource.integrity.length === 0) return null;
  return quirk(
    4,
    'unlabeled-items',
    `${count(bare, 'item')} got empty labels: what labeled_paths does not name inherits nothing from the resource`,
    'Answer default_labels for the items without an entry of their own',
  );
};

/** The result is read-write and already carried out when its response is refused (gateway spec 3.7, step 11). */
const writeAlreadyHappened: Finder = (record) => {
  const refused = record.endedIn === 4 || record.endedIn === 5 || record.endedIn === 6;
  if (record.operation !== 'read-write' || !refused) return null;
  return quirk(
    record.endedIn,
    'write-already-happened',
    'The client gets an error, but the backend has already carried out the change',
  );
};

/** Every labelled response becomes the JSON of an array: the rest of the object is gone (gateway spec 3.8). */
const envelopeLost: Finder = (record) => {
  if (!reachedClient(record) || record.items === null) return null;
  const whole = record.items.length === 1 && record.items[0]?.path === '' && record.items[0].origin !== 'legacy';
  if (whole) {
    return note(
      6,
      'wrapped-result',
      'The result is one item, so the client gets it as JSON inside a text: an array of one MCP result',
      'This happens whenever the response is no array and items_path is empty; labeled_paths do not count then',
    );
  }
  const data = record.backendResult === null ? null : unwrapText(record.backendResult);
  if (!isJsonObject(data) || record.items.every(({ origin }) => origin === 'legacy')) return null;
  return note(
    6,
    'envelope-lost',
    'The client gets only the array of items: the members around it (counts, pages) are gone, also where nothing was withheld',
  );
};

/** `isError` does not survive labelling (gateway spec 3.8). */
const isErrorLost: Finder = (record) => {
  if (!reachedClient(record) || record.items === null) return null;
  if (!isJsonObject(record.backendResult) || !isErrorResult(record.backendResult)) return null;
  return quirk(
    6,
    'is-error-lost',
    'The backend answered with isError, but once labelled the client gets it as an ordinary result',
    'Answer without labels (0 bytes) for error results to hand them on unchanged',
  );
};

/** Withheld items count when the agent takes on what it read (gateway spec 3.6, phase 6). */
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

/** No items have no integrity, so an empty list takes all of it (gateway spec 3.6, phase 6). */
const emptyListWipes: Finder = (record) => {
  if (!accumulated(record) || record.items?.length !== 0) return null;
  const lost = agentChange(record.agentBefore, record.agentAfter).integrityLost;
  if (lost.length === 0) return null;
  return quirk(
    6,
    'empty-list-wipes-integrity',
    `The response has no items, and reading nothing cost the agent all its integrity: ${quoteTags(lost)}`,
    'In propagate mode an empty list counts as data without integrity; default_labels do not help',
  );
};

/** The integrity of a list is the union of its items', so one trusted item vouches for all (gateway spec 3.4). */
const trustedItemVouches: Finder = (record) => {
  if (!accumulated(record)) return null;
  const items: readonly ItemRecord[] = record.items ?? [];
  const tag = record.agentAfter.integrity.find((kept) => items.some(({ integrity }) => !integrity.includes(kept)));
  if (tag === undefined || items.length < 2) return null;
  return quirk(
    6,
    'trusted-item-vouches',
    `The agent keeps integrity ${quoteTag(tag)} although it read items without it: one item that has the tag is enough`,
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

/** Whether the call went through phase 5 without item labels, though the guard was asked for some. */
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
