/** Fast path for path labels: decodes JSON for which `JSON.parse` and Go's struct decoding agree, without the slower decoding as Go does it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PathLabels } from '../difc/monitor/pathLabels.ts';
import { makeResource, type Resource } from '../difc/monitor/resource.ts';

/**
 * The labels, when the text is compact JSON without repeated members, every member has the gateway's exact spelling, and every value has
 * the expected type. Otherwise null, and Go's decoding has to be used. `raw` is the parsed text.
 */
export function plainPathLabels(text: string, raw: JsonObject): PathLabels | null {
  if (!onlyMembers(raw, ['labeled_paths', 'default_labels', 'items_path'])) return null;
  const { labeled_paths: paths, default_labels: defaults = null, items_path: itemsPath = '' } = raw;
  if (!Array.isArray(paths) || typeof itemsPath !== 'string') return null;
  const labeledPaths: { readonly path: string; readonly labels: Resource }[] = [];
  for (const entry of paths as readonly JsonValue[]) {
    if (!isJsonObject(entry) || !onlyMembers(entry, ['path', 'labels'])) return null;
    const { path, labels } = entry;
    const resource = labels === undefined ? null : plainResource(labels);
    if (typeof path !== 'string' || resource === null) return null;
    labeledPaths.push({ path, labels: resource });
  }
  const defaultLabels = defaults === null ? null : plainResource(defaults);
  if (defaults !== null && defaultLabels === null) return null;
  // The same text again means that no member was repeated. The nesting is shallow, because all members are known.
  return JSON.stringify(raw) === text ? { labeledPaths, defaultLabels, itemsPath } : null;
}

function plainResource(value: JsonValue): Resource | null {
  if (!isJsonObject(value) || !onlyMembers(value, ['description', 'secrecy', 'integrity'])) return null;
  const { description = '', secrecy = [], integrity = [] } = value;
  if (typeof description !== 'string' || !isStringList(secrecy) || !isStringList(integrity)) return null;
  return makeResource(description, secrecy, integrity);
}

/** Go matches members regardless of case, so any other member might be one of the known ones. */
function onlyMembers(value: JsonObject, known: readonly string[]): boolean {
  for (const key in value) if (!known.includes(key)) return false;
  return true;
}

function isStringList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
