/** The quick way through path labels that any reader reads alike: what Go's struct decoding would make of them needs no scan of its own. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PathLabels } from '../difc/monitor/pathLabels.ts';
import { makeResource, type Resource } from '../difc/monitor/resource.ts';

/**
 * The labels, when the text is compact JSON without repeated members, every member is spelt as the gateway spells it, and every value
 * has the type that it expects; null when any of that does not hold, and the faithful decoding has to look. `raw` is the parsed text.
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
  // Written anew it is the same text: nothing was repeated, so nothing was merged or overwritten. It is not deep, all members are known.
  return JSON.stringify(raw) === text ? { labeledPaths, defaultLabels, itemsPath } : null;
}

function plainResource(value: JsonValue): Resource | null {
  if (!isJsonObject(value) || !onlyMembers(value, ['description', 'secrecy', 'integrity'])) return null;
  const { description = '', secrecy = [], integrity = [] } = value;
  if (typeof description !== 'string' || !isTextList(secrecy) || !isTextList(integrity)) return null;
  return makeResource(description, secrecy, integrity);
}

/** Other members, in whatever case, might be taken for the known ones. */
function onlyMembers(value: JsonObject, known: readonly string[]): boolean {
  for (const key in value) if (!known.includes(key)) return false;
  return true;
}

function isTextList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
