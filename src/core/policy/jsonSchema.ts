/** Makes the JSON schema of policy files for the editor from the table of fields. */
import type { JsonObject, JsonValue } from '../base/json.ts';
import {
  allowOnlyFields,
  integrityLevels,
  policyKeys,
  repoWords,
  writeSinkFields,
  type AllowOnlyField,
} from './fields.ts';
import { visibilities } from './scopes.ts';

/** The schema (draft 7) of a policy object: `allow-only` or `write-sink`. */
export function policyJsonSchema(): JsonObject {
  const [allowOnly] = policyKeys['allow-only'];
  const [writeSink] = policyKeys['write-sink'];
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Guard policy',
    description: 'What an agent may read (allow-only), or what may be written to a sink (write-sink).',
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: { [allowOnly]: allowOnlySchema(), [writeSink]: writeSinkSchema() },
  };
}

const scope: JsonObject = {
  type: 'string',
  pattern: '^\\s*[a-z0-9_-]{1,39}/(\\*|[a-z0-9_-]{1,100}\\*?)\\s*$',
  description: 'owner/*, owner/repo or owner/re*, in lower case.',
};
const strings: JsonObject = { type: 'array', items: { type: 'string', pattern: '\\S' } };
const level: JsonObject = { type: 'string', enum: integrityLevels };

const valueSchemas: Readonly<Record<AllowOnlyField['kind'], JsonObject>> = {
  repos: { oneOf: [{ enum: repoWords }, { type: 'array', minItems: 1, uniqueItems: true, items: scope }] },
  level,
  limits: { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } },
  list: strings,
  reactions: strings,
  expression: { oneOf: [strings, { type: 'string', pattern: '[^,\\s]' }] },
  text: { type: 'string' },
};

function allowOnlySchema(): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: allowOnlyFields.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(
      allowOnlyFields.map((field): [string, JsonValue] => [field.name, fieldSchema(field)]),
    ),
  };
}

function fieldSchema({ kind, about, reachesGuard }: AllowOnlyField): JsonObject {
  const warning = reachesGuard ? '' : ' Not for servers with a WASM guard: the gateway refuses to call the guard.';
  return { description: `${about}${warning}`, ...valueSchemas[kind] };
}

function writeSinkSchema(): JsonObject {
  const values: Readonly<Record<string, JsonObject>> = {
    accept: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string' } },
    'sink-visibility': { type: 'string', enum: visibilities },
  };
  return {
    type: 'object',
    required: writeSinkFields.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(
      writeSinkFields.map(({ name, about }): [string, JsonValue] => [name, { description: about, ...values[name] }]),
    ),
  };
}
