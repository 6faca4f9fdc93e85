/** Explains the gateway's refusal of a module to its author: what is missing, and the next step. */
import type { ModuleDescription } from './describe.ts';
import { requiredExports, isLabelSignature } from './guardShape.ts';
import { hostFunctions } from '../validate/imports.ts';
import { memoryCapPages } from '../decode/memoryCap.ts';
import { type Signature, signatureForPeople } from '../decode/valueTypes.ts';

/** The hint; empty when there is nothing to add. `refusal` is wazero's text, or null for a valid module that is not a guard. */
export function loadHint(description: ModuleDescription, refusal: string | null): string {
  if (refusal === null) return shapeHint(description);
  if (/^section memory: .* over limit of /.test(refusal))
    return `Declare at most ${memoryCapPages} pages (32 MiB) of memory`;
  return importHint(refusal);
}

/** Names the required exports that are missing or have another signature. */
function shapeHint({ exports }: ModuleDescription): string {
  const found = new Map(exports.map(({ name, signature }) => [name, signature]));
  const missing = requiredExports.filter((name) => (found.get(name) ?? null) === null);
  if (missing.length > 0) {
    const otherKinds = missing.filter((name) => found.has(name));
    const note = otherKinds.length === 0 ? '' : `; not a function: ${listed(otherKinds)}`;
    return `Missing function exports: ${listed(missing)}${note}`;
  }
  const wrong = requiredExports
    .map((name) => [name, found.get(name) ?? null] as const)
    .filter((each): each is readonly [(typeof each)[0], Signature] => each[1] !== null && !isLabelSignature(each[1]))
    .map(([name, signature]) => `${name} is ${signatureForPeople(signature)}`);
  return wrong.length === 0 ? '' : `In this module, ${listed(wrong)}`;
}

/** Explains an import that the gateway does not offer. */
function importHint(refusal: string): string {
  if (refusal === '"abort" is not exported in module "env"') {
    return 'AssemblyScript imports env.abort: compile with "--use abort=", or name an abort function of your own there';
  }
  if (!/^(?:module\[.*\] not instantiated|".*" is not exported in module ".*")$/s.test(refusal)) return '';
  const own = [...(hostFunctions.get('env')?.keys() ?? [])].map((name) => `env.${name}`);
  return `A guard may import ${listed([...own, 'the functions of wasi_snapshot_preview1'])}`;
}

/** `a, b and c`. */
function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
