/** A position in a mangled name, with limits that end the reading of names that are nested or repeated without end. */

/** Thrown inside a demangler for a name that it cannot read; the demangler then returns null. */
export class UnreadableSymbol extends Error {}

/** Most nested parts of a name. */
const maxDepth = 200;

/** Most steps for one name. A back reference may repeat a part that has back references, which doubles the text each time. */
const maxSteps = 20_000;

/** Reads a mangled name from left to right. */
export class SymbolCursor {
  readonly text: string;
  at: number;
  #depth = 0;
  #steps = 0;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character; empty at the end. */
  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? '';
  }

  next(): string {
    const char = this.text[this.at];
    if (char === undefined) throw new UnreadableSymbol();
    this.at++;
    return char;
  }

  /** Skips `text` if it is next. */
  eat(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.eat(text)) throw new UnreadableSymbol();
  }

  /** Reads what the pattern, which has to be sticky, matches here. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new UnreadableSymbol();
    this.at += found.length;
    return found;
  }

  take(length: number): string {
    const end = this.at + length;
    if (end > this.text.length) throw new UnreadableSymbol();
    const taken = this.text.slice(this.at, end);
    this.at = end;
    return taken;
  }

  /** Runs one nested step and counts it. */
  nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth || ++this.#steps > maxSteps) throw new UnreadableSymbol();
    const result = read();
    this.#depth--;
    return result;
  }

  /** Runs `read` at another position and returns to this one. */
  elsewhere<T>(at: number, read: () => T): T {
    const back = this.at;
    this.at = at;
    const result = this.nested(read);
    this.at = back;
    return result;
  }
}

/** The result of `read`, or null when it meets a part that it cannot read. */
export function readSymbol(read: () => string): string | null {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof UnreadableSymbol) return null;
    throw thrown;
  }
}
