/** The label of a function in wazero's errors: `function[1] export["label_agent"]`. */
import { quoteGo, sortUtf8 } from '../../go/goText.ts';
import type { DecodedModule } from './module.ts';

/**
 * The label for an index among the defined functions. For the start function wazero passes an index of the whole function space, so
 * the label has the exports of another function; this bug of wazero is mirrored (wazero spec 3.5).
 */
export function functionLabel(module: DecodedModule, index: number): string {
  const imported = module.imports.filter((each) => each.kind === 'func').length;
  const names = module.exports
    .filter((each) => each.kind === 'func' && each.index === index + imported)
    .map((each) => quoteGo(each.name));
  return names.length === 0 ? `function[${index}]` : `function[${index}] export[${sortUtf8(names).join(',')}]`;
}
