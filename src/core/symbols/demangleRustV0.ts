/** Reads Rust's v0 symbol names: `_RNvNtCs1234_4core9panicking9panic_fmt` is `core::panicking::panic_fmt` (Rust RFC 2603). */
import { decodePunycode } from './punycode.ts';
import { SymbolCursor, UnreadableSymbol, readSymbol } from './symbolCursor.ts';

const basicTypes: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

/** The path of a v0 symbol without the crate's hash; null when the text is not one. */
export function demangleRustV0(symbol: string): string | null {
  return readSymbol(() => {
    const reader = new V0Reader(symbol);
    return reader.path(true);
  });
}

/** Reads one symbol. `inValue` of a path: generic arguments are written `::<T>`, as in an expression. */
class V0Reader {
  readonly #in: SymbolCursor;
  /** Position that back references count from. */
  readonly #base: number;
  #lifetimes = 0;

  constructor(symbol: string) {
    this.#base = symbol.startsWith('__R') ? 3 : 2;
    this.#in = new SymbolCursor(symbol, this.#base);
    this.#in.match(/\d*/y);
  }

  path(inValue: boolean): string {
    return this.#in.nested(() => this.#path(inValue));
  }

  #path(inValue: boolean): string {
    switch (this.#in.next()) {
      case 'C': {
        this.#disambiguator();
        return this.#identifier();
      }
      case 'M':
        this.#implPath();
        return `<${this.#type()}>`;
      case 'X':
        this.#implPath();
        return `<${this.#type()} as ${this.path(false)}>`;
      case 'Y':
        return `<${this.#type()} as ${this.path(false)}>`;
      case 'N':
        return this.#nestedPath(inValue);
      case 'I': {
        const path = this.path(inValue);
        const args = this.#list(() => this.#genericArg());
        return `${path}${inValue ? '::' : ''}<${args.join(', ')}>`;
      }
      case 'B':
        return this.#backReference(() => this.path(inValue));
      default:
        throw new UnreadableSymbol();
    }
  }

  #implPath(): void {
    this.#disambiguator();
    this.path(false);
  }

  #nestedPath(inValue: boolean): string {
    const space = this.#in.next();
    const parent = this.path(inValue);
    const number = this.#disambiguator();
    const name = this.#identifier();
    if (/[a-z]/.test(space)) return name === '' ? parent : `${parent}::${name}`;
    const kind = space === 'C' ? 'closure' : space === 'S' ? 'shim' : space;
    return `${parent}::{${kind}${name === '' ? '' : `:${name}`}#${number}}`;
  }

  #type(): string {
    return this.#in.nested(() => this.#anyType());
  }

  #anyType(): string {
    const tag = this.#in.next();
    const basic = basicTypes[tag];
    if (basic !== undefined) return basic;
    switch (tag) {
      case 'A': {
        const item = this.#type();
        return `[${item}; ${this.#const()}]`;
      }
      case 'S':
        return `[${this.#type()}]`;
      case 'T': {
        const items = this.#list(() => this.#type());
        return items.length === 1 ? `(${items.join('')},)` : `(${items.join(', ')})`;
      }
      case 'R':
        return `&${this.#optionalLifetime()}${this.#type()}`;
      case 'Q':
        return `&${this.#optionalLifetime()}mut ${this.#type()}`;
      case 'P':
        return `*const ${this.#type()}`;
      case 'O':
        return `*mut ${this.#type()}`;
      case 'F':
        return this.#bound(() => this.#functionType());
      case 'D':
        return this.#dynType();
      case 'B':
        return this.#backReference(() => this.#type());
      default:
        this.#in.at--;
        return this.path(false);
    }
  }

  #functionType(): string {
    const unsafe = this.#in.eat('U') ? 'unsafe ' : '';
    const abi = this.#in.eat('K') ? (this.#in.eat('C') ? 'C' : this.#identifier().replaceAll('_', '-')) : '';
    const params = this.#list(() => this.#type());
    const result = this.#in.eat('u') ? '' : ` -> ${this.#type()}`;
    return `${unsafe}${abi === '' ? '' : `extern "${abi}" `}fn(${params.join(', ')})${result}`;
  }

  #dynType(): string {
    const traits = this.#bound(() => this.#list(() => this.#dynTrait()).join(' + '));
    this.#in.expect('L');
    const lifetime = this.#lifetime(this.#base62());
    return `dyn ${traits}${lifetime === "'_" ? '' : ` + ${lifetime}`}`;
  }

  #dynTrait(): string {
    const path = this.path(false);
    const bindings: string[] = [];
    while (this.#in.eat('p')) bindings.push(`${this.#identifier()} = ${this.#type()}`);
    if (bindings.length === 0) return path;
    return path.endsWith('>') ? `${path.slice(0, -1)}, ${bindings.join(', ')}>` : `${path}<${bindings.join(', ')}>`;
  }

  #genericArg(): string {
    if (this.#in.eat('L')) return this.#lifetime(this.#base62());
    return this.#in.eat('K') ? this.#const() : this.#type();
  }

  #const(): string {
    return this.#in.nested(() => {
      if (this.#in.eat('B')) return this.#backReference(() => this.#const());
      if (this.#in.eat('p')) return '_';
      const type = this.#in.next();
      const sign = this.#in.eat('n') ? '-' : '';
      const digits = this.#in.match(/[\da-f]*(?=_)/y);
      this.#in.expect('_');
      const value = BigInt(`0x${digits === '' ? '0' : digits}`);
      if (type === 'b') return value === 0n ? 'false' : 'true';
      if (type === 'c') return value <= 0x10_ffffn ? `'${String.fromCodePoint(Number(value))}'` : '_';
      if (basicTypes[type] === undefined) throw new UnreadableSymbol();
      return `${sign}${value}`;
    });
  }

  /** Reads a type or bounds with the lifetimes that it declares: `for<'a, 'b> …`. */
  #bound(read: () => string): string {
    const added = this.#in.eat('G') ? this.#base62() + 1 : 0;
    if (added > 100) throw new UnreadableSymbol();
    this.#lifetimes += added;
    const names = Array.from({ length: added }, (_, at) => this.#lifetime(added - at));
    const result = read();
    this.#lifetimes -= added;
    return added === 0 ? result : `for<${names.join(', ')}> ${result}`;
  }

  #optionalLifetime(): string {
    if (!this.#in.eat('L')) return '';
    const name = this.#lifetime(this.#base62());
    return name === "'_" ? '' : `${name} `;
  }

  #lifetime(index: number): string {
    if (index === 0) return "'_";
    const depth = this.#lifetimes - index;
    if (depth < 0) throw new UnreadableSymbol();
    return depth < 26 ? `'${String.fromCodePoint(97 + depth)}` : `'_${depth}`;
  }

  #backReference<T>(read: () => T): T {
    const start = this.#in.at - 1;
    const target = this.#base + this.#base62();
    if (target >= start) throw new UnreadableSymbol();
    return this.#in.elsewhere(target, read);
  }

  #list<T>(read: () => T): T[] {
    const items: T[] = [];
    while (!this.#in.eat('E')) items.push(read());
    return items;
  }

  /** The number that tells equal names apart; 0 without one. */
  #disambiguator(): number {
    return this.#in.eat('s') ? this.#base62() + 1 : 0;
  }

  #base62(): number {
    const digits = this.#in.match(/[\da-zA-Z]*(?=_)/y);
    this.#in.expect('_');
    if (digits === '') return 0;
    let value = 0;
    for (const digit of digits) value = value * 62 + base62Digits.indexOf(digit);
    // A crate's hash has 64 bits, which a number does not hold exactly; it is not shown.
    return value + 1;
  }

  #identifier(): string {
    const isPunycode = this.#in.eat('u');
    const length = Number(this.#in.match(/0|[1-9]\d{0,5}/y));
    this.#in.eat('_');
    const text = this.#in.take(length);
    return isPunycode ? (decodePunycode(text) ?? text) : text;
  }
}

const base62Digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
