/** A guard policy after the gateway has read its configuration (gateway `internal/config/guard_policy.go`, spec 2.7.1). */
import type { JsonObject, JsonValue } from '../base/json.ts';
import { allowOnlyFields } from './fields.ts';

/** A policy that limits what an agent may read. */
export interface AllowOnlyPolicy {
  readonly kind: 'allow-only';
  /** The policy as the gateway marshals it, with values as written; the input of `buildLabelAgentPayload`. */
  readonly payload: JsonObject;
  /** The canonical form, which only the gateway's checks and logs use. */
  readonly normalized: JsonObject;
}

/** A policy of a sink that the agent may write to. */
export interface WriteSinkPolicy {
  readonly kind: 'write-sink';
  readonly payload: JsonObject;
  /** Entries as written; the gateway uses them as tags without trimming. */
  readonly accept: readonly string[];
  /** As written; empty when the key is absent. */
  readonly sinkVisibility: string;
}

/** The policy of a guard. */
export type Policy = AllowOnlyPolicy | WriteSinkPolicy;

/** Decoded values of the allow-only fields by name. A missing field has Go's zero value. */
export type AllowOnlyValues = ReadonlyMap<string, JsonValue>;

/** The `{"allow-only":{…}}` that Go marshals from the decoded values. Empty optional fields are omitted. */
export function allowOnlyPayload(values: AllowOnlyValues): JsonObject {
  const members = allowOnlyFields.flatMap(({ name, kind, required }): [string, JsonValue][] => {
    const value = values.get(name) ?? (kind === 'level' ? '' : null);
    return required || !isEmpty(value) ? [[name, value]] : [];
  });
  return { 'allow-only': Object.fromEntries(members) };
}

/** The `{"write-sink":{…}}` that Go marshals. */
export function writeSinkPayload(accept: readonly string[], sinkVisibility: string): JsonObject {
  return { 'write-sink': { accept, ...(sinkVisibility === '' ? {} : { 'sink-visibility': sinkVisibility }) } };
}

function isEmpty(value: JsonValue): boolean {
  if (typeof value === 'object') return value === null || Object.keys(value).length === 0;
  return value === '';
}
