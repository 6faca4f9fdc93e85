/** Decodes the output of `label_resource`; keys are case-sensitive, members of a wrong type are ignored (gateway `parseResourceResponse`, spec 2.5). */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Operation } from '../difc/record/decision.ts';
import { makeResource, type Resource } from '../difc/monitor/resource.ts';
import { decodeOutput, refused, type Decoded } from './decoded.ts';
import type { LabelResourceResult } from './guard.ts';

/** The resource and its operation; an unknown operation is `write`. */
export function decodeLabelResource(output: string): Decoded<LabelResourceResult> {
  const raw = decodeOutput(output, 'label_resource WASM response');
  if (!raw.ok) return raw;
  const resource = raw.value?.['resource'];
  if (!isJsonObject(resource)) return refused('invalid resource format in guard response');
  return { ok: true, value: { resource: tolerantResource(resource), operation: operationOf(raw.value) } };
}

/** A resource; members of a wrong type are treated as missing, and tags are not trimmed. */
export function tolerantResource(raw: JsonObject): Resource {
  const description = raw['description'];
  return makeResource(typeof description === 'string' ? description : '', tags(raw['secrecy']), tags(raw['integrity']));
}

function operationOf(raw: JsonObject | null): Operation {
  const operation = raw?.['operation'];
  return operation === 'read' || operation === 'read-write' ? operation : 'write';
}

function tags(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((tag): tag is string => typeof tag === 'string') : [];
}
