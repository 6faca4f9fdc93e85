/** Reads the names and types inside of C++ symbols of the Itanium ABI, with substitutions and template parameters. */
import { abbreviations, builtinTypes, laterTypes, operators } from './itaniumWords.ts';
import { type SymbolCursor, UnreadableSymbol } from './symbolCursor.ts';

/** A name, and what its encoding needs to know about it. */
export interface ItaniumName {
  readonly text: string;
  /** `const`, `&` and others behind the parameters. */
  readonly qualifiers: string;
  /** Whether a return type stands before the parameters: only for function templates. */
  readonly hasReturnType: boolean;
}

/** The reader of names and types of one symbol. */
export class ItaniumTypes {
  readonly #in: SymbolCursor;
  readonly #encoding: () => string;
  readonly #substitutions: string[] = [];
  #templateArgs: readonly string[] = [];
  /** Whether the last name was a constructor's, which has no return type even when it is a template. */
  #isConstructor = false;

  constructor(cursor: SymbolCursor, encoding: () => string) {
    this.#in = cursor;
    this.#encoding = encoding;
  }

  name(): ItaniumName {
    return this.#in.nested(() => {
      if (this.#in.eat('N')) return this.#nestedName();
      if (this.#in.eat('Z')) return this.#localName();
      let text: string;
      if (this.#in.peek() === 'S' && this.#in.peek(1) !== 't') text = this.#substitution();
      else {
        text = this.#in.eat('St') ? `std::${this.#unqualified('std')}` : this.#unqualified('');
        if (this.#in.peek() === 'I') this.#substitutions.push(text);
      }
      if (this.#in.peek() !== 'I') return { text, qualifiers: '', hasReturnType: false };
      return { text: text + this.#readTemplateArgs(), qualifiers: '', hasReturnType: true };
    });
  }

  /** A type. Template parameters stay those of the function, whatever template the type is made from. */
  type(): string {
    const own = this.#templateArgs;
    const text = this.#anyType();
    this.#templateArgs = own;
    return text;
  }

  #anyType(): string {
    return this.#in.nested(() => {
      const basic = builtinTypes[this.#in.peek()];
      if (basic !== undefined) {
        this.#in.at++;
        return basic;
      }
      if (this.#in.peek() === 'D' && laterTypes[this.#in.peek(1)] !== undefined) {
        this.#in.at++;
        return laterTypes[this.#in.next()] ?? '';
      }
      if (this.#in.peek() === 'S' && this.#in.peek(1) !== 't') return this.#substitutedType();
      const text = this.#compoundType();
      this.#substitutions.push(text);
      return text;
    });
  }

  #substitutedType(): string {
    const text = this.#substitution();
    if (this.#in.peek() !== 'I') return text;
    const whole = text + this.#readTemplateArgs();
    this.#substitutions.push(whole);
    return whole;
  }

  #compoundType(): string {
    const tag = this.#in.next();
    switch (tag) {
      case 'P':
        return withDeclarator(this.type(), '*');
      case 'R':
        return withDeclarator(this.type(), '&');
      case 'O':
        return withDeclarator(this.type(), '&&');
      case 'K':
        return withQualifier(this.type(), 'const');
      case 'V':
        return withQualifier(this.type(), 'volatile');
      case 'F':
        return this.#functionType();
      case 'A': {
        const size = this.#in.match(/\d*/y);
        this.#in.expect('_');
        return `${this.type()} [${size}]`;
      }
      case 'M': {
        const owner = this.type();
        return withDeclarator(`${this.type()} `, `${owner}::*`);
      }
      case 'T': {
        const param = this.#templateParam();
        if (this.#in.peek() !== 'I') return param;
        this.#substitutions.push(param);
        return param + this.#readTemplateArgs();
      }
      case 'U':
        return `${this.type()} ${this.#sourceName()}`;
      case 'D':
        if (this.#in.eat('p')) return this.type();
        throw new UnreadableSymbol();
      default: {
        this.#in.at--;
        return this.name().text;
      }
    }
  }

  #functionType(): string {
    this.#in.eat('Y');
    const result = this.type();
    const params: string[] = [];
    while (!this.#in.eat('E')) params.push(this.type());
    return `${result} (${params.length === 1 && params[0] === 'void' ? '' : params.join(', ')})`;
  }

  #nestedName(): ItaniumName {
    const words = this.#in.match(/[rVK]*/y);
    const reference = this.#in.eat('R') ? ' &' : this.#in.eat('O') ? ' &&' : '';
    const qualifiers = (words.includes('K') ? ' const' : '') + (words.includes('V') ? ' volatile' : '') + reference;
    let text = '';
    let last = '';
    let isTemplate = false;
    while (!this.#in.eat('E')) {
      isTemplate = false;
      const next = this.#in.peek();
      if (next === 'S' && this.#in.peek(1) !== 't') {
        text = this.#substitution();
        last = lastName(text);
        continue;
      }
      if (next === 'I') {
        text += this.#readTemplateArgs();
        isTemplate = !this.#isConstructor && !isSpecialMember(last);
      } else if (next === 'T') {
        this.#in.at++;
        text = this.#templateParam();
      } else {
        const isStd = this.#in.eat('St');
        if (isStd && text === '') text = 'std';
        const name = this.#unqualified(last);
        text = text === '' ? name : `${text}::${name}`;
        last = isSpecialMember(name) ? name : lastName(name);
      }
      if (this.#in.peek() !== 'E') this.#substitutions.push(text);
    }
    return { text, qualifiers, hasReturnType: isTemplate };
  }

  #localName(): ItaniumName {
    const outer = this.#encoding();
    this.#in.expect('E');
    if (this.#in.eat('s')) {
      this.#discriminator();
      return { text: `${outer}::string literal`, qualifiers: '', hasReturnType: false };
    }
    if (this.#in.eat('d')) this.#in.match(/\d*_/y);
    const inner = this.name();
    this.#discriminator();
    return { ...inner, text: `${outer}::${inner.text}` };
  }

  #discriminator(): void {
    this.#in.match(/(?:__\d+_|_\d)?/y);
  }

  /** A name without its scope. `scope` is the last name before it, which a constructor repeats. */
  #unqualified(scope: string): string {
    this.#in.eat('L');
    let name = this.#bareName(scope);
    while (this.#in.eat('B')) name += `[abi:${this.#sourceName()}]`;
    return name;
  }

  #bareName(scope: string): string {
    const next = this.#in.peek();
    this.#isConstructor = false;
    if (/\d/.test(next)) return this.#sourceName();
    if (next === 'C' && /[1-5]/.test(this.#in.peek(1))) {
      this.#in.at += 2;
      this.#isConstructor = true;
      return scope;
    }
    if (next === 'D' && /[0-5]/.test(this.#in.peek(1))) {
      this.#in.at += 2;
      return `~${scope}`;
    }
    if (this.#in.eat('Ul')) {
      const params: string[] = [];
      while (!this.#in.eat('E')) params.push(this.type());
      const number = this.#number();
      return `'lambda${number}'(${params.length === 1 && params[0] === 'void' ? '' : params.join(', ')})`;
    }
    if (this.#in.eat('Ut')) return `'unnamed${this.#number()}'`;
    if (this.#in.eat('cv')) return `operator ${this.type()}`;
    if (this.#in.eat('li')) return `operator""${this.#sourceName()}`;
    const operator = operators[this.#in.peek() + this.#in.peek(1)];
    if (operator === undefined) throw new UnreadableSymbol();
    this.#in.at += 2;
    return `operator${operator}`;
  }

  #number(): string {
    const digits = this.#in.match(/\d*/y);
    this.#in.expect('_');
    return digits;
  }

  #sourceName(): string {
    const name = this.#in.take(Number(this.#in.match(/\d{1,6}/y)));
    return name.startsWith('_GLOBAL__N') ? '(anonymous namespace)' : name;
  }

  #substitution(): string {
    this.#in.expect('S');
    const known = abbreviations[this.#in.peek()];
    if (known !== undefined) {
      this.#in.at++;
      return known;
    }
    return this.#entry(this.#substitutions);
  }

  #templateParam(): string {
    return this.#entry(this.#templateArgs);
  }

  /** The entry that `_`, `0_`, `1_` or a later number names. */
  #entry(list: readonly string[]): string {
    const digits = this.#in.match(/[\dA-Z]*/y);
    this.#in.expect('_');
    const found = list[digits === '' ? 0 : Number.parseInt(digits, 36) + 1];
    if (found === undefined) throw new UnreadableSymbol();
    return found;
  }

  #readTemplateArgs(): string {
    this.#in.expect('I');
    const args = this.#argList();
    this.#templateArgs = args;
    return `<${args.filter((arg) => arg !== '').join(', ')}>`;
  }

  #argList(): string[] {
    const args: string[] = [];
    while (!this.#in.eat('E')) args.push(this.#templateArg());
    return args;
  }

  #templateArg(): string {
    if (this.#in.eat('J')) return this.#argList().join(', ');
    if (!this.#in.eat('L')) return this.type();
    if (this.#in.eat('_Z')) {
      const text = this.#encoding();
      this.#in.expect('E');
      return text;
    }
    const type = this.type();
    const value = this.#in.match(/n?[\da-z]*/y).replace(/^n/, '-');
    this.#in.expect('E');
    if (type === 'bool') return value === '0' ? 'false' : 'true';
    return type === 'int' ? value : `(${type})${value}`;
  }
}

function isSpecialMember(name: string): boolean {
  return name.startsWith('~') || name.startsWith('operator ');
}

/** The last part of a qualified name, without template arguments. */
function lastName(text: string): string {
  if (text === 'std::string') return 'basic_string';
  const plain = text.replace(/<.*$/s, '');
  return plain.slice(plain.includes('::') ? plain.lastIndexOf('::') + 2 : 0);
}

function withQualifier(type: string, word: string): string {
  return `${type} ${word}`;
}

/** Writes `*` or `&` behind a type, or inside of a function's or array's. */
function withDeclarator(type: string, mark: string): string {
  const inner = /^(.*?) (\(.*\)|\[.*\])$/s.exec(type);
  return inner === null || type.includes('<') ? type + mark : `${inner[1]} (${mark}) ${inner[2]}`.replace(') (', ')(');
}
