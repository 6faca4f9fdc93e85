/** Compares the decisions of two runs about one call: what changed, by kind, with the first place of each and a sentence part for the reader. */
import type { JsonValue } from '../base/json.ts';
import { cutText } from '../base/cutText.ts';
import { jsonText } from '../base/jsonText.ts';
import { listText } from '../base/listText.ts';
import { type AgentChange, agentChange } from '../difc/monitor/agent.ts';
import type { DecisionRecord, ItemRecord, LabelPair } from '../difc/record/decision.ts';
import { type ChangeKind, changeKinds } from '../difc/record/changeKind.ts';
import { grownPages, partsOf } from './decisionParts.ts';
import { type JsonDifference, jsonDifferences } from './jsonDifference.ts';

/** A change of one kind. */
export interface DecisionChange {
  readonly kind: ChangeKind;
  /** The first place in the record that differs, as a JSON Pointer. */
  readonly pointer: string;
  /** The values at that place; null where the record has none. */
  readonly before: JsonValue;
  readonly after: JsonValue;
  /** What changed, for example `was allowed, is denied`. */
  readonly text: string;
}

const shownLength = 60;
const shownItems = 3;
const shownTags = 6;

/** The changes from one decision to the other, by weight; empty when both are the same. */
export function compareDecisions(before: DecisionRecord, after: DecisionRecord): readonly DecisionChange[] {
  return changeKinds.flatMap((kind): readonly DecisionChange[] => {
    const first = firstDifference(kind, before, after);
    if (first === undefined) return [];
    const text = textOf[kind]?.(before, after) ?? valuesText(first);
    return [{ kind, pointer: first.pointer, before: first.before ?? null, after: first.after ?? null, text }];
  });
}

function firstDifference(kind: ChangeKind, before: DecisionRecord, after: DecisionRecord): JsonDifference | undefined {
  const [were, are] = [partsOf[kind](before), partsOf[kind](after)];
  for (let at = 0; at < Math.max(were.length, are.length); at++) {
    const pointer = (were[at] ?? are[at])?.pointer ?? '';
    const [first] = jsonDifferences(were[at]?.value, are[at]?.value, 1, pointer);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** The sentence parts of kinds that say more than two values. */
const textOf: Readonly<Partial<Record<ChangeKind, (before: DecisionRecord, after: DecisionRecord) => string>>> = {
  outcome: (before, after) => `was ${outcomeText(before)}, is ${outcomeText(after)}`,
  operation: (before, after) => `was ${before.operation ?? 'unknown'}, is ${after.operation ?? 'unknown'}`,
  resource: ({ resource: before }, { resource: after }) => {
    if (before === null) return 'the resource is labelled now';
    return after === null ? 'the resource is not labelled any more' : tagsText(before, after);
  },
  items: ({ items: before }, { items: after }) => {
    if (before === null) return 'the items are labelled now';
    return after === null ? 'the items are not labelled any more' : itemsText(before, after);
  },
  agent: (before, after) => agentText(gainsOf(before), gainsOf(after)),
  lookups: (before, after) => lookupsText(lookupTexts(before), lookupTexts(after)),
  mode: (before, after) => `was ${before.mode}, is ${after.mode}`,
  memory: (before, after) => `was ${grownText(before)}, is ${grownText(after)}`,
  findings: (before, after) => gainedText('', codesOf(before), codesOf(after)),
};

function outcomeText({ outcome, items, marks = [] }: DecisionRecord): string {
  const counts = items === null ? '' : ` ${items.filter(({ allowed }) => allowed).length}/${items.length}`;
  return `${outcome}${counts}${marks.includes('unlabeled') ? ' without labels' : ''}`;
}

/** Items that differ, by their path, which stays when others are added; items of the older form have none. */
function itemsText(before: readonly ItemRecord[], after: readonly ItemRecord[]): string {
  const keyOf = ({ path, index }: ItemRecord): string => (path === '' ? String(index) : path);
  const byKey = new Map(before.map((item) => [keyOf(item), item]));
  const texts = after.flatMap((item): readonly string[] => {
    const was = byKey.get(keyOf(item));
    byKey.delete(keyOf(item));
    if (was === undefined) return [`${itemName(item)} is new`];
    const reach = (allowed: boolean): string => (allowed ? 'passed' : 'withheld');
    const passes = was.allowed === item.allowed ? '' : `was ${reach(was.allowed)}, is ${reach(item.allowed)}`;
    const changes = joined([passes, tagsText(was, item)]);
    return changes === '' ? [] : [`${itemName(item)} ${changes}`];
  });
  const gone = [...byKey.values()].map((item) => `${itemName(item)} is gone`);
  const all = [...texts, ...gone];
  // The same labels in another order of entries, or under other paths.
  return all.length === 0 ? 'are in another order' : listText(all, shownItems);
}

function itemName({ index, path, description }: ItemRecord): string {
  return `item ${index + 1} (${path === '' ? cutText(description, shownLength) : path})`;
}

function tagsText(before: LabelPair, after: LabelPair): string {
  return joined([
    gainedText('secrecy', before.secrecy, after.secrecy),
    gainedText('integrity', before.integrity, after.integrity),
  ]);
}

/** `secrecy gained "x", lost "y"`; empty when both lists have the same tags. */
function gainedText(noun: string, before: readonly string[], after: readonly string[]): string {
  const only = (verb: string, one: readonly string[], other: readonly string[]): string => {
    const tags = [...new Set(one)].filter((tag) => !other.includes(tag));
    return tags.length === 0 ? '' : `${verb} ${tagList(tags)}`;
  };
  const text = joined([only('gained', after, before), only('lost', before, after)], ', ');
  return text === '' ? '' : `${noun} ${text}`.trimStart();
}

/** The look-ups of a decision as texts; the first one that differs tells two lists apart. */
function lookupTexts({ guardCalls }: DecisionRecord): readonly string[] {
  return guardCalls.flatMap(({ backendCalls }) =>
    backendCalls.map(({ tool, args, end }) => `${tool} ${cutText(jsonText(args), shownLength)} (${end})`),
  );
}

function lookupsText(before: readonly string[], after: readonly string[]): string {
  const at = before.findIndex((text, index) => text !== after[index]);
  const first = at < 0 ? before.length : at;
  const number = (texts: readonly string[]): string => `${texts.length} ${texts.length === 1 ? 'look-up' : 'look-ups'}`;
  const counts = before.length === after.length ? '' : `was ${number(before)}, is ${number(after)}; `;
  const [was, is] = [before[first], after[first]];
  // Only an answer differs, or which guard call asked.
  if (was === undefined && is === undefined) return 'have other answers';
  return `${counts}number ${first + 1} was ${was ?? 'absent'}, is ${is ?? 'absent'}`;
}

function grownText(record: DecisionRecord): string {
  const pages = grownPages(record);
  return `${pages} ${pages === 1 ? 'page' : 'pages'}`;
}

function codesOf({ problems }: DecisionRecord): readonly string[] {
  return problems.filter(({ severity }) => severity !== 'info').map(({ code }) => code);
}

function gainsOf({ agentBefore, agentAfter, agentStart = agentBefore }: DecisionRecord): AgentChange {
  return agentChange(agentStart, agentAfter);
}

/** What the call does to the agent now and did not before, and the reverse. */
function agentText(before: AgentChange, after: AgentChange): string {
  const parts = agentChanges.flatMap(([member, verb]) => {
    const only = (one: AgentChange, other: AgentChange): readonly string[] =>
      one[member].filter((tag) => !other[member].includes(tag));
    const [now, not] = [only(after, before), only(before, after)];
    return [
      now.length === 0 ? '' : `now ${verb} ${tagList(now)}`,
      not.length === 0 ? '' : `no longer ${verb} ${tagList(not)}`,
    ];
  });
  return joined(parts);
}

const agentChanges = [
  ['secrecyGained', 'gains secrecy'],
  ['integrityGained', 'gains integrity'],
  ['secrecyLost', 'loses secrecy'],
  ['integrityLost', 'loses integrity'],
] as const;

function tagList(tags: readonly string[]): string {
  return listText(
    tags.map((tag) => quoted(tag)),
    shownTags,
  );
}

function valuesText({ before, after }: JsonDifference): string {
  if (typeof before !== 'string' || typeof after !== 'string')
    return `was ${valueText(before)}, is ${valueText(after)}`;
  // Two long texts often begin alike.
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const from = same < shownLength / 2 ? 0 : before.lastIndexOf(' ', same - 10) + 1;
  const shown = (text: string): string =>
    text === '' ? 'nothing' : quoted(`${from > 0 ? '…' : ''}${text.slice(Math.max(0, from))}`);
  return `was ${shown(before)}, is ${shown(after)}`;
}

function valueText(value: JsonValue | undefined): string {
  return value === undefined || value === null || value === '' ? 'nothing' : cutText(jsonText(value), shownLength);
}

function quoted(text: string): string {
  return `"${cutText(text, shownLength)}"`;
}

function joined(parts: readonly string[], by = '; '): string {
  return parts.filter((part) => part !== '').join(by);
}
