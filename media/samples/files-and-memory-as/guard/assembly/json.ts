/**
 * A small JSON reader: enough for what the gateway sends and wants. It never traps; bad text gives null. It reads UTF-8 where the gateway put it, and
 * makes values of what is asked for only: a text of 8 MiB that no rule looks at is passed over.
 */
import { Out } from './out';

/** How deep arrays and objects may lie in each other. */
const MAX_DEPTH: i32 = 200;

/** Memory of a guard under the gateway, less what the program itself and its look-ups take. */
const MEMORY: usize = 22 << 20;

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
  items: Value[] = NO_VALUES;
  names: string[] = NO_NAMES;

  constructor(readonly kind: Kind) {}

  /** A member of a map; a null value when there is none. */
  get(name: string): Value {
    for (let i = this.names.length - 1; i >= 0; i--) if (this.names[i] == name) return this.items[i];
    return new Value(Kind.Null);
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

/** The value in `length` bytes; null when they are not JSON. */
export function parseJson(at: usize, length: usize): Value | null {
  const reader = new Reader(at, at + length);
  const value = reader.value(0);
  reader.space();
  return reader.failed || reader.at < reader.end ? null : value;
}

/** An object of which each member is read when it is asked for. */
export class Members {
  /** Why the last member that was asked for could not be read. */
  problem: string = '';
  private names: string[] = [];
  private starts: usize[] = [];
  private ends: usize[] = [];

  /** `room`: the memory that is left for values, in bytes. */
  constructor(readonly room: usize) {}

  /** The input of a guard call; null when it is not a JSON object. `capacity`: the size of the output buffer. */
  static ofInput(at: usize, length: usize, capacity: usize): Members | null {
    const taken = length + capacity;
    return Members.read(at, at + length, taken < MEMORY ? MEMORY - taken : 0);
  }

  private static read(at: usize, end: usize, room: usize): Members | null {
    const found = new Members(room);
    const reader = new Reader(at, end);
    reader.space();
    if (!reader.skip(0x7b)) return null;
    reader.space();
    if (reader.skip(0x7d)) return reader.isAtEnd() ? found : null;
    while (!reader.failed) {
      reader.space();
      if (reader.peek() != 0x22) return null;
      const name = reader.string();
      reader.space();
      if (!reader.skip(0x3a)) return null;
      reader.space();
      const start = reader.at;
      reader.pass();
      found.names.push(name);
      found.starts.push(start);
      found.ends.push(reader.at);
      reader.space();
      if (reader.skip(0x7d)) return reader.isAtEnd() ? found : null;
      if (!reader.skip(0x2c)) return null;
    }
    return null;
  }

  /** A member that is an object itself; one without members in place of anything else. */
  members(name: string): Members {
    const i = this.names.lastIndexOf(name);
    if (i < 0) return new Members(this.room);
    const inner = Members.read(this.starts[i], this.ends[i], this.room);
    return inner === null ? new Members(this.room) : inner;
  }

  /** A member; a null value when there is none, or when it cannot be read. */
  get(name: string): Value {
    this.problem = '';
    const i = this.names.lastIndexOf(name);
    if (i < 0) return new Value(Kind.Null);
    const length = this.ends[i] - this.starts[i];
    if (!fits(this.starts[i], length, this.room)) {
      this.problem = `"${name}" has ${length} bytes, too many for the memory of a guard`;
      return new Value(Kind.Null);
    }
    const value = parseJson(this.starts[i], length);
    if (value !== null) return value;
    this.problem = `"${name}" is not JSON`;
    return new Value(Kind.Null);
  }
}

/**
 * Whether the values of a JSON text, and what the rules make of them, fit into `room`. A guard that runs out of memory traps, and the gateway never
 * calls it again. Texts are UTF-16 and copied some times; a line of a text costs as much as the label that it gets.
 */
export function fits(at: usize, length: usize, room: usize): bool {
  let size: usize = 8 * length;
  for (let i: usize = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    if (byte == 0x7b || byte == 0x5b) size += 300;
    else if (byte == 0x2c) size += 160;
    else if (byte == 0x5c && i + 1 < length && load<u8>(at + i + 1) == 0x6e) size += 600;
  }
  return size <= room;
}

class Reader {
  failed: bool = false;

  constructor(
    public at: usize,
    readonly end: usize,
  ) {}

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
    if (this.word('true')) return this.boolean('true');
    if (this.word('false')) return this.boolean('false');
    return this.number();
  }

  map(depth: i32): Value {
    const map = new Value(Kind.Map);
    map.items = [];
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
      map.items.push(this.value(depth + 1));
      this.space();
      if (this.skip(0x7d)) return map;
      if (!this.skip(0x2c)) return this.fail();
    }
    return map;
  }

  list(depth: i32): Value {
    const list = new Value(Kind.List);
    list.items = [];
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

  boolean(text: string): Value {
    const value = new Value(Kind.Boolean);
    value.text = text;
    return value;
  }

  string(): string {
    const start = this.at + 1;
    const isEscaped = this.passString();
    if (this.failed) return '';
    const length = this.at - 1 - start;
    return isEscaped ? this.unescaped(start, length) : String.UTF8.decodeUnsafe(start, length);
  }

  /** Passes over a string, and says whether it has a backslash. */
  passString(): bool {
    let isEscaped = false;
    this.at++;
    while (this.at < this.end) {
      const code = load<u8>(this.at++);
      if (code == 0x22) return isEscaped;
      if (code < 0x20) break;
      if (code == 0x5c) {
        isEscaped = true;
        this.at++;
      }
    }
    this.fail();
    return false;
  }

  /** Passes over a value without looking closer. */
  pass(): void {
    let open = 0;
    while (this.at < this.end) {
      const code = this.peek();
      if (code == 0x22) this.passString();
      else if (code == 0x7b || code == 0x5b) {
        open++;
        this.at++;
      } else if (code == 0x7d || code == 0x5d || code == 0x2c) {
        if (open == 0) return;
        if (code != 0x2c) open--;
        this.at++;
      } else this.at++;
    }
  }

  /** The text of a string without its backslashes. Memory is given back after a call only, so it is not put together piece by piece. */
  unescaped(from: usize, length: usize): string {
    const end = from + length;
    const out = new Out(heap.alloc(length), <u32>length);
    while (from < end) {
      let code = <u32>load<u8>(from++);
      if (code != 0x5c) {
        out.putByte(code);
        continue;
      }
      code = load<u8>(from++);
      if (code == 0x75) {
        code = this.unit(from, end);
        from += 4;
        const isPair = code >= 0xd800 && code < 0xdc00 && from + 6 <= end && load<u16>(from) == 0x755c;
        const low = isPair ? this.unit(from + 2, end) : 0;
        if (low >= 0xdc00 && low < 0xe000) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          from += 6;
        }
        out.putChar(code);
        continue;
      }
      if (code == 0x6e) code = 0x0a;
      else if (code == 0x74) code = 0x09;
      else if (code == 0x72) code = 0x0d;
      else if (code == 0x62) code = 0x08;
      else if (code == 0x66) code = 0x0c;
      else if (code != 0x22 && code != 0x5c && code != 0x2f) this.fail();
      out.putByte(code);
    }
    const text = String.UTF8.decodeUnsafe(out.at, out.length);
    heap.free(out.at);
    return text;
  }

  /** The four digits behind `\u`. */
  unit(at: usize, end: usize): u32 {
    let unit: u32 = 0;
    for (let i: usize = 0; i < 4; i++) {
      const digit = at + i < end ? hexDigit(load<u8>(at + i)) : -1;
      if (digit < 0) this.fail();
      unit = (unit << 4) | (digit & 15);
    }
    return unit;
  }

  number(): Value {
    const start = this.at;
    while (this.at < this.end && isNumberPart(this.peek())) this.at++;
    const number = new Value(Kind.Number);
    number.text = String.UTF8.decodeUnsafe(start, this.at - start);
    return isNaN(parseFloat(number.text)) ? this.fail() : number;
  }

  word(word: string): bool {
    for (let i = 0; i < word.length; i++) {
      const at = this.at + i;
      if (at >= this.end || load<u8>(at) != word.charCodeAt(i)) return false;
    }
    this.at += word.length;
    return true;
  }

  space(): void {
    while (this.at < this.end && isSpace(load<u8>(this.at))) this.at++;
  }

  isAtEnd(): bool {
    this.space();
    return this.at == this.end && !this.failed;
  }

  peek(): i32 {
    return this.at < this.end ? load<u8>(this.at) : -1;
  }

  skip(code: i32): bool {
    if (this.peek() != code) return false;
    this.at++;
    return true;
  }

  fail(): Value {
    this.failed = true;
    this.at = this.end;
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
