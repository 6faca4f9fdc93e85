/** Where active segments go when a module is instantiated: data that does not fit refuses, elements that do not fit vanish. */
import { evaluateConst } from '../decode/decodeConst.ts';
import { pageSize } from '../decode/memoryCap.ts';
import type { DecodedModule, ElementSegment, ByteSpan } from '../decode/module.ts';
import type { Spaces } from '../decode/spaces.ts';
import { externref } from '../decode/valueTypes.ts';

/** wazero's text for the first data segment beyond the memory's first size; null when all fit (wazero spec 3.3). */
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
 * The element segments that wazero leaves without effect where V8 would trap or fill them (wazero spec 3.4): the first active
 * one that does not fit its table and every active one after it, empty ones beyond the table, and passive externref ones,
 * which wazero keeps empty.
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

/** An offset as unsigned; a global cannot occur here, since none can be imported. */
function constantOffset(module: DecodedModule, offset: ByteSpan): number {
  const resolver = { global: () => 0x7f, func: () => undefined };
  return evaluateConst(module.bytes, offset, resolver).value >>> 0;
}
