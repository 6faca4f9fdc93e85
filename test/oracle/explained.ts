/** Differences between wazero and the product that are known and stay: each with its reason, and how it is recognised. */
import type { Difference } from './compare.ts';

export interface Explanation {
  readonly id: string;
  readonly reason: string;
  /** Whether this difference is of that sort. */
  covers(difference: Difference): boolean;
}

export const explanations: readonly Explanation[] = [
  {
    id: 'import-order',
    reason: 'With unmet imports from several modules wazero names any of them: it goes through a Go map.',
    covers: ({ member, oracle, product }) => member === 'error' && isImportError(oracle) && isImportError(product),
  },
];

/** The explanation that covers all of these differences, or null. */
export function explanationOf(found: readonly Difference[]): Explanation | null {
  return explanations.find(({ covers }) => found.every(covers)) ?? null;
}

function isImportError(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    /^failed to instantiate WASM module: (module\[.*\] not instantiated$|".*" is not exported in module|export ".*" in module|import \w+\[)/s.test(text)
  );
}
