/** Parses a jq program as gojq's grammar does (`parser.go.y`), by recursive descent with one token of look-ahead. */
import type { Ast } from './jqAst.ts';
import { negate } from '../functions/jqArithmetic.ts';
import { parseNumber } from '../jqValue.ts';
import { binary, constant, identity, isSuffixed, keywords, levels, optional } from './jqSyntax.ts';
import { PartParser } from './jqParts.ts';

/** The tree of a program; throws a `JqSyntaxError`. */
export function parseJq(text: string): Ast {
  return new Parser(text).program();
}

/** Programs may nest this deep; gojq has no such limit. */
const maxDepth = 500;

/** Keywords that a term may start with. */
const startsTerm: ReadonlySet<string> = new Set('null true false if try reduce foreach break'.split(' '));

class Parser extends PartParser {
  #depth = 0;

  program(): Ast {
    if (this.skipName('module')) this.metadata();
    let imported: string | null = null;
    while (this.isName('import') || this.isName('include')) {
      const path = this.import();
      imported ??= path;
    }
    const program = this.pipe(true);
    if (this.token.kind !== 'end') this.fail();
    return imported === null ? program : { t: 'import', path: imported };
  }

  protected override pipe(isProgram = false): Ast {
    if (++this.#depth > maxDepth) throw new RangeError('nested too deeply');
    const left = this.#comma(isProgram);
    const whole: Ast = this.skip('|') ? { t: 'pipe', left, right: this.pipe() } : left;
    this.#depth--;
    return whole;
  }

  #comma(isProgram: boolean): Ast {
    let left = this.#operand(isProgram);
    while (this.skip(',')) left = { t: 'comma', left, right: this.#operand(false) };
    return left;
  }

  /** An expression with what binds to the end of the pipe: definitions, labels and bindings. */
  #operand(isProgram: boolean): Ast {
    if (this.isName('def')) return this.#definition(isProgram);
    if (this.isName('label')) {
      this.advance();
      const name = this.take('variable');
      this.expect('|');
      return { t: 'label', name, body: this.pipe() };
    }
    const source = this.expression(1);
    if (!this.skipName('as')) return source;
    const patterns = [this.pattern()];
    while (this.skip('?//')) patterns.push(this.pattern());
    this.expect('|');
    return { t: 'bind', source, patterns, body: this.pipe() };
  }

  #definition(isProgram: boolean): Ast {
    this.advance();
    const name = this.takeName();
    const params: string[] = [];
    if (this.skip('(')) {
      do params.push(this.token.kind === 'variable' ? this.take('variable') : this.takeName());
      while (this.skip(';'));
      this.expect(')');
    }
    this.expect(':');
    const body = this.pipe();
    this.expect(';');
    const rest = isProgram && this.token.kind === 'end' ? null : this.pipe(isProgram);
    return { t: 'def', name, params, body, rest };
  }

  protected override expression(least: number): Ast {
    let left = this.#term();
    for (;;) {
      const operator = this.token.text;
      const isOperator = this.token.kind === 'mark' || this.token.kind === 'name';
      const level = isOperator && Object.hasOwn(levels, operator) ? (levels[operator] ?? 0) : 0;
      if (level < least || level === 0) return left;
      this.advance();
      const right = this.expression(operator === '//' ? level : level + 1);
      left = binary(operator, left, right);
      if ((level === 2 || level === 5) && levels[this.token.text] === level && this.token.kind === 'mark') this.fail();
    }
  }

  #term(): Ast {
    if (++this.#depth > maxDepth) throw new RangeError('nested too deeply');
    let term = this.#primary();
    for (;;) {
      const { kind, text } = this.token;
      if (kind === 'field') {
        this.advance();
        term = { t: 'index', of: term, key: constant(text.slice(1)), isSuffix: true };
      } else if (text === '[' && kind === 'mark') {
        term = this.#suffix(term);
      } else if (text === '?' && kind === 'mark') {
        this.advance();
        term = optional(term);
      } else if (text === '.' && kind === 'mark') {
        this.advance();
        term = this.isMark('[') ? this.#suffix(term) : { t: 'index', of: term, key: this.string(null), isSuffix: true };
      } else {
        this.#depth--;
        return term;
      }
    }
  }

  #suffix(of: Ast): Ast {
    this.expect('[');
    if (this.skip(']')) return { t: 'iterate', of, isSuffix: true };
    const from = this.isMark(':') ? null : this.pipe();
    if (from !== null && this.skip(']')) return { t: 'index', of, key: from, isSuffix: true };
    this.expect(':');
    const to = from !== null && this.isMark(']') ? null : this.pipe();
    this.expect(']');
    return { t: 'slice', of, from, to, isSuffix: true };
  }

  #primary(): Ast {
    const { kind, text } = this.token;
    switch (kind) {
      case 'field':
        this.advance();
        return { t: 'index', of: identity, key: constant(text.slice(1)), isSuffix: false };
      case 'variable':
        this.advance();
        return { t: 'variable', name: text };
      case 'number':
        this.advance();
        return { t: 'constant', value: parseNumber(text) };
      case 'format':
        this.advance();
        return this.isString() ? this.string(text) : { t: 'format', name: text };
      case 'string':
      case 'begin':
        return this.string(null);
      case 'name':
        return this.#word(text);
      case 'mark':
        return this.#bracket(text);
      default:
        return this.fail();
    }
  }

  #bracket(mark: string): Ast {
    if (!['.', '..', '(', '[', '{', '+', '-'].includes(mark)) this.fail();
    this.advance();
    switch (mark) {
      case '.':
        if (this.isString()) return { t: 'index', of: identity, key: this.string(null), isSuffix: false };
        return this.isMark('[') ? this.#suffix(identity) : identity;
      case '..':
        return { t: 'call', name: 'recurse', args: [] };
      case '(': {
        const inside = this.pipe();
        this.expect(')');
        return isSuffixed(inside) ? { ...inside, isSuffix: false } : inside;
      }
      case '[': {
        if (this.skip(']')) return { t: 'array', of: null };
        const of = this.pipe();
        this.expect(']');
        return { t: 'array', of };
      }
      case '{':
        return this.object();
      default:
        return this.#signed(mark);
    }
  }

  /** A number with its sign is a constant; any other term is negated when it runs. */
  #signed(mark: string): Ast {
    const isNumber = this.isKind('number');
    const term = this.#term();
    if (!isNumber || term.t !== 'constant')
      return { t: 'call', name: mark === '-' ? '_negate' : '_plus', args: [term] };
    return mark === '-' ? { t: 'constant', value: negate(term.value) } : term;
  }

  #word(word: string): Ast {
    if (keywords.has(word) && !startsTerm.has(word)) this.fail();
    this.advance();
    switch (word) {
      case 'null':
        return constant(null);
      case 'true':
      case 'false':
        return constant(word === 'true');
      case 'if':
        return this.#conditional();
      case 'try': {
        const body = this.#term();
        return { t: 'try', body, handler: this.skipName('catch') ? this.#term() : null };
      }
      case 'reduce':
      case 'foreach':
        return this.#loop(word);
      case 'break':
        return { t: 'break', name: this.take('variable') };
      default:
        return { t: 'call', name: word, args: this.#args() };
    }
  }

  #args(): readonly Ast[] {
    if (!this.skip('(')) return [];
    const args = [this.pipe()];
    while (this.skip(';')) args.push(this.pipe());
    this.expect(')');
    return args;
  }

  #conditional(): Ast {
    const condition = this.pipe();
    this.expectName('then');
    const yes = this.pipe();
    if (this.skipName('elif')) return { t: 'if', condition, yes, otherwise: this.#conditional() };
    const otherwise = this.skipName('else') ? this.pipe() : null;
    this.expectName('end');
    return { t: 'if', condition, yes, otherwise };
  }

  #loop(word: 'reduce' | 'foreach'): Ast {
    const source = this.expression(1);
    this.expectName('as');
    const pattern = this.pattern();
    this.expect('(');
    const init = this.pipe();
    this.expect(';');
    const update = this.pipe();
    const extract = word === 'foreach' && this.skip(';') ? this.pipe() : null;
    this.expect(')');
    return word === 'reduce'
      ? { t: word, source, pattern, init, update }
      : { t: word, source, pattern, init, update, extract };
  }
}
