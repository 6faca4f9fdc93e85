/** A small JSON reader and writer: enough for what the gateway sends and wants. It never traps; bad text gives null. */

/** How deep arrays and objects may lie in each other. */
const MAX_DEPTH: i32 = 200;

export enum Kind {
  Null,
  Boolean,
  Number,
  Text,
  List,
  Map,
}

/** A JSON value. Asking it for what it is not gives an empty answer, so that no caller needs to check each step. */
export class Value {
  kind: Kind;
  /** The text of a text, and of a number or boolean as it was written. */
  text: string = '';
  items: Value[] = [];
  members: Map<string, Value> = new Map<string, Value>();

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** A member of a map; a null value when there is none. */
  get(name: string): Value {
    return this.members.has(name) ? this.members.get(name) : new Value(Kind.Null);
  }

  has(name: string): bool {
    return this.members.has(name);
  }

  /** The texts of a list, without what is no text. */
  texts(): string[] {
    const found: string[] = [];
    for (let i = 0; i < this.items.length; i++) {
      if (this.items[i].kind == Kind.Text) found.push(this.items[i].text);
    }
    return found;
  }
}

export function parseJson(text: string): Value | null {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  return reader.failed || reader.at < text.length ? null : value;
}

/** A text as JSON, with quotes. */
export function quote(text: string): string {
  let out = '"';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code != 0x22 && code != 0x5c) continue;
    out += text.substring(start, i);
    if (code == 0x22) out += '\\"';
    else if (code == 0x5c) out += '\\\\';
    else out += '\\u00' + (code < 0x10 ? '0' : '') + code.toString(16);
    start = i + 1;
  }
  return out + text.substring(start) + '"';
}

export function quoteAll(texts: string[]): string {
  let out = '[';
  for (let i = 0; i < texts.length; i++) out += (i == 0 ? '' : ',') + quote(texts[i]);
  return out + ']';
}

class Reader {
  at: i32 = 0;
  failed: bool = false;

  constructor(readonly source: string) {}

  value(depth: i32): Value {
    this.space();
    if (depth > MAX_DEPTH) return this.fail();
    const code = this.peek();
    if (code == 0x7b) return this.map(depth);
    if (code == 0x5b) return this.list(depth);
    if (code == 0x22) {
      const text = new Value(Kind.Text);
      text.text = this.string();
      return text;
    }
    if (this.word('null')) return new Value(Kind.Null);
    if (this.word('true') || this.word('false')) {
      const value = new Value(Kind.Boolean);
      value.text = this.source.charCodeAt(this.at - 2) == 0x75 ? 'true' : 'false';
      return value;
    }
    return this.number();
  }

  map(depth: i32): Value {
    const map = new Value(Kind.Map);
    this.at++;
    this.space();
    if (this.skip(0x7d)) return map;
    while (!this.failed) {
      this.space();
      if (this.peek() != 0x22) return this.fail();
      const name = this.string();
      this.space();
      if (!this.skip(0x3a)) return this.fail();
      map.members.set(name, this.value(depth + 1));
      this.space();
      if (this.skip(0x7d)) return map;
      if (!this.skip(0x2c)) return this.fail();
    }
    return map;
  }

  list(depth: i32): Value {
    const list = new Value(Kind.List);
    this.at++;
    this.space();
    if (this.skip(0x5d)) return list;
    while (!this.failed) {
      list.items.push(this.value(depth + 1));
      this.space();
      if (this.skip(0x5d)) return list;
      if (!this.skip(0x2c)) return this.fail();
    }
    return list;
  }

  string(): string {
    this.at++;
    let out = '';
    let start = this.at;
    while (this.at < this.source.length) {
      const code = this.source.charCodeAt(this.at);
      if (code == 0x22) {
        out += this.source.substring(start, this.at++);
        return out;
      }
      if (code < 0x20) break;
      if (code == 0x5c) {
        out += this.source.substring(start, this.at) + this.escape();
        start = this.at;
      } else {
        this.at++;
      }
    }
    this.failed = true;
    return '';
  }

  /** Reads from the backslash on. */
  escape(): string {
    const code = this.source.charCodeAt(this.at + 1);
    this.at += 2;
    if (code == 0x6e) return '\n';
    if (code == 0x74) return '\t';
    if (code == 0x72) return '\r';
    if (code == 0x62) return '\b';
    if (code == 0x66) return '\f';
    if (code == 0x22 || code == 0x5c || code == 0x2f) return String.fromCharCode(code);
    if (code != 0x75 || this.at + 4 > this.source.length) {
      this.failed = true;
      return '';
    }
    let unit = 0;
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.source.charCodeAt(this.at++));
      if (digit < 0) this.failed = true;
      unit = (unit << 4) | (digit & 15);
    }
    return String.fromCharCode(unit);
  }

  number(): Value {
    const start = this.at;
    while (this.at < this.source.length && isNumberPart(this.source.charCodeAt(this.at))) this.at++;
    const number = new Value(Kind.Number);
    number.text = this.source.substring(start, this.at);
    return isNaN(parseFloat(number.text)) ? this.fail() : number;
  }

  word(word: string): bool {
    if (this.source.substr(this.at, word.length) != word) return false;
    this.at += word.length;
    return true;
  }

  space(): void {
    while (this.at < this.source.length && isSpace(this.source.charCodeAt(this.at))) this.at++;
  }

  peek(): i32 {
    return this.at < this.source.length ? this.source.charCodeAt(this.at) : -1;
  }

  skip(code: i32): bool {
    if (this.peek() != code) return false;
    this.at++;
    return true;
  }

  fail(): Value {
    this.failed = true;
    this.at = this.source.length;
    return new Value(Kind.Null);
  }
}

function isSpace(code: i32): bool {
  return code == 0x20 || code == 0x0a || code == 0x0d || code == 0x09;
}

/** Digits, signs, the point, and the exponent's letter. */
function isNumberPart(code: i32): bool {
  return (code >= 0x30 && code <= 0x39) || code == 0x2d || code == 0x2b || code == 0x2e || code == 0x65 || code == 0x45;
}

function hexDigit(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
