/** How wazero names a function in its errors: `function[1] export["label_agent"]`. */
import { quoteGo, sortUtf8 } from '../../go/goText.ts';
import type { DecodedModule } from './module.ts';

/**
 * The label for an index among the *defined* functions. wazero also passes an index of the whole function space to it (for
 * the start function), and then names the exports of a function further on: that mix-up is kept (wazero spec 3.5).
 */
export function functionLabel(module: DecodedModule, index: number): string {
  const imported = module.imports.filter((each) => each.kind === 'func').length;
  const names = module.exports
    .filter((each) => each.kind === 'func' && each.index === index + imported)
    .map((each) => quoteGo(each.name));
  return names.length === 0 ? `function[${index}]` : `function[${index}] export[${sortUtf8(names).join(',')}]`;
}
