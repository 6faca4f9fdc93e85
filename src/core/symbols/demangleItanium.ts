/** Reads C++ symbol names of the Itanium ABI: `_ZN5guard5labelERKSs` is `guard::label(std::string const&)`. */
import { SymbolCursor, UnreadableSymbol, readSymbol } from './symbolCursor.ts';
import { ItaniumTypes } from './itaniumTypes.ts';

/** The name of a C++ symbol; null when the text is not one, or has a part that is not known here. */
export function demangleItanium(symbol: string): string | null {
  return readSymbol(() => {
    // A compiler's copy of a function has a suffix: `.isra.0`, `.cold`.
    const [name, suffix] = splitSuffix(symbol);
    const reader = new ItaniumReader(name);
    const text = reader.encoding();
    if (!reader.done) throw new UnreadableSymbol();
    return suffix === '' ? text : `${text} [${suffix}]`;
  });
}

function splitSuffix(symbol: string): [string, string] {
  const dot = symbol.indexOf('.');
  return dot === -1 ? [symbol, ''] : [symbol.slice(0, dot), symbol.slice(dot)];
}

const special: Readonly<Record<string, string>> = {
  TV: 'vtable for ',
  TT: 'VTT for ',
  TI: 'typeinfo for ',
  TS: 'typeinfo name for ',
  GV: 'guard variable for ',
  TH: 'TLS init function for ',
  TW: 'TLS wrapper function for ',
};

/** Reads one symbol. */
class ItaniumReader {
  readonly #in: SymbolCursor;
  readonly #types: ItaniumTypes;

  constructor(symbol: string) {
    this.#in = new SymbolCursor(symbol, 2);
    this.#types = new ItaniumTypes(this.#in, () => this.encoding());
  }

  get done(): boolean {
    return this.#in.done;
  }

  /** A function with its parameters, or another named thing. */
  encoding(): string {
    return this.#in.nested(() => {
      const kind = this.#in.peek() + this.#in.peek(1);
      const prefix = special[kind];
      if (prefix !== undefined) {
        this.#in.at += 2;
        return (
          prefix +
          (kind.startsWith('G') || kind === 'TH' || kind === 'TW' ? this.#types.name().text : this.#types.type())
        );
      }
      if (kind === 'Th' || kind === 'Tv') {
        this.#in.at += 1;
        this.#in.match(kind === 'Th' ? /hn?\d+_/y : /vn?\d+_n?\d+_/y);
        return `thunk to ${this.encoding()}`;
      }
      const { text, qualifiers, hasReturnType } = this.#types.name();
      if (this.#in.done || this.#in.peek() === 'E') return text;
      const result = hasReturnType ? `${this.#types.type()} ` : '';
      const params: string[] = [];
      while (!this.#in.done && this.#in.peek() !== 'E') params.push(this.#types.type());
      const list = params.length === 1 && params[0] === 'void' ? '' : params.join(', ');
      return `${result}${text}(${list})${qualifiers}`;
    });
  }
}
