/** The names in a TOML document as a tree: tables, keys and the tables that only dotted names mention. */

/** One name at one level; a table that is written several times has one node. */
export class TomlNode {
  readonly name: string;
  /** null for the root, which has the empty name. */
  readonly parent: TomlNode | null;
  /** Names above this one: 0 for the root. */
  readonly depth: number;
  /** UTF-16 index of the last key that ends with this name, or of the first key that mentions it. */
  start: number;
  readonly #children = new Map<string, TomlNode>();

  constructor(name: string, parent: TomlNode | null, start: number) {
    this.name = name;
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.start = start;
  }

  get children(): Iterable<TomlNode> {
    return this.#children.values();
  }

  child(name: string): TomlNode | undefined {
    return this.#children.get(name);
  }

  /** The child of that name; a new one gets the place `start`. */
  childAt(name: string, start: number): TomlNode {
    let child = this.#children.get(name);
    if (child === undefined) {
      child = new TomlNode(name, this, start);
      this.#children.set(name, child);
    }
    return child;
  }

  /** The node below this one, or undefined when the document does not mention it. */
  find(path: readonly string[]): TomlNode | undefined {
    return path.reduce<TomlNode | undefined>((node, name) => node?.child(name), this);
  }

  /** Names from the root to this node. */
  path(): readonly string[] {
    if (this.parent === null) return [];
    const names = [this.name];
    for (let above = this.parent; above.parent !== null; above = above.parent) names.push(above.name);
    return names.reverse();
  }
}

/** A path as the gateway's TOML library writes it: `servers."a b".tools`. */
export function tomlPath(path: readonly string[]): string {
  return path.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : quote(part))).join('.');
}

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\' };

function quote(part: string): string {
  return `"${part.replaceAll(/["\\]/g, (char) => escapes[char] ?? char)}"`;
}
