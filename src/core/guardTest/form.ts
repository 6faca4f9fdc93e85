/** Forms of JSON values as data: one table checks a file that people write, with the place of each mistake, and makes its schema for the editor. */
import { cutText } from '../base/cutText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';

/** What a value may be. `count`: a whole number from 1. */
export type Form =
  | { readonly kind: 'text' | 'count' | 'flag' | 'true' | 'any' }
  | { readonly kind: 'words'; readonly words: readonly (string | number)[] }
  | { readonly kind: 'pattern'; readonly pattern: string; readonly name: string }
  | { readonly kind: 'list'; readonly of: Form; readonly least?: number }
  | { readonly kind: 'textOrTexts' }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, FormMember>> };

export interface FormMember {
  readonly form: Form;
  /** For people, in the editor. */
  readonly about: string;
  readonly required?: true;
}

/** The path of a value, and whether the mistake is in its key. */
export interface FormMistake {
  readonly path: readonly (string | number)[];
  readonly at: 'key' | 'value';
  /** What the value is not, for example `must be a text`. */
  readonly text: string;
}

const shownLength = 40;

/** The mistakes of a value, in the order of the text. */
export function formMistakes(
  value: JsonValue,
  form: Form,
  path: readonly (string | number)[] = [],
): readonly FormMistake[] {
  if (form.kind === 'object') return objectMistakes(value, form.members, path);
  if (form.kind === 'list' && isList(value)) {
    const { least = 0, of } = form;
    if (value.length < least) return [{ path, at: 'value', text: `needs at least ${least} value` }];
    return value.flatMap((item, at) => formMistakes(item, of, [...path, at]));
  }
  return fits(value, form) ? [] : [mistake(value, path, formOf(form))];
}

function objectMistakes(
  value: JsonValue,
  members: Readonly<Record<string, FormMember>>,
  path: readonly (string | number)[],
): readonly FormMistake[] {
  if (!isJsonObject(value)) return [mistake(value, path, 'an object')];
  const found = Object.entries(value).flatMap(([name, member]): readonly FormMistake[] => {
    const known = Object.hasOwn(members, name) ? members[name] : undefined;
    if (known !== undefined) return formMistakes(member, known.form, [...path, name]);
    const text = `is not a member that is known here; known are ${Object.keys(members).join(', ')}`;
    return [{ path: [...path, name], at: 'key', text }];
  });
  const missing = Object.entries(members).filter(([name, { required }]) => required && !Object.hasOwn(value, name));
  return [...found, ...missing.map(([name]) => ({ path, at: 'value' as const, text: `has no member "${name}"` }))];
}

function mistake(value: JsonValue, path: readonly (string | number)[], form: string): FormMistake {
  return { path, at: 'value', text: `is ${cutText(jsonText(value), shownLength)}; expected ${form}` };
}

function fits(value: JsonValue, form: Exclude<Form, { readonly kind: 'object' }>): boolean {
  switch (form.kind) {
    case 'any':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'count':
      return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
    case 'flag':
      return typeof value === 'boolean';
    case 'true':
      return value === true;
    case 'words':
      return (typeof value === 'string' || typeof value === 'number') && form.words.includes(value);
    case 'pattern':
      return typeof value === 'string' && new RegExp(form.pattern).test(value);
    case 'textOrTexts':
      return (
        typeof value === 'string' ||
        (isList(value) && value.length > 0 && value.every((each) => typeof each === 'string'))
      );
    case 'list':
      return false;
  }
}

function formOf(form: Exclude<Form, { readonly kind: 'object' }>): string {
  switch (form.kind) {
    case 'any':
      return 'a value';
    case 'text':
      return 'a text';
    case 'count':
      return 'a whole number from 1';
    case 'flag':
      return 'true or false';
    case 'true':
      return 'true';
    case 'words':
      return `one of ${form.words.map((word) => jsonText(word)).join(', ')}`;
    case 'pattern':
      return form.name;
    case 'textOrTexts':
      return 'a text or a list of texts';
    case 'list':
      return 'a list';
  }
}

/** The JSON schema (draft 7) of a form. */
export function formSchema(form: Form): JsonObject {
  switch (form.kind) {
    case 'any':
      return {};
    case 'text':
      return { type: 'string' };
    case 'count':
      return { type: 'integer', minimum: 1 };
    case 'flag':
      return { type: 'boolean' };
    case 'true':
      return { const: true };
    case 'words':
      return { enum: form.words };
    case 'pattern':
      return { type: 'string', pattern: form.pattern };
    case 'textOrTexts':
      return { oneOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }] };
    case 'list':
      return {
        type: 'array',
        items: formSchema(form.of),
        ...(form.least === undefined ? {} : { minItems: form.least }),
      };
    case 'object': {
      const members = Object.entries(form.members);
      const required = members.filter(([, member]) => member.required).map(([name]) => name);
      const properties = members.map(([name, { form: of, about }]): [string, JsonValue] => {
        return [name, { description: about, ...formSchema(of) }];
      });
      return {
        type: 'object',
        additionalProperties: false,
        ...(required.length === 0 ? {} : { required }),
        properties: Object.fromEntries(properties),
      };
    }
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
