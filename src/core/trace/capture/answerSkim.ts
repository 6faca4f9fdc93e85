/**
 * Recognises an ordinary answer to a tool call from the bytes of its line, without decoding or parsing it. Such answers make up most of a
 * capture. All other lines are left to the full parser.
 */
import type { MessageId } from '../../mcp/message.ts';
import { skipJson, skipJsonString, skipSpace } from '../../base/jsonSkip.ts';

/** The same values that the full parser finds, for a valid line of a server with one answer whose result the gateway leaves unchanged. */
export interface SkimmedAnswer {
  readonly t: number;
  readonly session: string;
  readonly exchange: number;
  readonly redacted: boolean;
  /** Whether it answers a request of the gate. */
  readonly byGuard: boolean;
  readonly id: MessageId;
}

/** Returns null when the line is not certainly an ordinary answer. */
export function skimAnswer(bytes: Uint8Array): SkimmedAnswer | null {
  const skim = new Skim(bytes);
  if (!skim.take('{"t":')) return null;
  const t = skim.plainNumber();
  if (t === null || !skim.take(',"dir":"server",')) return null;
  const session = skim.take('"session":') ? skim.text() : '';
  if (session === null || (session !== '' && !skim.take(','))) return null;
  const exchange = skim.take('"exchange":') ? skim.plainNumber() : 0;
  if (exchange === null || (exchange !== 0 && !skim.take(','))) return null;
  const byGuard = skim.take('"by":"guard",');
  if (byGuard && skim.take('"for":') && (skim.id() === null || !skim.take(','))) return null;
  const redacted = skim.take('"redacted":') ? skim.plainNumber() : 0;
  if (redacted === null || (redacted > 0 && !skim.take(','))) return null;
  if (!skim.take('"msg":')) return null;
  const id = skim.answer();
  if (id === null || !skim.take('}') || !skim.isAtEnd) return null;
  return { t, session, exchange, redacted: redacted > 0, byGuard, id };
}

/** A place in the bytes. What is taken is passed; what does not fit stays, or makes the whole skim worthless. */
class Skim {
  readonly #bytes: Uint8Array;
  #at = 0;
  #hasResult = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Skips exactly this ASCII string. */
  take(text: string): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
    this.#at = start + text.length;
    return true;
  }

  /** Reads digits with an optional fraction, few enough that dividing two integers gives the same number as parsing. */
  plainNumber(): number | null {
    const start = this.#at;
    let digits = this.#digits(0);
    const whole = this.#at - start;
    if (whole === 0 || (whole > 1 && this.#bytes[start] === zero)) return null;
    let divisor = 1;
    if (this.#bytes[this.#at] === dot) {
      const fraction = ++this.#at;
      digits = this.#digits(digits);
      if (this.#at === fraction) return null;
      divisor = 10 ** (this.#at - fraction);
    }
    return this.#at - start > mostDigits ? null : digits / divisor;
  }

  id(): MessageId | null {
    if (this.#bytes[this.#at] === quote) return this.text();
    return this.plainNumber();
  }

  /** Reads a string of printable ASCII without escapes. */
  text(): string | null {
    if (this.#bytes[this.#at] !== quote) return null;
    const start = this.#at + 1;
    let end = start;
    while (isPlainAscii(this.#bytes[end])) end++;
    if (this.#bytes[end] !== quote || end - start > longestText) return null;
    this.#at = end + 1;
    let text = '';
    for (let at = start; at < end; at++) text += String.fromCharCode(this.#bytes[at] ?? 0);
    return text;
  }

  /** Reads an object with `id`, `result` and optionally `jsonrpc`, and no other member. Returns the id. */
  answer(): MessageId | null {
    let id: MessageId | null = null;
    const passed = this.#members(answerKeys, (key) => {
      if (key === 'id') return (id = this.id()) !== null;
      return key === 'result' ? this.#result() : this.take('"2.0"');
    });
    return passed >= 2 && this.#hasResult ? id : null;
  }

  #result(): boolean {
    this.#hasResult = true;
    const passed = this.#members(resultKeys, (key) => {
      if (key === 'content') return this.#content();
      if (key === 'isError') return this.take('true') || this.take('false');
      if (key === 'resultType') return this.take('"complete"');
      return (key === 'structuredContent' || this.#bytes[this.#at] === openBrace) && this.#anything();
    });
    return passed >= 0;
  }

  /** Skips a list of text content items. */
  #content(): boolean {
    if (!this.take('[')) return false;
    this.#space();
    if (this.take(']')) return true;
    for (;;) {
      this.#space();
      const passed = this.#members(textKeys, (key) => (key === 'type' ? this.take('"text"') : this.#string()));
      if (passed !== 2) return false;
      this.#space();
      if (this.take(']')) return true;
      if (!this.take(',')) return false;
    }
  }

  /** Skips an object whose keys are in `keys` and distinct; `member` skips each value. Returns the number of members, or -1. */
  #members(keys: readonly string[], member: (key: string) => boolean): number {
    if (!this.take('{')) return -1;
    this.#space();
    if (this.take('}')) return 0;
    let seen = 0;
    for (let count = 1; ; count++) {
      this.#space();
      const key = keys.findIndex((name) => this.#takeKey(name));
      if (key < 0 || (seen & (1 << key)) !== 0) return -1;
      seen |= 1 << key;
      this.#space();
      if (!this.take(':')) return -1;
      this.#space();
      if (!member(keys[key] ?? '')) return -1;
      this.#space();
      if (this.take('}')) return count;
      if (!this.take(',')) return -1;
    }
  }

  #takeKey(name: string): boolean {
    const bytes = this.#bytes;
    const end = this.#at + name.length + 1;
    if (bytes[this.#at] !== quote || bytes[end] !== quote) return false;
    for (let at = 0; at < name.length; at++) if (bytes[this.#at + 1 + at] !== name.charCodeAt(at)) return false;
    this.#at = end + 1;
    return true;
  }

  #digits(before: number): number {
    let value = before;
    for (;;) {
      const code = this.#bytes[this.#at] ?? 0;
      if (code < zero || code > nine) return value;
      value = value * 10 + (code - zero);
      this.#at++;
    }
  }

  #string(): boolean {
    return this.#bytes[this.#at] === quote && this.#passTo(skipJsonString(this.#bytes, this.#at));
  }

  #anything(): boolean {
    return this.#passTo(skipJson(this.#bytes, this.#at));
  }

  #passTo(end: number): boolean {
    if (end < 0) return false;
    this.#at = end;
    return true;
  }

  #space(): void {
    this.#at = skipSpace(this.#bytes, this.#at);
  }
}

const quote = 0x22;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const openBrace = 0x7b;

/** A number with this many digits is exact in a float64, and so is the power of ten with as many zeros. */
const mostDigits = 15;
const longestText = 200;

const answerKeys = ['jsonrpc', 'id', 'result'];
const resultKeys = ['content', 'structuredContent', 'isError', '_meta', 'resultType'];
const textKeys = ['type', 'text'];

function isPlainAscii(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f && byte !== quote && byte !== 0x5c;
}
