/** Finds the members of an answer that the gateway ignores, and what each was probably meant to be. */
import { pointerSegment } from '../../base/jsonPointer.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { foldName } from '../../go/goJsonTyped.ts';
import { closest } from '../../policy/suggest.ts';
import { otherNames, type Shape } from './shape.ts';

/** A member that the gateway ignores. */
export interface IgnoredMember {
  readonly name: string;
  /** JSON Pointer of the member. */
  readonly at: string;
  /** The name that was probably meant at this level; null when none is similar. */
  readonly meant: string | null;
  /** JSON Pointer of the place where the gateway reads a member of this name, or the labels in it; null when it reads it nowhere. */
  readonly belongs: string | null;
  /** The members that the gateway reads at this level. */
  readonly known: readonly string[];
}

/** The members of an answer that are not in its shape. Faults that repeat in a list are given at their first place. */
export function ignoredMembers(document: JsonObject, shape: Shape): readonly IgnoredMember[] {
  const faults: IgnoredMember[] = [];
  visit(document, shape, '', { root: shape, faults, seen: new Set() });
  return faults;
}

/** Whether every member of an answer is in its shape. Allocates nothing, because it runs for every answer. */
export function hasKnownMembers(object: JsonObject, shape: Shape): boolean {
  for (const name in object) {
    const known = Object.hasOwn(shape.fields, name) ? name : knownName(name, shape);
    if (known === null) return false;
    const inner = shape.fields[known] ?? null;
    if (inner === null) continue;
    const value = object[name];
    if (Array.isArray(value)) {
      const entries: readonly JsonValue[] = value;
      for (const entry of entries) if (isJsonObject(entry) && !hasKnownMembers(entry, inner)) return false;
    } else if (isJsonObject(value) && !hasKnownMembers(value, inner)) return false;
  }
  return true;
}

interface Walk {
  readonly root: Shape;
  readonly faults: IgnoredMember[];
  /** Level and name of the faults so far, with list indexes left out. */
  readonly seen: Set<string>;
}

function visit(object: JsonObject, shape: Shape, at: string, walk: Walk): void {
  for (const name in object) {
    const known = knownName(name, shape);
    if (known === null) addFault(name, object, shape, at, walk);
    else visitMember(object[name] ?? null, shape.fields[known] ?? null, `${at}/${name}`, walk);
  }
}

function visitMember(value: JsonValue, shape: Shape | null, at: string, walk: Walk): void {
  if (shape === null) return;
  if (isJsonObject(value)) visit(value, shape, at, walk);
  else if (Array.isArray(value)) {
    const entries: readonly JsonValue[] = value;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      if (isJsonObject(entry)) visit(entry, shape, `${at}/${index}`, walk);
    }
  }
}

/** The name by which the gateway reads a member; null when it ignores it. */
function knownName(name: string, { fields, anyCase, exact = [] }: Shape): string | null {
  if (Object.hasOwn(fields, name)) return name;
  if (!anyCase) return null;
  const folded = foldName(name);
  return Object.hasOwn(fields, folded) && !exact.includes(folded) ? folded : null;
}

function addFault(name: string, object: JsonObject, shape: Shape, at: string, walk: Walk): void {
  const key = `${at.replaceAll(/\/\d+/g, '/*')}/${name}`;
  if (walk.seen.has(key)) return;
  walk.seen.add(key);
  const known = Object.keys(shape.fields);
  const meant = similarName(name, known);
  const value = object[name] ?? null;
  const isElsewhere = meant === null || namesOf(walk.root).includes(name);
  const place = isElsewhere
    ? (placeOf(name, value, shape, at, walk.root) ?? similarPlace(name, value, shape, at, walk.root))
    : null;
  // A move to the similar name beside it is a matter of spelling.
  const belongs = meant !== null && place === `${at}/${meant}` ? null : place;
  walk.faults.push({
    name,
    at: `${at}/${pointerSegment(name)}`,
    meant: belongs === null ? meant : null,
    belongs,
    known,
  });
}

/** The place of the member of another level that has a similar name; null when a similar name is known at this level. */
function similarPlace(name: string, value: JsonValue, shape: Shape, at: string, root: Shape): string | null {
  if (similarName(name, Object.keys(shape.fields)) !== null) return null;
  const similar = similarName(name, namesOf(root));
  return similar === null ? null : placeOf(similar, value, shape, at, root);
}

/** The known name that is similar to a name: another name for it, one that contains it or is contained in it, or one with few other letters. */
function similarName(name: string, known: readonly string[]): string | null {
  const alias = otherNames[snakeCase(name)];
  if (alias !== undefined && known.includes(alias)) return alias;
  const letters = plainLetters(name);
  const near = closest(name, known);
  if (near !== null) return near;
  const contains = known.find((one) => {
    const own = plainLetters(one);
    return (
      own.length >= 4 &&
      letters.length >= 4 &&
      (letters.startsWith(own) || letters.endsWith(own) || own.startsWith(letters) || own.endsWith(letters))
    );
  });
  return contains ?? null;
}

/** The names of all levels of a shape. */
function namesOf({ fields }: Shape): readonly string[] {
  return Object.entries(fields).flatMap(([name, inner]) => [name, ...(inner === null ? [] : namesOf(inner))]);
}

/** JSON Pointer of the place for a member that stands at the wrong level. */
function placeOf(name: string, value: JsonValue, shape: Shape, at: string, root: Shape): string | null {
  // Labels in an object of their own: the gateway reads them one level higher, or in the object that has labels here.
  if (isJsonObject(value) && (Object.hasOwn(value, 'secrecy') || Object.hasOwn(value, 'integrity'))) {
    if (Object.hasOwn(shape.fields, 'secrecy')) return at;
    const container = labelContainer(shape);
    return container === null ? null : `${at}/${container}`;
  }
  if (Object.hasOwn(shape.fields, 'labels') && name in (shape.fields['labels']?.fields ?? {}))
    return `${at}/labels/${name}`;
  const container = Object.entries(shape.fields).find(
    ([, inner]) => inner !== null && Object.hasOwn(inner.fields, name),
  );
  if (container !== undefined)
    return container[0] === 'labeled_paths' || container[0] === 'items' ? null : `${at}/${container[0]}/${name}`;
  return Object.hasOwn(root.fields, name) ? `/${name}` : null;
}

/** The member of a level that holds labels. */
function labelContainer({ fields }: Shape): string | null {
  const found = Object.entries(fields).find(([, inner]) => inner !== null && Object.hasOwn(inner.fields, 'secrecy'));
  return found?.[0] ?? null;
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase();
}

function plainLetters(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}
