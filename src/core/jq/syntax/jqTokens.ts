/** Token by token access to a jq program, for its parser. */
import { keywords } from './jqSyntax.ts';
import { Lexer, type Token } from './jqLexer.ts';

/** The current token of a program. Every method that expects something throws a `JqSyntaxError` at the current token. */
export class TokenReader {
  readonly #lexer: Lexer;
  protected token: Token;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    this.token = this.#lexer.next();
  }

  protected isKind(kind: Token['kind']): boolean {
    return this.token.kind === kind;
  }

  protected isString(): boolean {
    return this.token.kind === 'string' || this.token.kind === 'begin';
  }

  protected advance(): void {
    this.token = this.#lexer.next();
  }

  protected isMark(mark: string): boolean {
    return this.token.kind === 'mark' && this.token.text === mark;
  }

  protected isName(word: string): boolean {
    return this.token.kind === 'name' && this.token.text === word;
  }

  protected skip(mark: string): boolean {
    const found = this.isMark(mark);
    if (found) this.advance();
    return found;
  }

  protected skipName(word: string): boolean {
    const found = this.isName(word);
    if (found) this.advance();
    return found;
  }

  protected expect(mark: string): void {
    if (!this.skip(mark)) this.fail();
  }

  protected expectName(word: string): void {
    if (!this.skipName(word)) this.fail();
  }

  protected expectKind(kind: Token['kind']): void {
    if (this.token.kind !== kind) this.fail();
    this.advance();
  }

  protected take(kind: Token['kind']): string {
    const { text } = this.token;
    this.expectKind(kind);
    return text;
  }

  protected takeName(): string {
    if (keywords.has(this.token.text) || this.token.text.includes(':')) this.fail();
    return this.take('name');
  }

  /** Continues with the string after the `)` of an interpolation. */
  protected resumeString(): void {
    if (!this.isMark(')')) this.fail();
    this.#lexer.resumeString();
    this.advance();
  }

  protected fail(): never {
    throw this.#lexer.errorAt(this.token);
  }
}
