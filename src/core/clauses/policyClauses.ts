/** The clauses of a policy: the parts of which each can be left out, or replaced by the widest value that the gateway accepts. */
import { toLower } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import type { TextSpan } from '../base/textPlaces.ts';
import { allowOnlyField, type AllowOnlyField, policyKindOf, writeSinkFields } from '../policy/fields.ts';
import { plain } from '../policy/values.ts';
import type { PolicyEdit, Written } from './written.ts';

/**
 * A clause. Without it, the policy has one entry or one member less. A part that the gateway requires is replaced by the widest value that
 * it accepts: `repos` by "all", `min-integrity` by "none", `accept` by ["*"]. For a list, these are also the ways to leave out all its entries
 * at once, so that a list of several entries is a clause beside its entries.
 */
export interface PolicyClause {
  /** What it is called in the filter of the panel, such as `min-integrity` or `repos=workspace/docs`. */
  readonly id: string;
  /** The name of the field, such as `blocked-users`. */
  readonly field: string;
  /** The entry of the field's list or object; null for the whole field. */
  readonly entry: string | null;
  /** Its value, or that of the entry, for the reader: `"approved"`. */
  readonly value: string;
  /** The key, or the entry. */
  readonly place: TextSpan;
  /** What the text is without it; null when the clause is the widest value already, so that it decides nothing. */
  readonly without: PolicyEdit | null;
  /** The value in its place, as JSON; null when it is left out. */
  readonly widest: string | null;
}

/** The clauses of a policy object in the order of the text, in the current form or in the older one with `repos` at the top. */
export function policyClauses(policy: Written, form: 'current' | 'legacy'): readonly PolicyClause[] {
  if (form === 'legacy') return allowOnlyClauses(policy, ['repos', 'min-integrity']);
  const kinds = [...policy.members].map(([key, value]) => ({ kind: policyKindOf(key), value }));
  // The gateway prefers write-sink in a TOML file, and refuses a policy of both kinds elsewhere.
  const sink = kinds.findLast(({ kind }) => kind === 'write-sink');
  if (sink !== undefined) return sinkClauses(sink.value);
  const allowOnly = kinds.findLast(({ kind }) => kind === 'allow-only');
  return allowOnly === undefined ? [] : allowOnlyClauses(allowOnly.value);
}

function allowOnlyClauses(object: Written, only?: readonly string[]): readonly PolicyClause[] {
  return [...object.members].flatMap(([key, written]) => {
    const field = allowOnlyField(toLower(key));
    return field === null || only?.includes(field.name) === false ? [] : fieldClauses(field, written);
  });
}

/** The widest values of the fields that the gateway requires. */
const widestValues: Readonly<Record<string, JsonValue>> = { repos: 'all', 'min-integrity': 'none', accept: ['*'] };

function fieldClauses(
  { name, kind }: Pick<AllowOnlyField, 'name' | 'kind'>,
  written: Written,
): readonly PolicyClause[] {
  if (kind === 'limits') return memberClauses(name, written);
  return written.items === null ? wholeClause(name, written) : listClauses(name, written, written.items);
}

function sinkClauses(object: Written): readonly PolicyClause[] {
  return [...object.members].flatMap(([key, written]) => {
    const field = writeSinkFields.find(({ name }) => name === toLower(key));
    if (field === undefined) return [];
    return written.items === null ? wholeClause(field.name, written) : listClauses(field.name, written, written.items);
  });
}

/** The limit of each tool. */
function memberClauses(field: string, written: Written): readonly PolicyClause[] {
  return [...written.members].map(([tool, limit]) => {
    const entry = { id: `${field}=${tool}`, field, entry: tool, value: JSON.stringify(limit.scalar ?? null) };
    return { ...entry, place: limit.place, without: limit.leaveOut, widest: null };
  });
}

function wholeClause(field: string, written: Written): readonly PolicyClause[] {
  const value = JSON.stringify(written.scalar ?? null);
  return [{ id: field, field, entry: null, value, place: written.place, ...withoutField(field, written) }];
}

function listClauses(field: string, written: Written, items: readonly Written[]): readonly PolicyClause[] {
  const [only, ...others] = items;
  if (only === undefined) return [];
  const value = items.length === 1 ? JSON.stringify(only.scalar ?? null) : `${items.length} entries`;
  const whole = { id: field, field, entry: null, value, place: written.place, ...withoutField(field, written) };
  const entryOf = (item: Written): Pick<PolicyClause, 'id' | 'field' | 'entry' | 'value' | 'place'> => {
    const entry = textOf(item);
    return { id: `${field}=${entry}`, field, entry, value: JSON.stringify(item.scalar ?? null), place: item.place };
  };
  // Without its only entry, the field is left out.
  if (others.length === 0) return [{ ...whole, ...entryOf(only) }];
  return [whole, ...items.map((item) => ({ ...entryOf(item), without: item.leaveOut, widest: null }))];
}

/** How a policy is without a field. */
function withoutField(field: string, written: Written): Pick<PolicyClause, 'without' | 'widest'> {
  const widest = widestValues[field];
  if (widest === undefined) return { without: written.leaveOut, widest: null };
  const text = JSON.stringify(widest);
  if (isWidest(written, widest)) return { without: null, widest: text };
  return { without: written.span === null ? null : { ...written.span, text }, widest: text };
}

/** A string as it is, and anything else as JSON: the gateway refuses it, or reads it as an empty string. */
function textOf({ scalar }: Written): string {
  return typeof scalar === 'string' ? scalar : JSON.stringify(scalar ?? null);
}

function isWidest({ scalar, items }: Written, widest: JsonValue): boolean {
  if (items !== null) {
    return Array.isArray(widest) && items.length === 1 && items.every((item) => plain(textOf(item)) === widest[0]);
  }
  return typeof scalar === 'string' && plain(scalar) === widest;
}
