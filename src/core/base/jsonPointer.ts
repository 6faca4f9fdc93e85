/** JSON Pointers (RFC 6901). */

/** A name of a member as a segment of a JSON Pointer. */
export function pointerSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
