/** Appends entries to a section that is a vector (exports, globals), and creates the section when there is none. */
import { encodeU32, skipLeb128 } from '../decode/leb128.ts';
import type { DecodedModule } from '../decode/module.ts';
import type { Edit } from './rewrite.ts';
import { sectionId } from '../decode/sections.ts';

/** The edits that append encoded entries to section `id`, which has `count` entries. */
export function appendEntries(
  { bytes, sections }: DecodedModule,
  id: number,
  count: number,
  entries: readonly (readonly number[])[],
): Edit[] {
  if (entries.length === 0) return [];
  const content = entries.flat();
  const newCount = encodeU32(count + entries.length);
  const section = sections.find((each) => each.id === id);
  if (section !== undefined) {
    const { start, end } = section;
    return [
      { start, end: skipLeb128(bytes, start), bytes: newCount, inside: section },
      { start: end, end, bytes: content, inside: section },
    ];
  }
  const newContent = [...newCount, ...content];
  const next = sections.find((each) => rank(each.id) > rank(id));
  const at = next?.header ?? bytes.length;
  return [{ start: at, end: at, bytes: [id, ...encodeU32(newContent.length), ...newContent], inside: null }];
}

/** Position of a section in the order of the binary format; -1 for custom sections, which may be anywhere. */
function rank(id: number): number {
  return id === sectionId.custom ? -1 : order.indexOf(id);
}

const order: readonly number[] = [
  sectionId.type,
  sectionId.import,
  sectionId.function,
  sectionId.table,
  sectionId.memory,
  sectionId.tag,
  sectionId.global,
  sectionId.export,
  sectionId.start,
  sectionId.element,
  sectionId.dataCount,
  sectionId.code,
  sectionId.data,
];
