/** JSON Pointers (RFC 6901). */

/** A name of a member as a segment of a JSON Pointer. */
export function pointerSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The segments of a JSON Pointer; none for the empty one. */
export function parsePointer(pointer: string): readonly string[] {
  const [, ...segments] = pointer.split('/');
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
