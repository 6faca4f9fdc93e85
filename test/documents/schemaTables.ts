/** Writes the members of a JSON schema as Markdown tables, one below the heading of each definition. */
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';

/** A schema, as far as the tables read it. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly JsonValue[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/**
 * The document with the table of each definition below the heading that is its title; what stood between the heading and the next one is replaced. Throws
 * when a definition has no heading, or a heading of the third level no definition.
 */
export function withTables(document: string, { $defs: definitions = {} }: Schema): string {
  const byTitle = new Map(Object.values(definitions).map((schema) => [schema.title ?? '', schema]));
  const parts = document.split(/^(?=#{1,3} )/m);
  const written = parts.map((part) => {
    const [, title] = /^### (.+)\n/.exec(part) ?? [];
    if (title === undefined) return part;
    const schema = byTitle.get(title);
    if (schema === undefined) throw new Error(`the schema has no definition with the title "${title}"`);
    byTitle.delete(title);
    return `### ${title}\n\n${table(schema, definitions)}\n\n`;
  });
  if (byTitle.size > 0) throw new Error(`the document has no heading for ${[...byTitle.keys()].join(', ')}`);
  return `${written.join('').trimEnd()}\n`;
}

type Definitions = Readonly<Record<string, Schema>>;

function table({ description = '', properties = {}, required = [] }: Schema, definitions: Definitions): string {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '*optional* ';
    return `| \`${name}\` | ${optional}${typeText(schema, definitions)} | ${schema.description ?? ''} |`;
  });
  return [description, '', '| member | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function typeText(schema: Schema, definitions: Definitions): string {
  const { anyOf, $ref, items, type } = schema;
  if (anyOf !== undefined) return anyOf.map((each) => typeText(each, definitions)).join(' or ');
  if ($ref !== undefined) {
    const { title = '' } = definitions[$ref.replace('#/$defs/', '')] ?? {};
    if (title === '') throw new Error(`${$ref} does not lead to a definition with a title`);
    return `[${title}](#${title.toLowerCase().replaceAll(' ', '-')})`;
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (type === undefined) return 'any';
  const types = typeof type === 'string' ? [type] : type;
  return types
    .map((name) => (name === 'array' && items !== undefined ? listText(items, definitions) : name))
    .join(' or ');
}

function listText(items: Schema, definitions: Definitions): string {
  const text = typeText(items, definitions);
  return `list of ${text}${/^\w+$/.test(text) ? 's' : ''}`;
}

/** The members of each definition, by the definition's name. */
export function membersOf({ $defs: definitions = {} }: Schema): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(definitions).map(([name, { properties = {} }]) => [name, Object.keys(properties)]));
}

/** Adds the members of a value that its schema describes to `found`, as `definition.member`. */
export function collectMembers(value: JsonValue, schema: Schema, root: Schema, found: Set<string>): void {
  const { $defs: definitions = {} } = root;
  for (const each of schema.anyOf ?? []) collectMembers(value, each, root, found);
  const name = schema.$ref?.replace('#/$defs/', '');
  const { properties = {}, items } = name === undefined ? schema : (definitions[name] ?? {});
  if (Array.isArray(value)) {
    for (const entry of value as readonly JsonValue[])
      if (items !== undefined) collectMembers(entry, items, root, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [member, inner] of Object.entries(value as JsonObject)) {
    const described = properties[member];
    if (described === undefined) continue;
    if (name !== undefined) found.add(`${name}.${member}`);
    collectMembers(inner, described, root, found);
  }
}
