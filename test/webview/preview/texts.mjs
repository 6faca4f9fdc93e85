/** Text blocks of the preview, cut as a host cuts them. */

export function block(value, cutAt = Infinity) {
  const json = typeof value !== 'string';
  const text = json ? JSON.stringify(value, null, 2) : value;
  const bytes = new TextEncoder().encode(text).length;
  return { text: text.slice(0, cutAt), bytes, truncated: text.length > cutAt, json };
}
