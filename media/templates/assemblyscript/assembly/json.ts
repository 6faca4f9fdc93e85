/** A small JSON reader: enough for what the gateway sends. It never traps; what is not JSON gives null. */

/** How deep lists and maps may lie in each other. */
const MAX_DEPTH: i32 = 200;

export enum Kind {
  Null,
  Boolean,
  Number,
  Text,
  List,
  Map,
}

const NO_VALUES: Value[] = [];
const NO_NAMES: string[] = [];

/** A JSON value. Asking it for what it is not gives an empty answer, so that no caller needs to check each step. */
export class Value {
  /** The text of a text, and of a number or boolean as it was written. */
  text: string = '';
  /** The values of a list or of a map, and the names of a map. */
  values: Value[] = NO_VALUES;
  names: string[] = NO_NAMES;

  constructor(readonly kind: Kind) {}

  /** A member of a map; a null value when there is none. The last one counts when there are several, as in the gateway. */
  get(name: string): Value {
    for (let i = this.names.length - 1; i >= 0; i--) if (this.names[i] == name) return this.values[i];
    return new Value(Kind.Null);
  }
}

/** What a guard may use of its 32 MiB for values; the rest is the output buffer of 4 MiB and the input. */
const VALUE_BYTES: u32 = 26 << 20;

/**
 * Whether the values of a JSON text (UTF-8) fit into the memory of a guard: a map or list takes about 280 bytes, another value 120 bytes, and texts are
 * copied as UTF-16. A guard that runs out of memory traps, and the gateway never calls it again, so this is asked before the text is read.
 */
export function fits(at: usize, length: u32): bool {
  if (length > 4 << 20) return false;
  let size: u32 = 8 * length;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    if (byte == 0x7b || byte == 0x5b) size += 280;
    else if (byte == 0x2c) size += 120;
  }
  return size <= VALUE_BYTES;
}

export function parseJson(text: string): Value | null {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  return reader.failed || reader.at < text.length ? null : value;
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
    map.values = [];
    map.names = [];
    this.at++;
    this.space();
    if (this.skip(0x7d)) return map;
    while (!this.failed) {
      this.space();
      if (this.peek() != 0x22) return this.fail();
      const name = this.string();
      this.space();
      if (!this.skip(0x3a)) return this.fail();
      map.names.push(name);
      map.values.push(this.value(depth + 1));
      this.space();
      if (this.skip(0x7d)) return map;
      if (!this.skip(0x2c)) return this.fail();
    }
    return map;
  }

  list(depth: i32): Value {
    const list = new Value(Kind.List);
    list.values = [];
    this.at++;
    this.space();
    if (this.skip(0x5d)) return list;
    while (!this.failed) {
      list.values.push(this.value(depth + 1));
      this.space();
      if (this.skip(0x5d)) return list;
      if (!this.skip(0x2c)) return this.fail();
    }
    return list;
  }

  string(): string {
    const start = ++this.at;
    let escaped = false;
    while (this.at < this.source.length) {
      const code = this.source.charCodeAt(this.at++);
      if (code == 0x22) {
        return escaped ? this.unescaped(start, this.at - 1) : this.source.substring(start, this.at - 1);
      }
      if (code < 0x20) break;
      if (code == 0x5c) {
        escaped = true;
        this.at++;
      }
    }
    this.fail();
    return '';
  }

  /** The text between two quotes, without its backslashes. Memory is given back after a call only, so it is not put together piece by piece. */
  unescaped(from: i32, end: i32): string {
    const units = heap.alloc((end - from) << 1);
    let length = 0;
    while (from < end) {
      let code = this.source.charCodeAt(from++);
      if (code == 0x5c) {
        code = this.source.charCodeAt(from++);
        if (code == 0x75 && from + 4 <= end) {
          code = 0;
          for (let i = 0; i < 4; i++) {
            const digit = hexDigit(this.source.charCodeAt(from++));
            if (digit < 0) this.failed = true;
            code = (code << 4) | (digit & 15);
          }
        } else if (code == 0x6e) code = 0x0a;
        else if (code == 0x74) code = 0x09;
        else if (code == 0x72) code = 0x0d;
        else if (code == 0x62) code = 0x08;
        else if (code == 0x66) code = 0x0c;
        else if (code != 0x22 && code != 0x5c && code != 0x2f) this.failed = true;
      }
      store<u16>(units + (length++ << 1), <u16>code);
    }
    const text = String.UTF16.decodeUnsafe(units, length << 1);
    heap.free(units);
    return text;
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
