/** Parses Go's regular expressions (`regexp/syntax` with the flags of Perl). */
import { type Assertion, RegexpError, type RegexpNode, type RuneTest } from './regexpTree.ts';
import { folded, perlSets, posixSets, unicodeSet } from './regexpSets.ts';

/** A parsed expression and the names of its groups; the whole match is the first, without a name. */
export interface ParsedRegexp {
  readonly node: RegexpNode;
  readonly names: readonly (string | null)[];
}

/** Throws a `RegexpError`. */
export function parseRegexp(text: string): ParsedRegexp {
  return new RegexpParser(text).whole();
}

const mostRepeats = 1000;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

class RegexpParser {
  readonly #text: string;
  readonly #names: (string | null)[] = [null];
  #at = 0;
  #flags: Flags = { i: false, m: false, s: false, U: false };

  constructor(text: string) {
    this.#text = text;
  }

  whole(): ParsedRegexp {
    const node = this.#alternatives();
    if (this.#at < this.#text.length) throw new RegexpError(`unexpected ): \`${this.#text}\``);
    return { node, names: this.#names };
  }

  #alternatives(): RegexpNode {
    const outer = this.#flags;
    const items = [this.#sequence()];
    while (this.#skip('|')) items.push(this.#sequence());
    this.#flags = outer;
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { k: 'any', items };
  }

  #sequence(): RegexpNode {
    const items: RegexpNode[] = [];
    while (this.#at < this.#text.length && !this.#isNext('|') && !this.#isNext(')')) {
      if (this.#skip('\\Q')) {
        items.push(...this.#quoted());
        continue;
      }
      const atom = this.#atom();
      if (atom !== null) items.push(this.#repeated(atom));
    }
    return { k: 'all', items };
  }

  /** The characters up to `\\E`; a repetition operator after it applies to the last one. */
  #quoted(): readonly RegexpNode[] {
    const end = this.#text.indexOf('\\E', this.#at);
    const literal = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    const items = Array.from(literal, (rune) => this.#literal(rune.codePointAt(0) ?? 0));
    const last = items.pop();
    return last === undefined ? [] : [...items, this.#repeated(last)];
  }

  #repeated(atom: RegexpNode): RegexpNode {
    let node = atom;
    let before: number | null = null;
    for (;;) {
      const from = this.#at;
      const repeat = this.#operator();
      if (repeat === null) return node;
      if (before !== null) {
        throw new RegexpError(`invalid nested repetition operator: \`${this.#text.slice(before, this.#at)}\``);
      }
      node = { k: 'repeat', of: node, ...repeat };
      before = from;
    }
  }

  /** A repetition operator with its `?`; null when there is none. */
  #operator(): Pick<Extract<RegexpNode, { readonly k: 'repeat' }>, 'least' | 'most' | 'isGreedy'> | null {
    const from = this.#at;
    const bounds = this.#bounds();
    if (bounds === null) return null;
    const [least, most] = bounds;
    if (least > mostRepeats || (most !== Infinity && (most > mostRepeats || most < least))) {
      throw new RegexpError(`invalid repeat count: \`${this.#text.slice(from, this.#at)}\``);
    }
    return { least, most, isGreedy: this.#skip('?') === this.#flags.U };
  }

  #bounds(): readonly [number, number] | null {
    if (this.#skip('*')) return [0, Infinity];
    if (this.#skip('+')) return [1, Infinity];
    if (this.#skip('?')) return [0, 1];
    const counted = this.#match(/\{(\d+)(,(\d*))?\}/y);
    if (counted === null) return null;
    const least = Number(counted[1]);
    if (counted[2] === undefined) return [least, least];
    return [least, counted[3] === '' ? Infinity : Number(counted[3])];
  }

  /** null for flags, which stand for nothing. */
  #atom(): RegexpNode | null {
    const from = this.#at;
    if (this.#operator() !== null) {
      throw new RegexpError(`missing argument to repetition operator: \`${this.#text.slice(from, this.#at)}\``);
    }
    if (this.#skip('(')) return this.#group();
    if (this.#skip('.')) return { k: 'set', test: this.#flags.s ? () => true : (rune) => rune !== 10 };
    if (this.#skip('^')) return assertion(this.#flags.m ? 'line-start' : 'text-start');
    if (this.#skip('$')) return assertion(this.#flags.m ? 'line-end' : 'text-end');
    if (this.#isNext('[')) return { k: 'set', test: this.#set() };
    if (this.#isNext('\\')) return this.#escape();
    return this.#literal(this.#rune());
  }

  #group(): RegexpNode | null {
    const open = this.#at - 1;
    if (!this.#skip('?')) return this.#captured(null);
    const name = this.#match(/P?<(\w+)>/y);
    if (name !== null) {
      const [, word = ''] = name;
      return this.#captured(word);
    }
    if (/P?</y.test(this.#text.slice(this.#at, this.#at + 2))) {
      throw new RegexpError(`invalid named capture: \`${this.#text.slice(open)}\``);
    }
    const flags = this.#match(/([imsU]*)(-[imsU]+)?([:)])/y);
    if (flags === null) {
      throw new RegexpError(`invalid or unsupported Perl syntax: \`${this.#text.slice(open, this.#at + 1)}\``);
    }
    const [, on = '', off = '', end] = flags;
    const outer = this.#flags;
    const changed = (flag: keyof Flags): boolean => (outer[flag] || on.includes(flag)) && !off.includes(flag);
    this.#flags = { i: changed('i'), m: changed('m'), s: changed('s'), U: changed('U') };
    if (end === ')') return null;
    const inside = this.#alternatives();
    this.#close();
    this.#flags = outer;
    return inside;
  }

  #captured(name: string | null): RegexpNode {
    const index = this.#names.push(name) - 1;
    const of = this.#alternatives();
    this.#close();
    return { k: 'group', of, index };
  }

  #close(): void {
    if (!this.#skip(')')) throw new RegexpError(`missing closing ): \`${this.#text}\``);
  }

  #escape(): RegexpNode {
    const simple = this.#match(/\\([AzbB])/y)?.[1];
    const places: Readonly<Record<string, Assertion>> = { A: 'text-start', z: 'text-end', b: 'word', B: 'not-word' };
    const place = simple === undefined ? undefined : places[simple];
    if (place !== undefined) return assertion(place);
    const set = this.#escapedSet();
    return set === null ? this.#literal(this.#escapedRune()) : { k: 'set', test: set };
  }

  /** `\d`, `\pL`, `\p{Greek}` and their opposites. */
  #escapedSet(): RuneTest | null {
    const perl = this.#match(/\\([dswDSW])/y)?.[1];
    if (perl !== undefined) return this.#signed(perlSets[perl.toLowerCase()], perl === perl.toUpperCase());
    const property = this.#match(/\\([pP])(?:\{(\^?)([^}]*)\}|(.))/uy);
    if (property === null) return null;
    const [whole, kind, caret, long, short] = property;
    const test = unicodeSet(long ?? short ?? '');
    if (test === null) throw new RegexpError(`invalid character class range: \`${whole}\``);
    return this.#signed(test, (kind === 'P') !== (caret === '^'));
  }

  #escapedRune(): number {
    const letter = this.#match(/\\([afnrtv])/y)?.[1];
    if (letter !== undefined) return [7, 12, 10, 13, 9, 11]['afnrtv'.indexOf(letter)] ?? 0;
    const hex = this.#match(/\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/y);
    if (hex !== null && Number.parseInt(hex[1] ?? hex[2] ?? '', 16) <= 0x10_ffff)
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    const octal = this.#match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y)?.[1];
    if (octal !== undefined) return Number.parseInt(octal, 8);
    const mark = this.#match(/\\([!-/:-@[-`{-~])/y)?.[1];
    if (mark !== undefined) return mark.charCodeAt(0);
    if (this.#at + 1 === this.#text.length) throw new RegexpError('trailing backslash at end of expression: ``');
    const [escaped = ''] = this.#text.slice(this.#at + 1);
    throw new RegexpError(`invalid escape sequence: \`\\${escaped}\``);
  }

  #set(): RuneTest {
    const start = this.#at;
    this.#at++;
    const isNegated = this.#skip('^');
    const tests: RuneTest[] = [];
    for (let isFirst = true; isFirst || !this.#isNext(']'); isFirst = false) {
      if (this.#at >= this.#text.length) throw new RegexpError(`missing closing ]: \`${this.#text.slice(start)}\``);
      const test = this.#posix() ?? this.#escapedSet() ?? this.#range();
      tests.push(test);
    }
    this.#at++;
    return (rune) => tests.some((test) => test(rune)) !== isNegated;
  }

  #posix(): RuneTest | null {
    const found = this.#match(/\[:(\^?)([a-z]+):\]/y);
    if (found === null) return null;
    const test = posixSets[found[2] ?? ''];
    if (test === undefined) throw new RegexpError(`invalid character class range: \`${found[0]}\``);
    return this.#signed(test, found[1] === '^');
  }

  #range(): RuneTest {
    const start = this.#at;
    const low = this.#isNext('\\') ? this.#escapedRune() : this.#rune();
    if (!this.#isNext('-') || this.#text[this.#at + 1] === ']' || this.#at + 1 >= this.#text.length)
      return this.#fold((rune) => rune === low);
    this.#at++;
    const high = this.#isNext('\\') ? this.#escapedRune() : this.#rune();
    if (high < low) throw new RegexpError(`invalid character class range: \`${this.#text.slice(start, this.#at)}\``);
    return this.#fold((rune) => rune >= low && rune <= high);
  }

  #literal(code: number): RegexpNode {
    return { k: 'set', test: this.#fold((rune) => rune === code) };
  }

  /** The set or its opposite; without regard to case, the opposite is taken last. */
  #signed(test: RuneTest | undefined, isNegated: boolean): RuneTest {
    const known = this.#fold(test ?? ((): boolean => false));
    return isNegated ? (rune) => !known(rune) : known;
  }

  #fold(test: RuneTest): RuneTest {
    return this.#flags.i ? folded(test) : test;
  }

  #rune(): number {
    const code = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #isNext(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #skip(text: string): boolean {
    const found = this.#isNext(text);
    if (found) this.#at += text.length;
    return found;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found;
  }
}

function assertion(what: Assertion): RegexpNode {
  return { k: 'assert', what };
}
