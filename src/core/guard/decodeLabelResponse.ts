/** Decodes the output of `label_response`: labels by path, or the older list of items (gateway `wasm_labels.go`, spec 2.6). */
import { buildGoJsonTree } from '../go/goJsonTree.ts';
import { decodeTyped, goPointer, goSlice, goString, goStruct, sliceItems, type GoSlice } from '../go/goJsonTyped.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { resolvePathLabels, type PathLabels } from '../difc/monitor/pathLabels.ts';
import { makeResource, type LabeledCollection, type LabeledItem, type Resource } from '../difc/monitor/resource.ts';
import { decodeOutput, refused, type Decoded } from './decoded.ts';
import { tolerantResource } from './decodeLabelResource.ts';
import { plainPathLabels } from './plainPathLabels.ts';

/** The labelled items of `result`; null when the guard did not label items. */
export function decodeLabelResponse(output: string, result: JsonValue): Decoded<LabeledCollection | null> {
  if (output === '') return { ok: true, value: null };
  const raw = decodeOutput(output, 'label_response WASM response');
  if (!raw.ok) return raw;
  if (raw.value === null) return { ok: true, value: null };
  if (Object.hasOwn(raw.value, 'labeled_paths')) return decodePathFormat(output, raw.value, result);
  const items = raw.value['items'];
  return { ok: true, value: Array.isArray(items) && items.length > 0 ? legacyCollection(items) : null };
}

function decodePathFormat(output: string, raw: JsonObject, result: JsonValue): Decoded<LabeledCollection> {
  const plain = plainPathLabels(output, raw);
  const labels = plain === null ? decodePathLabels(output) : ({ ok: true, value: plain } as const);
  if (!labels.ok) return refused(`failed to parse path labels: failed to parse path labels: ${labels.error}`);
  const resolved = resolvePathLabels(result, labels.value);
  if (!resolved.ok) return refused(`failed to apply path labels: failed to resolve path labels: ${resolved.error}`);
  return { ok: true, value: resolved.collection };
}

interface GoEntry {
  readonly description: string;
  readonly secrecy: GoSlice<string>;
  readonly integrity: GoSlice<string>;
}

interface GoPathLabel {
  readonly path: string;
  readonly labels: GoEntry;
}

interface GoPathLabels {
  readonly labeledPaths: GoSlice<GoPathLabel>;
  readonly defaultLabels: GoEntry | null;
  readonly itemsPath: string;
}

const goEntry = goStruct<GoEntry>('difc.PathLabelEntry', {
  description: ['description', goString],
  secrecy: ['secrecy', goSlice(goString)],
  integrity: ['integrity', goSlice(goString)],
});

const goPathLabels = goStruct<GoPathLabels>('difc.PathLabels', {
  labeledPaths: [
    'labeled_paths',
    goSlice(goStruct<GoPathLabel>('difc.PathLabel', { path: ['path', goString], labels: ['labels', goEntry] })),
  ],
  defaultLabels: ['default_labels', goPointer(goEntry)],
  itemsPath: ['items_path', goString],
});

function decodePathLabels(output: string): Decoded<PathLabels> {
  const typed = decodeTyped(goPathLabels, buildGoJsonTree(output));
  if (!typed.ok) return typed;
  const { labeledPaths, defaultLabels, itemsPath } = typed.value;
  const paths = sliceItems(labeledPaths).map(({ path, labels }) => ({ path, labels: strictResource(labels) }));
  return {
    ok: true,
    value: {
      labeledPaths: paths,
      defaultLabels: defaultLabels === null ? null : strictResource(defaultLabels),
      itemsPath,
    },
  };
}

function strictResource({ description, secrecy, integrity }: GoEntry): Resource {
  return makeResource(description, sliceItems(secrecy), sliceItems(integrity));
}

/** Items as the guard copied them; the gateway does not compare them with the backend's result. */
function legacyCollection(items: readonly JsonValue[]): LabeledCollection {
  return {
    items: items.filter(isJsonObject).map((item): LabeledItem => {
      const labels = item['labels'];
      const resource = isJsonObject(labels) ? tolerantResource(labels) : null;
      return { data: item['data'] ?? null, labels: resource, origin: 'legacy', path: '' };
    }),
  };
}
