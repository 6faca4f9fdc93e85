/** Active segments at instantiation: wazero refuses data that does not fit, and ignores elements that do not fit. */
import { evaluateConst } from '../decode/decodeConst.ts';
import { pageSize } from '../decode/memoryCap.ts';
import type { DecodedModule, ElementSegment, ByteSpan } from '../decode/module.ts';
import type { Spaces } from '../decode/spaces.ts';
import { externref } from '../decode/valueTypes.ts';

/** wazero's text for the first data segment that exceeds the memory's initial size; null when all fit (wazero spec 3.3). */
export function dataError(module: DecodedModule): string | null {
  const size = (module.memory?.min ?? 0) * pageSize;
  for (const [index, { offset, init }] of module.data.entries()) {
    if (offset === null) continue;
    if (constantOffset(module, offset) + (init.end - init.start) > size) {
      return `data[${index}]: out of bounds memory access`;
    }
  }
  return null;
}

/**
 * The element segments that have no effect in wazero, although V8 would trap or fill the table (wazero spec 3.4): the first active
 * segment that does not fit its table and all active ones after it, empty ones beyond the table, and passive externref ones.
 */
export function inertElements(module: DecodedModule, spaces: Spaces): ReadonlySet<ElementSegment> {
  const inert = new Set<ElementSegment>();
  let stopped = false;
  for (const segment of module.elements) {
    if (segment.mode === 'passive' && segment.type === externref) inert.add(segment);
    if (segment.offset === null) continue;
    const count = (segment.functions ?? segment.expressions ?? []).length;
    const room = spaces.tables[segment.table]?.min ?? 0;
    const fits = constantOffset(module, segment.offset) + count <= room;
    if (!fits && count > 0) stopped = true;
    if (!fits || stopped) inert.add(segment);
  }
  return inert;
}

/** The value of an offset, unsigned. It cannot read a global, because no global can be imported. */
function constantOffset(module: DecodedModule, offset: ByteSpan): number {
  const resolver = { global: () => 0x7f, func: () => undefined };
  return evaluateConst(module.bytes, offset, resolver).value >>> 0;
}
