/** Positions of the tables and keys of a TOML configuration. */
import { linePositions } from '../../base/textPlaces.ts';
import type { Position } from '../../base/parsed.ts';
import type { TomlOutline } from '../../toml/tomlOutline.ts';
import type { ConfigLocator } from '../model/configModel.ts';

/** Finds positions by path and by index in the text. */
export interface TomlLocator extends ConfigLocator {
  /** `index` counts UTF-16 units from 0. */
  index(index: number): Position;
}

/** A value has the position of its key; a path that the text does not hold has that of its nearest ancestor, at last the start of the file. */
export function makeTomlLocator(text: string, { root }: TomlOutline, file: string | undefined): TomlLocator {
  const place = linePositions(text);
  const index = (at: number): Position => ({ ...(file === undefined ? {} : { file }), ...place(at) });
  const find = (path: readonly (string | number)[]): Position => {
    let node = root;
    for (const name of path) {
      if (typeof name !== 'string') continue;
      const child = node.child(name);
      if (child === undefined) break;
      node = child;
    }
    return index(node.start);
  };
  return { key: find, value: find, index };
}
