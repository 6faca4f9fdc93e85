/** Encodes JSON values of any depth: a session may hold values that are nested too deeply for `JSON.stringify`. */

/**
 * The result of `JSON.stringify` for plain data. A value that is nested too deeply for it is written without `indent`, because the
 * indentation would be larger than the value.
 */
export function jsonText(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return deepText(value);
  }
}

/** A piece of work: a value to encode, or text between values. */
type Part = { readonly text: string } | { readonly value: unknown };

function deepText(root: unknown): string {
  const written: string[] = [];
  const work: Part[] = [{ value: root }];
  for (let part = work.pop(); part !== undefined; part = work.pop()) {
    if ('text' in part) written.push(part.text);
    else for (const each of partsOf(part.value).toReversed()) work.push(each);
  }
  return written.join('');
}

/** The parts of one level of a value. */
function partsOf(value: unknown): Part[] {
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown, at): Part[] => [{ text: at === 0 ? '' : ',' }, { value: item }]);
    return [{ text: '[' }, ...items, { text: ']' }];
  }
  if (typeof value !== 'object' || value === null) return [{ text: JSON.stringify(value) ?? 'null' }];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const parts = members.flatMap(([key, member], at): Part[] => {
    return [{ text: `${at === 0 ? '' : ','}${JSON.stringify(key)}:` }, { value: member }];
  });
  return [{ text: '{' }, ...parts, { text: '}' }];
}
