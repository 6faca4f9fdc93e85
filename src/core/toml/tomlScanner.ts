/** Reads the tokens of a TOML text: names, strings, blanks and comments. */

/** A position in a text that the methods move forward. None of them throws, and none reads a character twice. */
export class TomlScanner {
  /** UTF-16 index of the next character. */
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\uFEFF')) this.at = 1;
  }

  get isDone(): boolean {
    return this.at >= this.#text.length;
  }

  peek(): string {
    return this.#text.charAt(this.at);
  }

  /** Moves past one character if it is the next one. */
  skip(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at++;
    return true;
  }

  /** Spaces and tabs. */
  spaces(): void {
    this.#match(/[ \t]*/y);
  }

  /** Spaces, line ends and comments. */
  blank(): void {
    do this.#match(/[ \t\r\n]*/y);
    while (this.peek() === '#' && this.#match(/[^\n]*/y) !== '');
  }

  /** The names of a key, which dots separate, and the spaces after them. */
  names(): readonly string[] {
    const names = [this.#name()];
    for (this.spaces(); this.skip('.'); this.spaces()) {
      this.spaces();
      names.push(this.#name());
    }
    return names;
  }

  /** A string, a number, a boolean or a date. */
  scalar(): void {
    const first = this.peek();
    if (first === '"' || first === "'") return this.#string(first);
    const plain = this.#match(/[^,\]}#\n]*/y);
    this.at -= plain.length - plain.trimEnd().length;
  }

  /** The index after the line feed of the current line. */
  endOfLine(): number {
    const feed = this.#text.indexOf('\n', this.at);
    return feed < 0 ? this.#text.length : feed + 1;
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  #name(): string {
    const first = this.peek();
    if (first !== '"' && first !== "'") return this.#match(/[A-Za-z0-9_-]*/y);
    const start = this.at;
    this.#string(first);
    const body = this.#text.slice(start + 1, this.at - 1);
    return first === '"' ? unescape(body) : body;
  }

  #string(mark: '"' | "'"): void {
    const text = this.#text;
    const long = mark.repeat(3);
    const isLong = text.startsWith(long, this.at);
    const end = isLong ? long : mark;
    let at = this.at + end.length;
    while (at < text.length && !text.startsWith(end, at)) at += mark === '"' && text[at] === '\\' ? 2 : 1;
    at += end.length;
    // A long string may end with up to two more marks.
    if (isLong && text[at] === mark) at += text[at + 1] === mark ? 2 : 1;
    this.at = Math.min(at, text.length);
  }
}

const shortEscapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };

function unescape(body: string): string {
  return body.replaceAll(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (...match) => {
    const [escape, x, u, long, short] = match as (string | undefined)[];
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10_ffff));
    return shortEscapes[short ?? ''] ?? short ?? escape ?? '';
  });
}
