/** Parses the parts of a jq program that hold others: objects, patterns, strings and the header. */
import type { Ast, ObjectEntry, Pattern, PatternMember } from './jqAst.ts';
import { constant } from './jqSyntax.ts';
import { TokenReader } from './jqTokens.ts';

export abstract class PartParser extends TokenReader {
  protected abstract pipe(): Ast;

  /** An expression of operators that bind at least as tightly as a level. */
  protected abstract expression(least: number): Ast;

  protected object(): Ast {
    const entries: ObjectEntry[] = [];
    while (!this.skip('}')) {
      entries.push(this.#entry());
      if (!this.isMark('}')) this.expect(',');
    }
    return { t: 'object', entries };
  }

  #entry(): ObjectEntry {
    const { kind } = this.token;
    const key = this.#key();
    if (kind === 'mark') this.expect(':');
    else if (!this.skip(':')) return { key, value: null };
    let value = this.expression(1);
    while (this.skip('|')) value = { t: 'pipe', left: value, right: this.expression(1) };
    return { key, value };
  }

  /** A name, a keyword, a variable, a string, or a query in parentheses. */
  #key(): Ast {
    const { kind, text } = this.token;
    if (this.isString()) return this.string(null);
    if (kind === 'variable') {
      this.advance();
      return { t: 'variable', name: text };
    }
    if (kind === 'name' && !text.includes(':')) {
      this.advance();
      return constant(text);
    }
    this.expect('(');
    const query = this.pipe();
    this.expect(')');
    return query;
  }

  protected pattern(): Pattern {
    if (this.token.kind === 'variable') return { p: 'name', name: this.take('variable') };
    if (this.skip('[')) {
      const items = [this.pattern()];
      while (this.skip(',')) items.push(this.pattern());
      this.expect(']');
      return { p: 'array', items };
    }
    this.expect('{');
    const members = [this.#patternMember()];
    while (this.skip(',')) members.push(this.#patternMember());
    this.expect('}');
    return { p: 'object', members };
  }

  #patternMember(): PatternMember {
    const bound = this.token.kind === 'variable' ? this.token.text : null;
    const key = bound === null ? this.#key() : constant(this.take('variable').slice(1));
    if (bound === null) this.expect(':');
    else if (!this.skip(':')) return { key, bound, pattern: null };
    return { key, bound, pattern: this.pattern() };
  }

  protected string(format: string | null): Ast {
    if (this.isKind('string')) return constant(this.take('string'));
    this.expectKind('begin');
    const parts: (string | Ast)[] = [];
    while (!this.isKind('finish')) {
      if (this.isKind('string')) {
        parts.push(this.take('string'));
        continue;
      }
      this.expectKind('query');
      parts.push(this.pipe());
      this.resumeString();
    }
    this.advance();
    return { t: 'text', format, parts };
  }

  protected import(): string {
    const hasAlias = this.isName('import');
    this.advance();
    const path = this.take('string');
    if (hasAlias) {
      this.expectName('as');
      if (this.isKind('variable')) this.advance();
      else this.takeName();
    }
    if (this.isMark('{')) this.metadata();
    else this.expect(';');
    return path;
  }

  protected metadata(): void {
    this.expect('{');
    this.object();
    this.expect(';');
  }
}
