/** Keys of a TOML configuration that the gateway does not know (gateway `LoadFromFile`, `isDynamicTOMLPath`). */
import { closest } from '../../policy/suggest.ts';
import type { ConfigFault } from '../model/configModel.ts';
import { tomlPath, type TomlKey } from './tomlKeys.ts';
import { tomlConfig, type TomlShape } from './tomlShapes.ts';

/** The keys that no field took, in order; `taken` holds the paths of the others. */
export function unknownTomlKeys(keys: readonly TomlKey[], taken: ReadonlySet<string>): readonly TomlKey[] {
  return keys.filter(({ path }) => !taken.has(tomlPath(path)) && !isDynamic(path));
}

/** One error a key, each in the gateway's words for that key alone. */
export function unknownKeyFault({ path }: TomlKey): ConfigFault {
  const message = unrecognized([tomlPath(path)]);
  return { severity: 'error', code: 'config/unknown-field', message, hint: hintForKey(path), path, at: 'key' };
}

/** The gateway's one text for all of them. */
export function unrecognized(names: readonly string[]): string {
  return `configuration contains unrecognized field(s): ${names.join(', ')} — check the MCP Gateway Specification for supported fields`;
}

/** Keys that may have any name: below a policy of a server, below the `config` of a guard. */
function isDynamic(path: readonly string[]): boolean {
  return (
    (path.length >= 5 && path[0] === 'servers' && path[2] === 'guard_policies') ||
    (path.length >= 4 && path[0] === 'guards' && path[2] === 'config')
  );
}

function hintForKey(path: readonly string[]): string {
  const name = path.at(-1) ?? '';
  const known = fieldsAt(path.slice(0, -1));
  const meant = closest(name, known);
  if (path.length > 1 && Object.hasOwn(tomlConfig.fields, name)) {
    return `${name} stands at the top of the file, before the first [table]`;
  }
  if (meant !== null) return `Did you mean "${meant}"?`;
  return known.length === 0 ? 'Remove it' : `Known here: ${known.join(', ')}`;
}

function fieldsAt(path: readonly string[]): readonly string[] {
  let shape: TomlShape | undefined = tomlConfig;
  for (const part of path) {
    if (shape?.kind === 'struct') shape = shape.fields[part];
    else shape = shape?.kind === 'map' ? shape.of : undefined;
  }
  return shape?.kind === 'struct' ? Object.keys(shape.fields) : [];
}
