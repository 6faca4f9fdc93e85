/** JSON texts of values of any depth: what a session holds may be nested deeper than `JSON.stringify` can go. */

/**
 * The text of `JSON.stringify` for plain data. What is nested so deep that it exceeds the stack is written without `indent`, which would
 * take more room than the value itself.
 */
export function jsonText(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return deepText(value);
  }
}

/** What is still to be written: a value, or text that stands between values. */
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

/** The parts of a value, one level of it. */
function partsOf(value: unknown): Part[] {
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown, at): Part[] => [{ text: at === 0 ? '' : ',' }, { value: item }]);
    return [{ text: '[' }, ...items, { text: ']' }];
  }
  if (typeof value !== 'object' || value === null) return [{ text: JSON.stringify(value) ?? 'null' }];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const named = members.flatMap(([key, member], at): Part[] => {
    return [{ text: `${at === 0 ? '' : ','}${JSON.stringify(key)}:` }, { value: member }];
  });
  return [{ text: '{' }, ...named, { text: '}' }];
}
