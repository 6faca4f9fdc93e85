/** The gateway's checks of a module after instantiation, with its texts (gateway spec 1.3, wasm_lifecycle.go). */
import type { ModuleDescription } from './describe.ts';
import { type Signature, type ValueType, i32, kindOf } from '../decode/valueTypes.ts';

const notTinyGo =
  'WASM module does not export guard functions. This usually means the guard was compiled with standard Go instead of ' +
  'TinyGo. TinyGo is required for proper function exports. Note: TinyGo 0.34 supports Go 1.19-1.23 (not yet compatible ' +
  'with Go 1.25). See examples/guards/sample-guard/README.md for details';

/** The functions that a guard must export, in the order in which the gateway checks their signatures. */
export const requiredExports = ['label_resource', 'label_response', 'label_agent'] as const;

/** The gateway's error, or null for a guard. As in the gateway, an export that is not a function counts as missing. */
export function checkGuardShape(description: ModuleDescription): string | null {
  const signatures = new Map<string, Signature>();
  for (const { name, signature } of description.exports) if (signature !== null) signatures.set(name, signature);
  const resource = signatures.has('label_resource');
  if (!resource || !signatures.has('label_response')) {
    return !resource && signatures.has('_start')
      ? notTinyGo
      : 'WASM module must export label_resource and label_response functions';
  }
  if (!signatures.has('label_agent')) return 'WASM module must export label_agent';
  for (const name of requiredExports) {
    const signature = signatures.get(name);
    if (signature === undefined || isLabelSignature(signature)) continue;
    const got = `${goBytes(signature.params)}->${goBytes(signature.results)}`;
    return `WASM module function ${name} must have signature (i32,i32,i32,i32)->i32, got ${got}`;
  }
  return null;
}

/** Whether the signature is the one of the label functions: `(i32, i32, i32, i32) -> i32`. */
export function isLabelSignature({ params, results }: Signature): boolean {
  return params.length === 4 && results.length === 1 && [...params, ...results].every((type) => type === i32);
}

/** A list of types as Go prints bytes: `[127 126]`. */
function goBytes(types: readonly ValueType[]): string {
  return `[${types.map(kindOf).join(' ')}]`;
}
