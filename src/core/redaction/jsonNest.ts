/** What the objects and lists around a place in JSON say about the values in them. */
import { isFlagSecret, passwordPart } from './text/commands.ts';
import type { Member, Members } from './jsonMembers.ts';
import type { Place } from './values/secretDecision.ts';
import { certainPassword, type KeyRule, passwordList } from './values/secretNames.ts';

/** A range of the text. */
export interface Span {
  readonly start: number;
  /** Index after the last character. */
  readonly end: number;
}

/** The rule for a value, and its place. */
export interface RuleAt {
  readonly rule: KeyRule;
  readonly place: Place;
}

/** An object or list that contains the current position. */
export interface Nest {
  readonly object: boolean;
  /** The rule of the member that holds this object or list, or of one further out. */
  readonly below: KeyRule | null;
  /** Whether `below` applies to all items: this is a list of secrets. */
  readonly list: boolean;
  /** Whether this is part of a JSON schema, in which keys are names of parameters, and the rule of that parameter. */
  readonly schema: boolean;
  /** The member of the outer object that holds this; of a list, also the one that holds the list around it. */
  readonly holder: Member | null;
  /** Rules of the columns, when this is a row of a table. */
  readonly cells: readonly (KeyRule | null)[] | null;
  /** The last key of the object. */
  member: Member | null;
  wantsKey: boolean;
  index: number;
  /** The item before, in a list. */
  previous: string;
  /** Position of the unchanged `value` of the object, and the rule that its `name` selects. */
  value: Span | null;
  named: KeyRule | null;
  /** Names of columns that a list in this object gave, for the rows beside it. */
  columns: (KeyRule | null)[] | null;
  /** Unchanged strings of this object, and those of `data` in it, which a Kubernetes secret holds. */
  strings: Span[] | null;
  data: Span[] | null;
  hasUser: boolean;
  isKubernetesSecret: boolean;
  /** Unchanged private members of a JSON Web Key. */
  keyParts: Span[] | null;
  isWebKey: boolean;
}

/** The place outside of all objects. */
export function outerNest(below: KeyRule | null): Nest {
  return nestOf({ object: false, below, list: false, schema: false, holder: null, cells: null });
}

/** The object or list that begins at the current position. */
export function innerNest(outer: Nest, object: boolean): Nest {
  const member = outer.object ? outer.member : null;
  // In a schema, `default` and other words of JSON Schema keep the rule of the parameter.
  const own = member === null || (outer.schema && member.isExample) ? null : object ? member.objectRule : member.rule;
  const isRow = !object && !outer.object && outer.cells !== null;
  const below = stronger(own, outer.below);
  const isDescribed = own === null && member?.isDescription === true;
  return nestOf({
    object,
    below,
    list: !object && below !== null && !isDescribed,
    schema: outer.schema || member?.isSchema === true,
    holder: outer.object ? member : outer.holder,
    cells: object ? null : isRow ? outer.cells : member?.isRows === true ? outer.columns : null,
  });
}

/** The rule for a string or a number at the current position; null at an ordinary place. */
export function ruleAt(nest: Nest, value: string, members: Members): RuleAt | null {
  const { object, below, member } = nest;
  // The most frequent place.
  if (object && below === null && (member === null || member.rule === null)) return null;
  if (nest.schema) return schemaRule(nest);
  if (!object) return itemRule(nest, value, members);
  if (member === null) return null;
  const own = member.rule;
  if (own?.kind === 'token' && own.name === 'password' && (below !== null || nest.hasUser)) return certain;
  if (own !== null && (own.kind !== 'weak' || below === null)) return member.asValue;
  if (below === null) return null;
  if (own !== null) return { rule: below.kind === 'weak' ? own : below, place: 'list' };
  if (member.isValue) return below.kind === 'group' ? groupValue : { rule: below, place: 'json' };
  return member.isDescription ? null : { rule: below, place: below === passwordList ? 'json' : 'list' };
}

/** Whether `noteString` needs a string of an object. */
export function isNoted({ member, holder, schema }: Nest): boolean {
  return member !== null && !schema && (member.isNoted || holder?.isData === true);
}

/** Remembers a string of the object or list, and where it is if it was not changed. */
export function noteString(nest: Nest, value: string, span: Span | null, members: Members): void {
  const { member, holder } = nest;
  if (!nest.object) {
    nest.previous = value;
    if (holder?.isColumns === true) (nest.columns ??= []).push(members.ruleOf(value));
    return;
  }
  if (member === null || !isNoted(nest)) return;
  if (member.isUser) nest.hasUser = true;
  if (member.isKind && value === 'Secret') nest.isKubernetesSecret = true;
  else if (member.isKeyType) nest.isWebKey = true;
  else if (member.isName) nest.named ??= value.length > 100 ? null : members.ruleOf(value);
  if (span === null) return;
  if (member.isPaired) nest.value = span;
  if (holder?.isData === true) (nest.strings ??= []).push(span);
  if (member.isKeyPart) (nest.keyParts ??= []).push(span);
}

/** Values that are secret by what the whole object says, when it ends. */
export function secretsOfObject(nest: Nest, outer: Nest): readonly (RuleAt & { readonly span: Span })[] {
  const { named, value, columns, strings } = nest;
  if (columns !== null && outer.object) outer.columns = columns;
  if (strings !== null && outer.object) outer.data = outer.data === null ? strings : [...outer.data, ...strings];
  if (named === null && !nest.isKubernetesSecret && !nest.isWebKey) return none;
  const secrets: (RuleAt & { readonly span: Span })[] = [];
  if (named !== null && value !== null && !nest.schema) secrets.push({ span: value, rule: named, place: 'json' });
  if (nest.isKubernetesSecret)
    for (const span of nest.data ?? []) secrets.push({ span, rule: anything, place: 'json' });
  if (nest.isWebKey) for (const span of nest.keyParts ?? []) secrets.push({ span, rule: anything, place: 'json' });
  return secrets;
}

const none: readonly never[] = [];

type NestFacts = Pick<Nest, 'object' | 'below' | 'list' | 'schema' | 'holder' | 'cells'>;

function nestOf(facts: NestFacts): Nest {
  return {
    object: facts.object,
    below: facts.below,
    list: facts.list,
    schema: facts.schema,
    holder: facts.holder,
    cells: facts.cells,
    member: null,
    wantsKey: facts.object,
    index: 0,
    previous: '',
    value: null,
    named: null,
    columns: null,
    strings: null,
    data: null,
    hasUser: false,
    isKubernetesSecret: false,
    keyParts: null,
    isWebKey: false,
  };
}

/** The rule for an item of a list: as all items, as a cell, after a flag, or after the name of a header or variable. */
function itemRule({ list, below, cells, index, previous }: Nest, value: string, members: Members): RuleAt | null {
  const cell = cells?.[index];
  if (cell !== undefined && cell !== null) return { rule: cell, place: cell.kind === 'password' ? 'json' : 'list' };
  if (list && below !== null) return { rule: below, place: wholeKinds.has(below.kind) ? 'json' : 'list' };
  if (previous.length < 2 || previous.length > 80) return null;
  if (previous.startsWith('-')) return flagRule(previous, value, members);
  const rule = members.ruleOf(previous);
  return rule === null || /[\s=]/.test(previous) ? null : { rule, place: 'list' };
}

function flagRule(flag: string, value: string, members: Members): RuleAt | null {
  if (/^(?:-u|--user|--proxy-user|-U)$/.test(flag) && passwordPart(value) !== null) {
    return { rule: anything, place: 'json' };
  }
  if (flag === '-p') return { rule: anything, place: 'list' };
  const rule = members.ruleOf(flag.replace(/^-+/, ''));
  return rule !== null && isFlagSecret(rule, value) ? { rule, place: 'json' } : null;
}

/** Values of a parameter in a schema that are examples of it. */
function schemaRule({ object, below, member, holder }: Nest): RuleAt | null {
  const name = object ? member : holder;
  return below !== null && name?.isExample === true ? { rule: below, place: 'list' } : null;
}

function stronger(own: KeyRule | null, below: KeyRule | null): KeyRule | null {
  return own === null || (own.kind === 'weak' && below !== null) ? below : own;
}

const anything: KeyRule = { name: 'secret', kind: 'password' };

/** The value of a member of a group of secrets. */
const groupValue: RuleAt = { rule: { name: 'secret', kind: 'secret', slugs: true }, place: 'json' };

const certain: RuleAt = { rule: certainPassword, place: 'json' };

/** Kinds of lists whose items are secrets whatever they look like. */
const wholeKinds: ReadonlySet<string> = new Set(['password', 'code', 'words']);
