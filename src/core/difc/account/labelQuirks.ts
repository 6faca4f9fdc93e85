/** Finds labels that the gateway drops or reads differently from what the guard meant, because it parses a resource's labels leniently (gateway spec 2.5). */
import { trimSpace } from '../../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type Finder, guardAnswer, quirk } from './quirk.ts';

const fields = ['secrecy', 'integrity'] as const;

/** Finds tag lists of a wrong type and tags that are not strings: the gateway drops each without an error. */
export const vanishedLabels: Finder = (record) => {
  const answer = guardAnswer(record, 'label_resource');
  const resource = isJsonObject(answer) ? answer['resource'] : undefined;
  if (!isJsonObject(resource)) return null;
  const faults = fields.flatMap((field) => tagFaults(field, resource));
  if (faults.length === 0) return null;
  return quirk(
    1,
    'vanished-labels',
    `The gateway reads the resource's labels differently from how they are written: ${faults.join('; ')}`,
    'Return "secrecy" and "integrity" as lists of strings, with exactly this spelling and without whitespace around tags',
  );
};

function tagFaults(field: (typeof fields)[number], resource: JsonObject): readonly string[] {
  const value = resource[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [`"${field}" is ${typeName(value)} instead of a list, so it counts as empty`];
  const tags: readonly JsonValue[] = value;
  return tags.flatMap((tag) => {
    if (typeof tag !== 'string') return [`${JSON.stringify(tag)} in "${field}" is not a string and is dropped`];
    if (tag === '') return [`"${field}" contains an empty tag, which the gateway keeps and which matches no other tag`];
    return trimSpace(tag) === tag
      ? []
      : [`the tag ${JSON.stringify(tag)} in "${field}" keeps its whitespace, so it matches no other tag`];
  });
}

function typeName(value: JsonValue): string {
  return typeof value === 'string' ? 'a string' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
