/** Reads where the values of a TOML text are written. */
import { parse } from 'smol-toml';
import type { JsonValue } from '../base/json.ts';
import type { TextSpan } from '../base/textPlaces.ts';
import type { TomlNode } from '../toml/tomlNode.ts';
import { outlineToml, type TomlOutline, type TomlPair } from '../toml/tomlOutline.ts';
import { spanWithComma, type PolicyEdit, type Written } from './written.ts';

/** Names and brackets that a text may nest; deeper ones are not read, because the reader is recursive. */
const maxDepth = 500;

/** The root of the text. Of a text that is not TOML, it has what precedes the mistake. */
export function writtenToml(text: string): Written | null {
  const outline = outlineToml(text);
  return outline.deepest.depth > maxDepth ? null : new TomlText(text, outline).root;
}

class TomlText {
  readonly #text: string;
  readonly #root: TomlNode;
  readonly #pairs: ReadonlyMap<TomlNode, TomlPair>;
  /** The pairs that are written in a table, in order; those of an inline table stand between commas. */
  readonly #byTable = new Map<TomlNode, TomlPair[]>();

  constructor(text: string, { root, keys }: TomlOutline) {
    this.#text = text;
    this.#root = root;
    const pairs = keys.filter((key): key is TomlPair => key.kind === 'pair');
    this.#pairs = new Map(pairs.map((pair) => [pair.node, pair]));
    for (const pair of pairs) {
      const known = this.#byTable.get(pair.table);
      if (known === undefined) this.#byTable.set(pair.table, [pair]);
      else known.push(pair);
    }
  }

  get root(): Written {
    return this.#written(this.#root);
  }

  #written(node: TomlNode): Written {
    const pair = this.#pairs.get(node);
    const items = pair?.value.items ?? null;
    const isTable = [...node.children].length > 0;
    return {
      scalar: pair === undefined || items !== null || isTable ? undefined : this.#scalar(pair.value),
      members: new Map([...node.children].map((child) => [child.name, this.#written(child)])),
      items: items === null ? null : items.map((item, at) => this.#item(item, spanWithComma(items, at))),
      place: { start: node.start, end: this.#endOfKey(node.start) },
      span: pair === undefined ? null : { start: pair.value.start, end: pair.value.end },
      leaveOut: pair === undefined ? null : this.#leaveOut(pair),
    };
  }

  #item(span: TextSpan, without: TextSpan): Written {
    const scalar = this.#scalar(span);
    return { scalar, members: new Map(), items: null, place: span, span, leaveOut: { ...without, text: '' } };
  }

  #leaveOut(pair: TomlPair): PolicyEdit {
    const own = { start: pair.start, end: pair.value.end, text: '' };
    const container = this.#pairs.get(pair.table);
    const isInline =
      container !== undefined && container.value.start < pair.start && pair.value.end < container.value.end;
    if (!isInline) return own;
    const siblings = (this.#byTable.get(pair.table) ?? []).map(({ start, value: { end } }) => ({ start, end }));
    return {
      ...spanWithComma(
        siblings,
        siblings.findIndex(({ start }) => start === pair.start),
      ),
      text: '',
    };
  }

  #endOfKey(start: number): number {
    const end =
      /^(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)(?:[ \t]*\.[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+))*/;
    return start + (end.exec(this.#text.slice(start, start + 1_000))?.[0].length ?? 0);
  }

  /** A string, number or boolean; undefined for what JSON does not have. */
  #scalar({ start, end }: TextSpan): JsonValue | undefined {
    try {
      const { value } = parse(`value = ${this.#text.slice(start, end)}`);
      return ['string', 'number', 'boolean'].includes(typeof value) ? (value as JsonValue) : undefined;
    } catch {
      return undefined;
    }
  }
}
