/** Places of the tables and keys of a TOML configuration. */
import type { Position } from '../../base/parsed.ts';
import type { ConfigLocator } from '../model/configModel.ts';
import { tomlPath, type TomlKey } from './tomlKeys.ts';

/** Finds keys; a value has the place of its key, and what is not written that of what is nearest around it. */
export function makeTomlLocator(keys: readonly TomlKey[], file: string | undefined): ConfigLocator {
  const places = new Map<string, TomlKey>();
  for (const key of keys) {
    for (let length = 1; length <= key.path.length; length++) {
      const name = tomlPath(key.path.slice(0, length));
      // A table that only its members name has the place of the first of them.
      if (length === key.path.length || !places.has(name)) places.set(name, key);
    }
  }
  const find = (path: readonly (string | number)[]): Position => {
    const names = path.filter((part) => typeof part === 'string');
    for (let length = names.length; length > 0; length--) {
      const place = places.get(tomlPath(names.slice(0, length)));
      if (place !== undefined) return at(place.line, place.column);
    }
    return at(1, 1);
  };
  const at = (line: number, column: number): Position => ({ ...(file === undefined ? {} : { file }), line, column });
  return { key: find, value: find };
}
