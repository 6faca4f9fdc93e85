/** Reads JSON as the most lenient servers do, and keeps every member of an object in its order, so that each way to read it can be tried. */

/** A number keeps the text that it was written with. */
export class LooseNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object with all its members, also those with equal names. */
export class LooseObject {
  readonly members: readonly (readonly [string, Loose])[];
  constructor(members: readonly (readonly [string, Loose])[]) {
    this.members = members;
  }
}

export type Loose = string | boolean | null | LooseNumber | LooseObject | readonly Loose[];

/**
 * Every object and list that the text holds, one after the other, with anything between them. Accepts comments, single quotes, bare names,
 * trailing commas, `NaN`, control characters, and values that no comma separates from what follows.
 */
export function looseValues(text: string): readonly Loose[] {
  const found: Loose[] = [];
  let at = 0;
  while (at < text.length) {
    const begin = text.slice(at).search(/[[{]/);
    if (begin < 0) break;
    const reader = new Reader(text, at + begin);
    const value = reader.tryValue();
    if (value !== undefined) found.push(value);
    at = value === undefined ? at + begin + 1 : reader.at;
  }
  return found;
}

/** The plain value as `JSON.parse` gives it. */
export function plainOf(value: Loose): unknown {
  if (value instanceof LooseNumber) return Number(value.text);
  if (value instanceof LooseObject)
    return Object.fromEntries(value.members.map(([name, member]) => [name, plainOf(member)]));
  return Array.isArray(value) ? value.map((each: Loose) => plainOf(each)) : value;
}

class Reader {
  at: number;
  readonly #text: string;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** undefined when no reader could make a value of it. */
  tryValue(): Loose | undefined {
    try {
      return this.#value();
    } catch {
      return undefined;
    }
  }

  #value(): Loose {
    this.#skip();
    const char = this.#text[this.at];
    if (char === '{') return new LooseObject(this.#list('}', () => [this.#name(), this.#value()] as const));
    if (char === '[') return this.#list(']', () => this.#value());
    if (char === '"' || char === "'") return this.#string(char);
    const word = this.#word();
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null' || word === 'undefined') return null;
    return new LooseNumber(word);
  }

  #name(): string {
    this.#skip();
    const char = this.#text[this.at];
    const name = char === '"' || char === "'" ? this.#string(char) : this.#word();
    this.#skip();
    if (this.#text[this.at] !== ':' && this.#text[this.at] !== '=') throw new Error('no colon');
    this.at++;
    return name;
  }

  #list<T>(end: string, item: () => T): readonly T[] {
    this.at++;
    const items: T[] = [];
    for (;;) {
      this.#skip();
      while (this.#text[this.at] === ',') {
        this.at++;
        this.#skip();
      }
      if (this.at >= this.#text.length) throw new Error('no end');
      if (this.#text[this.at] === end) break;
      items.push(item());
    }
    this.at++;
    return items;
  }

  #string(quote: string): string {
    let out = '';
    for (this.at++; this.#text[this.at] !== quote; this.at++) {
      if (this.at >= this.#text.length) throw new Error('no end');
      out += this.#text[this.at] === '\\' ? this.#escape() : this.#text[this.at];
    }
    this.at++;
    return out;
  }

  #escape(): string {
    const [all, digits] =
      /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(this.#text.slice(this.at, this.at + 6)) ?? [];
    if (all !== undefined) {
      this.at += all.length - 1;
      return String.fromCharCode(Number.parseInt(digits ?? all.slice(2), 16));
    }
    this.at++;
    const char = this.#text[this.at] ?? '';
    return { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }[char] ?? char;
  }

  #word(): string {
    const [word = ''] = /^[^\s\0,:=[\]{}"'/#]+/.exec(this.#text.slice(this.at)) ?? [];
    if (word === '') throw new Error('no value');
    this.at += word.length;
    return word;
  }

  #skip(): void {
    // Control characters and a byte order mark count as space, comments too.
    const space = /^(?:[\s\p{Cc}\uFEFF]|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/u;
    this.at += space.exec(this.#text.slice(this.at))?.[0].length ?? 0;
  }
}
