/** A short hash of a JSON value, to see whether it changed without keeping it or writing it as text. */
import type { JsonValue } from './json.ts';
import { jsonText } from './jsonText.ts';

/**
 * 53 bits as a number. Two values have the same hash by chance once in 10^15 comparisons; it is no defence against an attacker. The order of members
 * counts, and a member that is undefined is none.
 */
export function hashJson(value: JsonValue): number {
  try {
    return hashOf(value);
  } catch (thrown) {
    // The value is nested too deeply for the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    return hashOf(jsonText(value));
  }
}

function hashOf(value: JsonValue): number {
  const hash = new JsonHash();
  hash.add(value);
  return hash.value;
}

/** What comes before a value; no character has such a code. */
const marks = {
  text: 0x1_0001,
  number: 0x1_0002,
  list: 0x1_0003,
  object: 0x1_0004,
  end: 0x1_0005,
  null: 0x1_0006,
  true: 0x1_0007,
  false: 0x1_0008,
};

/** Two numbers of 32 bits that every part of the value is mixed into. */
class JsonHash {
  #high = 0xdeadbeef;
  #low = 0x41c6ce57;

  add(value: JsonValue): void {
    if (typeof value === 'string') this.#text(marks.text, value);
    else if (typeof value === 'number') this.#text(marks.number, String(value));
    else if (typeof value === 'boolean') this.#mix(value ? marks.true : marks.false);
    else if (value === null) this.#mix(marks.null);
    else {
      const isList = Array.isArray(value);
      this.#mix(isList ? marks.list : marks.object);
      if (isList) for (const item of value as readonly JsonValue[]) this.add(item);
      else this.#members(Object.entries(value));
      this.#mix(marks.end);
    }
  }

  get value(): number {
    let [high, low] = [this.#high, this.#low];
    high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
  }

  #members(members: readonly (readonly [string, JsonValue | undefined])[]): void {
    for (const [key, member] of members) {
      if (member === undefined) continue;
      this.#text(marks.text, key);
      this.add(member);
    }
  }

  #text(mark: number, text: string): void {
    this.#mix(mark);
    let [high, low] = [this.#high, this.#low];
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      high = Math.imul(high ^ code, 0x9e3779b1);
      low = Math.imul(low ^ code, 0x5f356495);
    }
    [this.#high, this.#low] = [high, low];
    this.#mix(marks.end);
  }

  #mix(code: number): void {
    this.#high = Math.imul(this.#high ^ code, 0x9e3779b1);
    this.#low = Math.imul(this.#low ^ code, 0x5f356495);
  }
}
