/** Checks rules that hold for items of a list: their labels follow them to another place, and do not depend on the other items. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';
import { formatTags, sortedTags } from '../../difc/monitor/labels.ts';
import type { LabeledItem } from '../../difc/monitor/resource.ts';
import { unwrapText } from '../../mcp/textContent.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { distinct } from '../judge.ts';
import { collectionOf } from '../labels.ts';
import { alone, type CheckPart, nameOf } from '../steps.ts';
import { responseCall, textResultOf } from '../subject/madeUpSubject.ts';
import type { CheckSubject, SampleResponse } from '../subject/checkSubject.ts';

/** Most items of a list: labels of larger ones take long, and say the same. */
const mostItems = 50;
/** Items that are also labelled alone. */
const mostAlone = 5;
/** Lists that are tried. */
const mostLists = 12;

/** A list in a result: its items, and the data with other items in its place. */
interface ListInResult {
  readonly items: readonly JsonValue[];
  readonly place: (items: readonly JsonValue[]) => JsonValue;
}

export const permutedItems: Check = {
  id: 'permuted-items',
  section: 'items',
  title: 'Permuted items have permuted labels, and an item alone has the labels that it has in the list',
  *run(subject) {
    const lists = subject.responses.flatMap((sample) => {
      const list = listIn(unwrapText(sample.result));
      return list === null ? [] : [{ sample, list }];
    });
    const findings: CheckFinding[] = [];
    let tried = 0;
    for (const { sample, list } of lists.slice(0, mostLists)) {
      const labels = yield* labelsOfList(subject, sample, list, list.items);
      if (labels === null) continue;
      tried++;
      const reversed = yield* labelsOfList(subject, sample, list, list.items.toReversed());
      const at = reversed === null ? -1 : labels.findIndex((label, from) => label !== reversed.at(-1 - from));
      if (reversed !== null && at >= 0) {
        findings.push(moved(nameOf(sample), at, labels[at] ?? '', reversed.at(-1 - at) ?? ''));
        continue;
      }
      for (const [place, item] of list.items.slice(0, mostAlone).entries()) {
        const own = yield* labelsOfList(subject, sample, list, [item]);
        if (own?.[0] !== undefined && own[0] !== labels[place]) {
          findings.push(dependsOnOthers(nameOf(sample), place, labels[place] ?? '', own[0]));
          break;
        }
      }
    }
    if (tried === 0) return notApplicable('no result is a list whose items the guard labels');
    return ended(`${tried} lists`, distinct(findings));
  },
};

/** The labels of the items as texts; null when the guard does not label each of them. */
function* labelsOfList(
  subject: CheckSubject,
  { tool, args }: SampleResponse,
  { place }: ListInResult,
  items: readonly JsonValue[],
): CheckPart<readonly string[] | null> {
  const record: GuardCallRecord = yield* alone(
    subject,
    responseCall(tool, args, textResultOf(JSON.stringify(place(items)))),
  );
  const labelled = collectionOf(record)?.items;
  return labelled?.length === items.length && (labelled[0]?.path ?? '') !== '' ? labelled.map(labelText) : null;
}

function labelText({ labels }: LabeledItem): string {
  if (labels === null) return 'no labels';
  return `secrecy ${formatTags(sortedTags(labels.secrecy))}, integrity ${formatTags(sortedTags(labels.integrity))}`;
}

/** The list of a result: the result itself, or the first list of at least two objects among its members. */
function listIn(data: JsonValue): ListInResult | null {
  if (Array.isArray(data)) {
    const items: readonly JsonValue[] = data;
    return items.length < 2 ? null : { items: items.slice(0, mostItems), place: (others) => others };
  }
  if (!isJsonObject(data)) return null;
  for (const [name, value] of Object.entries(data)) {
    if (!Array.isArray(value) || value.length < 2 || !isJsonObject(value[0])) continue;
    return { items: value.slice(0, mostItems), place: (others) => ({ ...data, [name]: others }) };
  }
  return null;
}

function moved(name: string, at: number, before: string, after: string): CheckFinding {
  return {
    severity: 'error',
    code: 'check/permutation-changes-labels',
    message: `${name}: item ${at} has ${before}; when the list is reversed, the same item has ${after}`,
    meaning: 'An item gets the labels of another one, so an agent sees what it may not see, or misses what it may see',
    hint: 'Take the labels of an item from the item itself, and count paths from 0',
    subject: 'items',
  };
}

function dependsOnOthers(name: string, at: number, inList: string, own: string): CheckFinding {
  return {
    severity: 'warning',
    code: 'check/item-depends-on-others',
    message: `${name}: item ${at} has ${inList}; alone in the list it has ${own}`,
    meaning: 'Whether an agent sees an item depends on what else is in the list',
    hint: 'Take the labels of an item from the item itself, and count paths from 0',
    subject: 'items',
  };
}
