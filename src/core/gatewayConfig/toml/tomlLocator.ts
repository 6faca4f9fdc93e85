/** Positions of the tables and keys of a TOML configuration. */
import { linePositions } from '../../base/textPlaces.ts';
import type { Position } from '../../base/parsed.ts';
import type { TomlNode } from '../../toml/tomlNode.ts';
import type { TomlOutline } from '../../toml/tomlOutline.ts';
import type { ConfigLocator } from '../model/configModel.ts';

/** Finds positions by path and by index in the text. */
export interface TomlLocator extends ConfigLocator {
  /** `index` counts UTF-16 units from 0. */
  index(index: number): Position;
}

/** A value that is not written as `key = value` has the position of its key, and a path that the text does not hold that of its nearest ancestor, at last the start of the file. */
export function makeTomlLocator(text: string, { root, keys }: TomlOutline, file: string | undefined): TomlLocator {
  const place = linePositions(text);
  const index = (at: number): Position => ({ ...(file === undefined ? {} : { file }), ...place(at) });
  const values = new Map(keys.flatMap((key) => (key.kind === 'pair' ? [[key.node, key.value] as const] : [])));
  const find = (path: readonly (string | number)[]): { readonly node: TomlNode; readonly rest: typeof path } => {
    let node = root;
    for (const [depth, name] of path.entries()) {
      const child = typeof name === 'string' ? node.child(name) : undefined;
      if (child === undefined) return { node, rest: path.slice(depth) };
      node = child;
    }
    return { node, rest: [] };
  };
  return {
    key: (path) => index(find(path).node.start),
    value(path) {
      const { node, rest } = find(path);
      const value = values.get(node);
      const [item] = rest;
      const items = typeof item === 'number' ? value?.items?.[item] : undefined;
      return index((items ?? (rest.length === 0 || typeof item === 'number' ? value : undefined))?.start ?? node.start);
    },
    index,
  };
}
