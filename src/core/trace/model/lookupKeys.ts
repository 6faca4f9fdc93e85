/** Keys of look-ups: by tool and canonical arguments, and by the values of the arguments when their members differ in null only. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { decodeGoJson, encodeGoJson } from '../../go/goJson.ts';

/** The key of a look-up. `argsText`: canonical Go JSON, with keys in order and one spelling for each number and string. */
export function lookupKey(tool: string, argsText: string): string {
  return `${tool}${keyBreak}${argsText}`;
}

/**
 * Finds entries with equal values: a member that is null equals one that is absent, and null arguments equal none. Of several the first.
 * The index is made for the first look-up that needs it.
 */
export class LookupsByValue<T> {
  readonly #entries: ReadonlyMap<string, T>;
  #index: Map<string, T> | null = null;

  /** `entries`: by `lookupKey`. */
  constructor(entries: ReadonlyMap<string, T>) {
    this.#entries = entries;
  }

  /** Notes an entry that was added. */
  added(key: string, entry: T): void {
    if (this.#index !== null) note(this.#index, key, entry);
  }

  find(tool: string, args: JsonValue): T | undefined {
    if (this.#index === null) {
      this.#index = new Map();
      for (const [key, entry] of this.#entries) note(this.#index, key, entry);
    }
    return this.#index.get(lookupKey(tool, valueText(args)));
  }
}

const keyBreak = '\u0000';

function note<T>(index: Map<string, T>, key: string, entry: T): void {
  const at = key.indexOf(keyBreak);
  const args = decodeGoJson(key.slice(at + keyBreak.length));
  if (!args.ok) return;
  const valueKey = lookupKey(key.slice(0, at), valueText(args.value));
  if (!index.has(valueKey)) index.set(valueKey, entry);
}

/** Canonical text of arguments without members that are null. */
function valueText(args: JsonValue): string {
  return encodeGoJson(withoutNulls(args ?? {}));
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((element: JsonValue) => withoutNulls(element));
  if (!isJsonObject(value)) return value;
  const members = Object.entries<JsonValue>(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
