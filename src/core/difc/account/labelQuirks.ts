/** Labels that the gateway drops or takes otherwise than meant, because it reads a resource's labels tolerantly (gateway spec 2.5). */
import { trimSpace } from '../../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type Finder, guardAnswer, quirk } from './quirk.ts';

const fields = ['secrecy', 'integrity'] as const;

/** A tag list of another type, a tag that is no text, a field in other letters: each vanishes without an error. */
export const vanishedLabels: Finder = (record) => {
  const answer = guardAnswer(record, 'label_resource');
  const resource = isJsonObject(answer) ? answer['resource'] : undefined;
  if (!isJsonObject(resource)) return null;
  const faults = [...fields.flatMap((field) => fieldFaults(field, resource)), ...misspelt(resource)];
  if (faults.length === 0) return null;
  return quirk(
    1,
    'vanished-labels',
    `The gateway reads the resource's labels otherwise than they look: ${faults.join('; ')}`,
    'Answer "secrecy" and "integrity" as lists of text, in exactly these letters, without blanks around a tag',
  );
};

function fieldFaults(field: (typeof fields)[number], resource: JsonObject): readonly string[] {
  const value = resource[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [`"${field}" is ${typeName(value)} instead of a list, so it counts as empty`];
  const tags: readonly JsonValue[] = value;
  return tags.flatMap((tag) => {
    if (typeof tag !== 'string') return [`${JSON.stringify(tag)} in "${field}" is no text and is dropped`];
    if (tag === '') return [`"${field}" holds an empty tag, which is kept and matches nothing else`];
    return trimSpace(tag) === tag
      ? []
      : [`the tag ${JSON.stringify(tag)} in "${field}" keeps its blanks, so it matches no other`];
  });
}

function misspelt(resource: JsonObject): readonly string[] {
  return Object.keys(resource).flatMap((key) => {
    const meant = fields.find((field) => field !== key && field === key.toLowerCase());
    return meant === undefined || resource[meant] !== undefined ? [] : [`"${key}" is not "${meant}" and is ignored`];
  });
}

function typeName(value: JsonValue): string {
  return typeof value === 'string' ? 'text' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
