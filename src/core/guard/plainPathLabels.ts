/** Fast path for path labels: decodes JSON for which `JSON.parse` and Go's struct decoding agree, without the slower decoding as Go does it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PathLabels } from '../difc/monitor/pathLabels.ts';
import { makeResource, type Resource } from '../difc/monitor/resource.ts';

/**
 * The labels, when the text is JSON without repeated members, every member has the gateway's exact spelling, and every value has
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
  return hasNoRepetition(text, raw) ? { labeledPaths, defaultLabels, itemsPath } : null;
}

/**
 * Whether the text has no member twice, of which `raw` has only the last. Without escapes, each member and each string has two quotes, and
 * `raw` consists of strings; with escapes, the same text again shows it. The nesting is shallow, because all members are known.
 */
function hasNoRepetition(text: string, raw: JsonObject): boolean {
  return unusual.test(text) ? JSON.stringify(raw) === text : countQuotes(text) === 2 * countStrings(raw);
}

/** A backslash or a surrogate. */
const unusual = /[\\\ud800-\udfff]/;

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

/** Number of the members and strings of a value. */
function countStrings(value: JsonValue): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const entry of value as readonly JsonValue[]) count += countStrings(entry);
    return count;
  }
  const object = value as JsonObject;
  for (const name in object) count += 1 + countStrings(object[name] ?? null);
  return count;
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
