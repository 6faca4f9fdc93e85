/** Keys of a TOML configuration that the gateway does not know (gateway `LoadFromFile`, `isDynamicTOMLPath`). */
import { toLower } from '../../go/goText.ts';
import { keyHint } from '../../policy/hints.ts';
import type { TomlNode } from '../../toml/tomlNode.ts';
import { tomlPath } from '../../toml/tomlNode.ts';
import type { TomlOutline } from '../../toml/tomlOutline.ts';
import type { ConfigFault } from '../model/configModel.ts';
import { laterKeyHint } from '../model/laterKeys.ts';
import { tomlConfig, type TomlShape, type TomlStruct } from './tomlShapes.ts';

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
export function unknownKeyFault(path: readonly string[], { root }: TomlOutline): ConfigFault {
  const message = unrecognized([tomlPath(path)]);
  return { severity: 'error', code: 'config/unknown-field', message, hint: hintForKey(path, root), path, at: 'key' };
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

/** The hint is about the first name of the path that the gateway does not know: with a known one there, the names below it may be right. */
function hintForKey(path: readonly string[], root: TomlNode): string {
  const depth = unknownDepth(path);
  const name = path[depth] ?? '';
  const later = laterKeyHint(name);
  if (later !== null) return later;
  const above = path.slice(0, depth);
  const field = tomlConfig.fields[name];
  if (depth > 0 && field !== undefined && field.kind !== 'map' && field.kind !== 'struct') {
    return root.child(name) === undefined
      ? `${name} belongs at the top of the file, before the first [table]`
      : `Remove it: "${name}" is at the top of the file already`;
  }
  const parent = root.find(above);
  const hint = keyHint(name, fieldsAt(above), (meant) => {
    const kind = shapeAt([...above, meant])?.kind;
    // Two tables of one name are one table.
    return kind !== 'map' && kind !== 'struct' && parent?.child(meant) !== undefined;
  });
  if (depth === path.length - 1) return hint;
  return `${hint}${hint.endsWith('?') ? '' : '.'} The name ${JSON.stringify(name)} is not known there`;
}

/** The index of the first name that is not a field; the last name at the latest. */
function unknownDepth(path: readonly string[]): number {
  const found = path.findIndex((name, depth) => {
    const fields = fieldsAt(path.slice(0, depth));
    return fields.length > 0 && !fields.some((field) => toLower(field) === toLower(name));
  });
  return found < 0 ? path.length - 1 : found;
}

function fieldsAt(path: readonly string[]): readonly string[] {
  const shape = shapeAt(path);
  return shape?.kind === 'struct' ? Object.keys(shape.fields) : [];
}

function shapeAt(path: readonly string[]): TomlShape | undefined {
  return path.reduce<TomlShape | undefined>((shape, part) => {
    if (shape?.kind === 'struct') return fieldNamed(shape, part);
    return shape?.kind === 'map' ? shape.of : undefined;
  }, tomlConfig);
}

function fieldNamed({ fields }: TomlStruct, name: string): TomlShape | undefined {
  const known = Object.keys(fields).find((field) => toLower(field) === toLower(name));
  return known === undefined ? undefined : fields[known];
}
