/** Decodes the allow-only object as Go does: keys match in any case, and faults have the gateway's words (gateway spec 2.7.2). */
import type { GoJsonNode } from '../go/goJsonTree.ts';
import {
  decodeTyped,
  goAny,
  goInt,
  goMap,
  goSlice,
  goString,
  sliceItems,
  type GoType,
  type Typed,
} from '../go/goJsonTyped.ts';
import { quoteGo, sortUtf8, toLower, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { allowOnlyField, integrityLevels, type PolicyFieldKind } from './fields.ts';
import type { AllowOnlyValues } from './policy.ts';
import { configurationError, splitExpression } from './values.ts';

/** A decoding fault; `field` is the name of the field that has no value because of it. */
export interface DecodingFault {
  readonly kind: 'unsupported-field' | 'missing' | 'type' | 'value';
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly field: string;
}

/** The values and the written keys by field name, and the faults in the gateway's order. */
export interface DecodedAllowOnly {
  readonly values: AllowOnlyValues;
  readonly keys: ReadonlyMap<string, string>;
  readonly faults: readonly DecodingFault[];
}

/** Decodes the entries in sorted order. Several keys of one field decode into the same variable, one after the other. */
export function decodeAllowOnly(entries: ReadonlyMap<string, GoJsonNode>): DecodedAllowOnly {
  const states = new Map<string, unknown>();
  const values = new Map<string, JsonValue>();
  const keys = new Map<string, string>();
  const faults: DecodingFault[] = [];
  for (const key of sortUtf8(entries.keys())) {
    const field = allowOnlyField(toLower(key));
    const child = entries.get(key);
    if (field === null || child === undefined) {
      const message = `allow-only contains unsupported field ${quoteGo(key)}`;
      faults.push({ kind: 'unsupported-field', message, path: [key], field: key });
      continue;
    }
    keys.set(field.name, key);
    const reader = readers[field.kind];
    const decoded = reader.decode(child, states.get(field.name));
    if (decoded.ok) {
      states.set(field.name, decoded.value);
      values.set(field.name, reader.toJson(decoded.value));
    } else {
      const message = `invalid allow-only.${field.name}: ${decoded.error}`;
      faults.push({ kind: 'type', message, path: [key], field: field.name });
    }
  }
  const found = new Set(faults.map(({ field }) => field));
  faults.push(...missingFaults(values, keys).filter(({ field }) => !found.has(field)));
  return { values, keys, faults };
}

/** Decodes values of one kind; `current` is the value of an earlier key of the same field. */
interface Reader {
  decode(node: GoJsonNode, current: unknown): Typed<unknown>;
  toJson(value: unknown): JsonValue;
}

function makeReader<T>(type: GoType<T>, toJson: (value: T) => JsonValue): Reader {
  return {
    decode: (node, current) => decodeTyped(type, node, current === undefined ? type.zero() : (current as T)),
    toJson: (value) => toJson(value as T),
  };
}

const text = makeReader(goString, (value) => value);
const list = makeReader(goSlice(goString), sliceItems);

const readers: Readonly<Record<PolicyFieldKind, Reader>> = {
  repos: makeReader(goAny, (value) => value),
  level: text,
  text,
  list,
  reactions: list,
  limits: makeReader(goMap(goInt), (map) => Object.fromEntries(map ?? [])),
  expression: { decode: decodeExpression, toJson: (value) => value as readonly string[] },
};

/** A list of labels, or a string that is split at commas and line ends. */
function decodeExpression(node: GoJsonNode): Typed<readonly string[]> {
  const asList = decodeTyped(goSlice(goString), node);
  if (asList.ok) return { ok: true, value: sliceItems(asList.value) };
  if (node.kind !== 'string') {
    return { ok: false, error: 'expected array of strings or comma/newline-delimited expression' };
  }
  const labels = splitExpression(node.value);
  return labels.length === 0 ? { ok: false, error: 'must include at least one label' } : { ok: true, value: labels };
}

function missingFaults(values: AllowOnlyValues, keys: ReadonlyMap<string, string>): readonly DecodingFault[] {
  const faults: DecodingFault[] = [];
  if ((values.get('repos') ?? null) === null) {
    faults.push({ kind: 'missing', message: 'allow-only must include repos', path: [], field: 'repos' });
  }
  const field = 'min-integrity';
  const level = values.get(field);
  if (typeof level !== 'string' || trimSpace(level) === '') {
    const levels = integrityLevels.join(', ');
    const suggestion = `Specify the minimum integrity level (one of: ${levels})`;
    const key = keys.get(field);
    const message = configurationError(`allow-only.${field}`, field, suggestion);
    faults.push({ kind: 'missing', message, path: key === undefined ? [] : [key], field });
  }
  return faults;
}
