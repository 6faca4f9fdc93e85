/** The WebAssembly features that a module uses, and whether the gateway enables them in wazero (wazero spec 2.1). */
import { codesOf } from '../decode/opcodeRanges.ts';
import type { BodyScan } from './scanBodies.ts';
import type { DecodedModule } from '../decode/module.ts';
import { sectionId } from '../decode/sections.ts';
import { externref, isPlain, v128 } from '../decode/valueTypes.ts';

/** A feature under wazero's name; `enabled` in the gateway's configuration. */
export interface UsedFeature {
  readonly name: string;
  readonly enabled: boolean;
}

/** Opcodes that belong to a feature, in hexadecimal with ranges; those behind the prefix 0xfc count from 100. */
const shownByOpcode: readonly (UsedFeature & { readonly codes: string })[] = [
  { name: 'sign-extension-ops', enabled: true, codes: 'c0-c4' },
  { name: 'nontrapping-float-to-int-conversion', enabled: true, codes: '100-107' },
  { name: 'bulk-memory-operations', enabled: true, codes: '108-10e' },
  { name: 'reference-types', enabled: true, codes: '1c 25 26 d0-d2 10f-111' },
  { name: 'simd', enabled: true, codes: 'fd' },
  { name: 'tail-call', enabled: false, codes: '12 13' },
  { name: 'threads', enabled: false, codes: 'fe' },
  { name: 'exception-handling', enabled: false, codes: '06-0a 18 19 1f' },
  { name: 'typed-function-references', enabled: false, codes: '14 15 d4-d6' },
  { name: 'gc', enabled: false, codes: 'fb' },
];

/** The used features, in the order of their introduction. A body is scanned up to its first instruction that is not plain. */
export function usedFeatures(module: DecodedModule, scan: BodyScan): UsedFeature[] {
  const declared = declaredFeatures(module);
  const names = ['mutable-global', 'multi-value'].filter((name) => declared.has(name));
  return [
    ...names.map((name) => ({ name, enabled: true })),
    ...shownByOpcode
      .filter(({ name, codes }) => declared.has(name) || occurs(scan.seen, codes))
      .map(({ name, enabled }) => ({ name, enabled })),
  ];
}

function occurs(seen: Uint8Array, codes: string): boolean {
  return codesOf(codes).some((code) => seen[code] === 1);
}

/** The features that appear in declarations rather than in code. */
function declaredFeatures(module: DecodedModule): ReadonlySet<string> {
  const { types, globals, imports, exports, tables, elements, data, sections } = module;
  const values = [
    ...types.flatMap(({ params, results }) => [...params, ...results]),
    ...globals.map(({ type }) => type),
  ];
  const importedGlobals = imports.flatMap((each) => (each.kind === 'global' ? [each.global] : []));
  const allGlobals = [...importedGlobals, ...globals];
  const exportsMutable = exports.some(({ kind, index }) => kind === 'global' && allGlobals[index]?.mutable === true);
  const shows: Readonly<Record<string, boolean>> = {
    'mutable-global': exportsMutable || importedGlobals.some(({ mutable }) => mutable),
    'multi-value': types.some(({ results }) => results.length > 1),
    'bulk-memory-operations':
      data.some(({ offset }) => offset === null) || elements.some(({ mode }) => mode !== 'active'),
    'reference-types': tables.length > 1 || values.includes(externref),
    simd: values.includes(v128),
    'exception-handling': sections.some(({ id }) => id === sectionId.tag),
    'typed-function-references': !values.every(isPlain),
  };
  return new Set(Object.keys(shows).filter((name) => shows[name] === true));
}
