/** Keys of a TOML configuration that the gateway does not know (gateway `LoadFromFile`, `isDynamicTOMLPath`). */
import { closest } from '../../policy/suggest.ts';
import type { TomlNode } from '../../toml/tomlNode.ts';
import { tomlPath } from '../../toml/tomlNode.ts';
import type { TomlOutline } from '../../toml/tomlOutline.ts';
import type { ConfigFault } from '../model/configModel.ts';
import { tomlConfig, type TomlShape } from './tomlShapes.ts';

/** Paths of the keys that no field took, in the order of the text; `taken` holds the paths of the others. */
export function unknownTomlKeys(
  { root, keys }: TomlOutline,
  taken: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const dynamic = dynamicNodes(root);
  return keys
    .filter(({ node }) => !dynamic.has(node))
    .map(({ node }) => node.path())
    .filter((path) => !taken.has(tomlPath(path)));
}

/** One error per key, each in the gateway's words for that key alone. */
export function unknownKeyFault(path: readonly string[]): ConfigFault {
  const message = unrecognized([tomlPath(path)]);
  return { severity: 'error', code: 'config/unknown-field', message, hint: hintForKey(path), path, at: 'key' };
}

/** The gateway's single message for all unknown keys. */
export function unrecognized(names: readonly string[]): string {
  return `configuration contains unrecognized field(s): ${names.join(', ')} — check the MCP Gateway Specification for supported fields`;
}

/**
 * Keys that may have any name: below a policy of a server (`servers.*.guard_policies.*`), and below the `config` of a guard
 * (`guards.*.config`). Walks the tree once, because a test of every key's path takes quadratic time when keys nest deeply.
 */
function dynamicNodes(root: TomlNode): ReadonlySet<TomlNode> {
  const policies = [...(root.child('servers')?.children ?? [])].flatMap((server) => [
    ...(server.child('guard_policies')?.children ?? []),
  ]);
  const configs = [...(root.child('guards')?.children ?? [])].flatMap((guard) => guard.child('config') ?? []);
  const pending = [...policies, ...configs];
  const found = new Set<TomlNode>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const child of node.children) {
      found.add(child);
      pending.push(child);
    }
  }
  return found;
}

function hintForKey(path: readonly string[]): string {
  const name = path.at(-1) ?? '';
  const known = fieldsAt(path.slice(0, -1));
  const similar = closest(name, known);
  if (path.length > 1 && Object.hasOwn(tomlConfig.fields, name)) {
    return `${name} belongs at the top of the file, before the first [table]`;
  }
  if (similar !== null) return `Did you mean "${similar}"?`;
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
