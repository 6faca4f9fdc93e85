/** The keys of a TOML text in order, each with its place: what the parser does not tell, and the gateway's errors name. */

/** A key as it is written: a table's header, or a key before `=` with the names of the tables around it. */
export interface TomlKey {
  readonly path: readonly string[];
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** All keys of a text that is valid TOML; of any other text, those before the first thing that cannot be skipped. */
export function listTomlKeys(text: string): readonly TomlKey[] {
  return new Scanner(text).scan();
}

/** A path as the gateway's TOML library writes it: `servers."a b".tools`. */
export function tomlPath(path: readonly string[]): string {
  return path.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : quote(part))).join('.');
}

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\' };

function quote(part: string): string {
  return `"${part.replaceAll(/["\\]/g, (char) => escapes[char] ?? char)}"`;
}

const basicEscapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };

class Scanner {
  readonly #text: string;
  readonly #keys: TomlKey[] = [];
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): readonly TomlKey[] {
    let table: readonly string[] = [];
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) {
      const before = this.#at;
      if (this.#peek() === '[') {
        this.#move(this.#text.startsWith('[[', this.#at) ? 2 : 1);
        table = this.#key([]);
        while (this.#peek() === ']') this.#move(1);
      } else {
        this.#pair(table);
      }
      if (this.#at === before) break;
    }
    return this.#keys;
  }

  #pair(around: readonly string[]): void {
    const path = this.#key(around);
    if (this.#peek() !== '=') return;
    this.#move(1);
    this.#skipSpaces();
    this.#value(path);
  }

  /** Reads and records a key with its dots; ends behind it and the spaces that follow. */
  #key(around: readonly string[]): readonly string[] {
    this.#skipSpaces();
    const [line, column] = [this.#line, this.#at - this.#lineStart + 1];
    const path = [...around, this.#keyPart()];
    for (this.#skipSpaces(); this.#peek() === '.'; this.#skipSpaces()) {
      this.#move(1);
      this.#skipSpaces();
      path.push(this.#keyPart());
    }
    this.#keys.push({ path, line, column });
    return path;
  }

  #keyPart(): string {
    const first = this.#peek();
    if (first === '"' || first === "'") {
      const start = this.#at;
      this.#string();
      const body = this.#text.slice(start + 1, this.#at - 1);
      return first === '"' ? unescape(body) : body;
    }
    const word = /[A-Za-z0-9_-]*/y;
    word.lastIndex = this.#at;
    const part = word.exec(this.#text)?.[0] ?? '';
    this.#move(part.length);
    return part;
  }

  #value(path: readonly string[]): void {
    switch (this.#peek()) {
      case '"':
      case "'":
        return this.#string();
      case '[':
        return this.#items(']', () => {
          this.#value(path);
        });
      case '{':
        return this.#items('}', () => {
          this.#pair(path);
        });
      default: {
        const plain = /[^,\]}#\n]*/y;
        plain.lastIndex = this.#at;
        this.#move(plain.exec(this.#text)?.[0].length ?? 0);
      }
    }
  }

  #items(end: ']' | '}', item: () => void): void {
    this.#move(1);
    for (this.#skipBlank(); this.#at < this.#text.length && this.#peek() !== end; this.#skipBlank()) {
      const before = this.#at;
      if (this.#peek() === ',') this.#move(1);
      else item();
      if (this.#at === before) return;
    }
    this.#move(1);
  }

  #string(): void {
    const mark = this.#peek();
    const long = mark.repeat(3);
    const end = this.#text.startsWith(long, this.#at) ? long : mark;
    this.#move(end.length);
    while (this.#at < this.#text.length && !this.#text.startsWith(end, this.#at)) {
      this.#move(mark === '"' && this.#peek() === '\\' ? 2 : 1);
    }
    this.#move(end.length);
    // Up to two more marks belong to a long string that ends with them.
    if (end === long) while (this.#peek() === mark) this.#move(1);
  }

  #skipSpaces(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#move(1);
  }

  #skipBlank(): void {
    const blank = /(?:[ \t\r\n]|#[^\n]*)*/y;
    blank.lastIndex = this.#at;
    this.#move(blank.exec(this.#text)?.[0].length ?? 0);
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #move(count: number): void {
    for (let step = 0; step < count && this.#at < this.#text.length; step++) {
      if (this.#text.charAt(this.#at++) !== '\n') continue;
      this.#line++;
      this.#lineStart = this.#at;
    }
  }
}

function unescape(body: string): string {
  return body.replaceAll(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (...match) => {
    const [whole, x, u, long, short] = match as (string | undefined)[];
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10_ffff));
    return basicEscapes[short ?? ''] ?? short ?? whole ?? '';
  });
}
