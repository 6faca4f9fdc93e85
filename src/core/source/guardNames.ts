/** Finds the functions of the guard interface in source: the exports that the gateway calls, and the imports that it offers. */
import { codeMask, type SourceLanguage } from './codeMask.ts';

/** A function of the interface, where a source declares it. */
export interface GuardName {
  readonly name: InterfaceName;
  /** Offset of the name in the text. */
  readonly at: number;
}

const functions = ['label_agent', 'label_resource', 'label_response'] as const;
const memory = ['alloc', 'dealloc'] as const;
const imports = ['call_backend', 'host_log'] as const;

/** A function of the guard interface. */
export type InterfaceName = (typeof functions)[number] | (typeof memory)[number] | (typeof imports)[number];

const exported = `(${[...functions, ...memory].join('|')})`;
const imported = `(${imports.join('|')})`;

/** How a source declares a name, with the name as the only group. */
const forms: Readonly<Record<SourceLanguage, readonly string[]>> = {
  rust: [
    String.raw`\bextern\s+(?:"C"\s+)?fn\s+${exported}\s*\(`,
    String.raw`\bexport_name\s*=\s*"${exported}"`,
    String.raw`\bfn\s+${imported}\s*\(`,
    String.raw`\blink_name\s*=\s*"${imported}"`,
  ],
  assemblyscript: [
    String.raw`\bexport\s+function\s+${exported}\s*\(`,
    String.raw`\bas\s+${exported}\b`,
    String.raw`\bdeclare\s+function\s+${imported}\s*\(`,
    String.raw`@external\s*\(\s*(?:"env"|'env')\s*,\s*["']${imported}["']`,
  ],
  c: [
    // A definition; also with `export_name` before it, or with a macro for that.
    String.raw`\b${exported}\s*\([^;{}()]*\)\s*\{`,
    String.raw`\b\w*(?:export|EXPORT)\w*\s*\(\s*"${exported}"\s*\)`,
    String.raw`\bimport_name\s*\(\s*"${imported}"\s*\)`,
  ],
};

const isFunction = (name: InterfaceName): boolean => functions.some((known) => known === name);

/** Whether the gateway calls the function to label: these have lenses. */
export function isLabelFunction({ name }: GuardName): boolean {
  return isFunction(name);
}

/**
 * The names that a source declares, each once, in the order of the text; what stands in comments and strings does not count. `alloc` and
 * `dealloc`, which are usual names, count only beside one of the three functions.
 */
export function guardNames(text: string, language: SourceLanguage): readonly GuardName[] {
  // Most files of a workspace are not guards.
  if (!/label_(?:agent|resource|response)|call_backend|host_log/.test(text)) return [];
  const mask = codeMask(text, language);
  const found = new Map<InterfaceName, number>();
  for (const form of forms[language]) {
    for (const match of text.matchAll(new RegExp(form, 'g'))) {
      const name = match[1] as InterfaceName;
      if (mask[match.index] !== 1 || found.has(name)) continue;
      found.set(name, match.index + match[0].indexOf(name));
    }
  }
  const isGuard = [...found.keys()].some(isFunction);
  const names = [...found].map(([name, at]) => ({ name, at }));
  const isUsual = (name: InterfaceName): boolean => memory.some((known) => known === name);
  return names.filter(({ name }) => isGuard || !isUsual(name)).sort((one, other) => one.at - other.at);
}
