/** A guard of literal answers: decodes the raw output that a parity step specifies, as far as these tests need it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/core/base/json.ts';
import type { LabelPair, Operation } from '../../../../src/core/difc/record/decision.ts';
import { resolvePathLabels } from '../../../../src/core/difc/monitor/pathLabels.ts';
import type { Answered, PipelineAnswers } from '../../../../src/core/difc/monitor/pipeline.ts';
import { type LabeledCollection, makeResource, type Resource } from '../../../../src/core/difc/monitor/resource.ts';

/** One entry of a step's `backend` list. */
export interface BackendEntry {
  readonly result?: JsonValue;
  readonly error?: string;
}

export function answerLabelResource(entry: BackendEntry | undefined): PipelineAnswers['labelResource'] {
  const output = outputOf(entry);
  if (!output.ok) return output;
  const value = JSON.parse(output.value) as JsonObject;
  const resource = value['resource'];
  if (!isJsonObject(resource)) return { ok: false, error: 'invalid resource format in guard response' };
  const operation = value['operation'];
  const known: readonly JsonValue[] = ['read', 'write', 'read-write'];
  return {
    ok: true,
    value: {
      resource: readResource(resource),
      operation: known.includes(operation ?? '') ? (operation as Operation) : 'write',
    },
  };
}

export function answerLabelResponse(
  entry: BackendEntry | undefined,
  result: JsonValue,
): Answered<LabeledCollection | null> {
  const output = outputOf(entry);
  if (!output.ok) return output;
  if (output.value === '') return { ok: true, value: null };
  let value: JsonValue;
  try {
    value = JSON.parse(output.value) as JsonValue;
  } catch {
    return {
      ok: false,
      error: 'failed to unmarshal label_response WASM response: unexpected end of JSON input',
    };
  }
  if (!isJsonObject(value)) return { ok: true, value: null };
  if (value['labeled_paths'] !== undefined) return readPathLabels(value, result);
  const items = value['items'];
  if (!Array.isArray(items) || items.length === 0) return { ok: true, value: null };
  return {
    ok: true,
    value: {
      items: items
        .filter((item) => isJsonObject(item))
        .map((item) => ({
          data: item['data'] ?? null,
          labels: isJsonObject(item['labels']) ? readResource(item['labels']) : null,
          origin: 'legacy',
          path: '',
        })),
    },
  };
}

/** Labels of a `label_agent` answer. */
export function readLabelAgent(entry: BackendEntry | undefined): LabelPair {
  const output = outputOf(entry);
  const value = JSON.parse(output.ok ? output.value : '{}') as { agent: LabelPair };
  return value.agent;
}

function readPathLabels(value: JsonObject, result: JsonValue): Answered<LabeledCollection | null> {
  const paths = (value['labeled_paths'] ?? []) as readonly { path: string; labels: JsonObject }[];
  const defaults = value['default_labels'];
  const resolved = resolvePathLabels(result, {
    labeledPaths: paths.map(({ path, labels }) => ({ path, labels: readResource(labels) })),
    defaultLabels: isJsonObject(defaults) ? readResource(defaults) : null,
    itemsPath: (value['items_path'] ?? '') as string,
  });
  if (resolved.ok) return { ok: true, value: resolved.collection };
  return { ok: false, error: `failed to apply path labels: failed to resolve path labels: ${resolved.error}` };
}

function readResource(value: JsonObject): Resource {
  const tags = (key: string): readonly string[] =>
    Array.isArray(value[key]) ? value[key].filter((tag) => typeof tag === 'string') : [];
  const description = value['description'];
  return makeResource(typeof description === 'string' ? description : '', tags('secrecy'), tags('integrity'));
}

/** The output of the forwarding guard of the parity cases: the content of a JSON string, or any other answer as JSON. */
function outputOf(entry: BackendEntry | undefined): Answered<string> {
  if (entry?.result === undefined) return { ok: false, error: 'WASM function returned error code: -1' };
  return { ok: true, value: typeof entry.result === 'string' ? entry.result : JSON.stringify(entry.result) };
}
