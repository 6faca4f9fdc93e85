/** A guard policy as the gateway keeps it after reading its configuration (gateway `internal/config/guard_policy.go`, spec 2.7.1). */
import type { JsonObject, JsonValue } from '../base/json.ts';
import { allowOnlyFields } from './fields.ts';

/** What an agent may read. */
export interface AllowOnlyPolicy {
  readonly kind: 'allow-only';
  /** The policy as the gateway marshals it, values as written: what `buildLabelAgentPayload` starts from. */
  readonly payload: JsonObject;
  /** The canonical form, which only the checks and logs of the gateway see. */
  readonly normalized: JsonObject;
}

/** A sink that the agent may write to. */
export interface WriteSinkPolicy {
  readonly kind: 'write-sink';
  readonly payload: JsonObject;
  /** Entries as written: the gateway takes them as tags without trimming. */
  readonly accept: readonly string[];
  /** As written; empty when the policy does not say. */
  readonly sinkVisibility: string;
}

export type Policy = AllowOnlyPolicy | WriteSinkPolicy;

/** Values of the allow-only fields by name, as decoded; a field that is missing has Go's zero value. */
export type AllowOnlyValues = ReadonlyMap<string, JsonValue>;

/** The `{"allow-only":{…}}` that Go marshals from the decoded values: optional fields are left out when they are empty. */
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
