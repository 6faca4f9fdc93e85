/** Summarises a module for people: what it contains, and whether the gateway would load it as a guard. */
import type { Parsed, Problem } from '../base/parsed.ts';
import { decodeTolerantly } from './decode/decode.ts';
import { type ModuleDescription, describeModule } from './describe/describe.ts';
import type { Producer } from './describe/producers.ts';
import { scanBodies } from './describe/scanBodies.ts';
import { functionLabel } from './decode/functionLabel.ts';
import { checkGuardShape } from './describe/guardShape.ts';
import { loadHint } from './describe/loadHint.ts';
import { effectiveMax } from './decode/memoryCap.ts';
import type { DecodedModule, ExternKind } from './decode/module.ts';
import { explainRefusal } from './adaptForV8.ts';
import { refusalOf } from './decode/refused.ts';
import { listSections, sectionId, sectionName } from './decode/sections.ts';
import { type UsedFeature, usedFeatures } from './describe/usedFeatures.ts';
import { signatureForPeople } from './decode/valueTypes.ts';

/** An import or export. The signature is that of a function, for example `(i32, i32) -> i32`; empty for other kinds. */
export interface ReportedExtern {
  readonly kind: ExternKind;
  readonly name: string;
  readonly signature: string;
}

/** The summary as plain data, which can be printed as JSON. */
export interface ModuleReport {
  /** Size of the file in bytes. */
  readonly size: number;
  readonly isModule: boolean;
  /** The gateway's full error when it would not load the module as a guard; null when it would. Traps of a start function are not known. */
  readonly loadError: string | null;
  /** What the error means for the author and the next step; empty when there is nothing to add. */
  readonly loadHint: string;
  readonly moduleName: string;
  readonly imports: readonly (ReportedExtern & { readonly module: string })[];
  readonly exports: readonly ReportedExtern[];
  /** In pages of 64 KiB: the declared limits, and the most pages that the gateway allows. Null without a memory. */
  readonly memory: {
    readonly minPages: number;
    readonly maxPages: number | null;
    readonly allowedPages: number;
    /** Name of the export; null when the memory is not exported, which the gateway accepts. */
    readonly export: string | null;
  } | null;
  /** Why the gateway refuses the declared memory; null when it accepts it. */
  readonly memoryRefusal: string | null;
  /** The gateway's label of the start function in errors; null without one. */
  readonly start: string | null;
  readonly counts: {
    readonly types: number;
    readonly functions: number;
    readonly importedFunctions: number;
    readonly namedFunctions: number;
    readonly tables: number;
    readonly globals: number;
    readonly elementSegments: number;
    readonly dataSegments: number;
    readonly dataBytes: number;
  };
  readonly features: readonly UsedFeature[];
  readonly producers: readonly Producer[];
  /** Every section in order, with the size of its content in bytes; `name` is `custom "…"` for a custom section. */
  readonly sections: readonly { readonly name: string; readonly offset: number; readonly size: number }[];
}

const instantiationPrefix = 'failed to instantiate WASM module: ';

/** Describes as much of the module as can be read, section by section; a module may be cut off or refused. Never throws. */
export function inspectModule(bytes: Uint8Array): Parsed<ModuleReport> {
  const { isModule, sections, stoppedAt } = listSections(bytes);
  const { module, unreadable } = decodeTolerantly(bytes, sections);
  const description = describeModule(module);
  const problems: Problem[] = unreadable.map(({ section, reason }) => ({
    severity: 'warning',
    code: 'wasm/unreadable-section',
    message: `The ${sectionName(section.id)} section cannot be read: ${reason}`,
    position: { offset: section.start },
  }));
  if (!isModule) problems.unshift(notModule(bytes));
  else if (stoppedAt !== null) problems.unshift(cutOff(bytes, stoppedAt));
  const refusal = explainRefusal(bytes);
  const loadError = refusal === null ? checkGuardShape(description) : instantiationPrefix + refusal;
  const memoryRefusal = unreadable.find(({ section }) => section.id === sectionId.memory)?.reason ?? null;
  const hint = loadError === null ? '' : loadHint(description, refusal);
  return { value: { ...report(module, description), isModule, loadError, loadHint: hint, memoryRefusal }, problems };
}

function report(
  module: DecodedModule,
  description: ModuleDescription,
): Omit<ModuleReport, 'isModule' | 'loadError' | 'loadHint' | 'memoryRefusal'> {
  const { functions, elements, data } = description;
  const [memory] = description.memories;
  return {
    size: description.size,
    moduleName: description.moduleName,
    imports: module.imports.map((each) => {
      const type = each.kind === 'func' ? module.types[each.typeIndex] : undefined;
      return {
        module: each.module,
        name: each.name,
        kind: each.kind,
        signature: type === undefined ? '' : signatureForPeople(type),
      };
    }),
    exports: description.exports.map(({ kind, name, signature }) => {
      return { kind, name, signature: signature === null ? '' : signatureForPeople(signature) };
    }),
    memory:
      memory === undefined
        ? null
        : {
            minPages: memory.min,
            maxPages: memory.max,
            allowedPages: effectiveMax(memory),
            export: description.exports.find(({ kind }) => kind === 'memory')?.name ?? null,
          },
    start: module.start === null ? null : functionLabel(module, module.start),
    counts: {
      types: description.types.length,
      functions: functions.length,
      importedFunctions: functions.filter(({ imported }) => imported !== null).length,
      namedFunctions: functions.filter(({ name }) => name !== '').length,
      tables: description.tables.length,
      globals: description.globals.length,
      elementSegments: elements.active + elements.passive + elements.declarative,
      dataSegments: data.active + data.passive,
      dataBytes: data.bytes,
    },
    features: features(module),
    producers: description.producers,
    sections: module.sections.map(({ id, name, start, end }) => {
      return { name: name === '' ? sectionName(id) : `custom "${name}"`, offset: start, size: end - start };
    }),
  };
}

/** The used features; none when the sections contradict each other, because then the bodies cannot be scanned. */
function features(module: DecodedModule): UsedFeature[] {
  let used: UsedFeature[] = [];
  refusalOf(() => {
    used = usedFeatures(module, scanBodies(module));
  });
  return used;
}

function notModule(bytes: Uint8Array): Problem {
  const shown = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const begins = shown === '' ? 'it is empty' : `it begins with ${shown}`;
  const format = otherFormat(bytes);
  const [what, hint] = [
    format === null ? begins : `${begins}, so ${format[0]}`,
    format?.[1] ??
      'A module begins with 00 61 73 6d 01 00 00 00. Build a component (… 0d 00 01 00) as a core module instead',
  ];
  return {
    severity: 'error',
    code: 'wasm/not-a-module',
    message: `The file is not a WebAssembly module: ${what}`,
    hint,
  };
}

/** What a file is that authors take for a module, and the next step; null for an unknown format. */
function otherFormat(bytes: Uint8Array): readonly [what: string, hint: string] | null {
  const start = String.fromCharCode(...bytes.subarray(0, 400));
  const text = start
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replaceAll(/;;[^\n]*\n|\(;[^]*?;\)/g, '')
    .trimStart();
  if (
    /^\(\s*(?:module|component|func|memory|import|export)\b/.test(text) ||
    (text === '' && start.trimStart().startsWith(';'))
  ) {
    return ['it is the text format (.wat)', 'Compile it first, for example with "wat2wasm guard.wat -o guard.wasm"'];
  }
  if (start.startsWith('\u0000asm\u000d\u0000\u0001\u0000')) {
    return [
      'it is a component',
      'The gateway runs core modules: build for a core target such as wasm32-wasip1 (not wasip2)',
    ];
  }
  if (start.startsWith('\u001f\u008b')) return ['it is compressed with gzip', 'Decompress it first'];
  if (start.startsWith('PK\u0003\u0004')) return ['it is a zip archive', 'Choose the .wasm file inside of it'];
  if (/^(?:AGFzbQ|0061736d)/i.test(text)) return ['it is a module as base64 or hexadecimal text', 'Decode it first'];
  if (start.startsWith('\u007fELF'))
    return ['it is a native program (ELF)', 'Compile for a WebAssembly target such as wasm32-wasip1'];
  return null;
}

function cutOff(bytes: Uint8Array, stoppedAt: number): Problem {
  return {
    severity: 'error',
    code: 'wasm/cut-off',
    message: `The section at byte ${stoppedAt} extends beyond the end of the file at byte ${bytes.length}`,
    hint: 'The file is incomplete. Build or copy it again',
    position: { offset: stoppedAt },
  };
}
