/** Lints a module that the gateway would load: what will go wrong later because of its exports. */
import type { Problem } from '../../base/parsed.ts';
import { decodeTolerantly } from '../../wasm/decode/decode.ts';
import { listSections, sectionId } from '../../wasm/decode/sections.ts';
import { readProducers } from '../../wasm/describe/producers.ts';
import { initializeNotCalled } from './initializeNotCalled.ts';
import { noAllocator } from './noAllocator.ts';

/** The findings about a module; empty for bytes that are not a module. Reads two sections only. */
export function lintModule(bytes: Uint8Array): readonly Problem[] {
  const { sections } = listSections(bytes);
  const wanted = sections.filter(({ id, name }) => id === sectionId.export || name === 'producers');
  const { module } = decodeTolerantly(bytes, wanted);
  const functions = new Set(module.exports.filter(({ kind }) => kind === 'func').map(({ name }) => name));
  if (!functions.has('label_agent')) return [];
  const producers = readProducers({ bytes, sections: wanted });
  const outline = { functions, madeBy: producers.map(({ name }) => name.toLowerCase()).join('\n') };
  return [...noAllocator(outline), ...initializeNotCalled(outline)];
}
