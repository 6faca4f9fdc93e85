/** Reads the `producers` section, which says with what a module was built. */
import { Cursor } from '../decode/cursor.ts';
import type { DecodedModule } from '../decode/module.ts';
import { refusalOf } from '../decode/refused.ts';

/** One entry of the `producers` section. */
export interface Producer {
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

/** The `producers` section, as much of it as can be read. It is informative only. */
export function readProducers({ bytes, sections }: Pick<DecodedModule, 'bytes' | 'sections'>): Producer[] {
  const producers: Producer[] = [];
  const section = sections.find((each) => each.name === 'producers');
  if (section === undefined) return producers;
  refusalOf(() => {
    const cursor = new Cursor(bytes, section.start, section.end);
    cursor.utf8('section name');
    for (let fields = cursor.u32(); fields > 0; fields--) {
      const field = cursor.utf8('field name');
      for (let values = cursor.u32(); values > 0; values--) {
        producers.push({ field, name: cursor.utf8('name'), version: cursor.utf8('version') });
      }
    }
  });
  return producers;
}
