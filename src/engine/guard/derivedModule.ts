/**
 * What is derived from a guard's module, as bytes that can be kept in a file: a line of JSON with what it was derived from and the hash of the
 * rest, then the facts as JSON, then the module that V8 gets.
 *
 * The file may be older than this program, cut, or changed by someone. So it is used only when its first line names the same guard, program and
 * options, the rest has the hash that it names, and every member has its type.
 */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import type { Signature } from '../../core/wasm/decode/valueTypes.ts';
import type { DerivedModule, ModuleFacts } from '../runtime/shared/moduleFacts.ts';

const format = 'guardscope-module/1';

/** The content of a file for a module that was derived from `key`. */
export function encodeDerived({ bytes, facts, frames, offsets }: DerivedModule, key: string): Uint8Array {
  const { trapSites, functions, imports, ...others } = facts;
  const { starts, origins, inserted } = offsets;
  const plain = {
    facts: { ...others, trapSites: [...trapSites], functions: [...functions], imports: [...imports] },
    frames,
    offsets: [[...starts], [...origins], [...inserted]],
  };
  const json = Buffer.from(JSON.stringify(plain));
  const rest = Buffer.concat([json, bytes]);
  const head = { format, key, json: json.length, sha256: sha256(rest) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), rest]);
}

/** The module of a file that was derived from `key`; null for any other content. Never throws. */
export function decodeDerived(content: Uint8Array, key: string): DerivedModule | null {
  const end = content.indexOf(0x0a);
  const head = end < 0 ? null : parse(content.subarray(0, end));
  const length = head?.['json'];
  if (head?.['format'] !== format || head['key'] !== key || typeof length !== 'number') return null;
  const rest = content.subarray(end + 1);
  if (head['sha256'] !== sha256(rest)) return null;
  const plain = parse(rest.subarray(0, length));
  return plain === null || !isPlain(plain) ? null : derivedOf(plain, new Uint8Array(rest.subarray(length)));
}

/** The facts of a file, with lists in place of maps. */
interface Plain {
  readonly facts: Omit<ModuleFacts, keyof typeof mapTests> & {
    readonly trapSites: readonly (readonly [number, string])[];
    readonly functions: readonly (readonly [string, Signature])[];
    readonly imports: readonly (readonly [string, number])[];
  };
  readonly frames: readonly string[];
  readonly offsets: readonly [starts: readonly number[], origins: readonly number[], inserted: readonly number[]];
}

function derivedOf({ facts, frames, offsets }: Plain, bytes: Uint8Array<ArrayBuffer>): DerivedModule {
  const [starts, origins, inserted] = offsets;
  return {
    bytes,
    facts: {
      ...facts,
      trapSites: new Map(facts.trapSites),
      functions: new Map(facts.functions),
      imports: new Map(facts.imports),
    },
    frames,
    offsets: {
      starts: Uint32Array.from(starts),
      origins: Uint32Array.from(origins),
      inserted: Uint8Array.from(inserted),
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parse(bytes: Uint8Array): JsonObject | null {
  try {
    const value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as JsonValue;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

type Test = (value: JsonValue | undefined) => boolean;

const isText: Test = (value) => typeof value === 'string';
const isNumber: Test = (value) => typeof value === 'number';
const isTextOrNull: Test = (value) => value === null || isText(value);
const isListOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const isPair =
  (first: Test, second: Test): Test =>
  (value) =>
    Array.isArray(value) && value.length === 2 && first(value[0] as JsonValue) && second(value[1] as JsonValue);
const has =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isJsonObject(value) && Object.entries(tests).every(([name, test]) => test(value[name]));
const isNullOr =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);

const isSignature = has({ params: isListOf(isNumber), results: isListOf(isNumber) });
const isHidden = has({ kind: (kind) => kind === 'hidden', reason: isText });
const isExported = has({
  kind: (kind) => kind === 'exported',
  globals: isListOf(has({ export: isText, type: isNumber })),
  tables: isListOf(isText),
  functions: isListOf(isText),
});

/** Members of the facts that are maps. */
const mapTests = {
  trapSites: isListOf(isPair(isNumber, isText)),
  functions: isListOf(isPair(isText, isSignature)),
  imports: isListOf(isPair(isText, isNumber)),
};

const isPlainFile = has({
  facts: has({
    memoryExport: isTextOrNull,
    start: isNullOr(has({ export: isText, label: isText })),
    closedFlag: isTextOrNull,
    rounds: isTextOrNull,
    state: isNullOr((state) => isHidden(state) || isExported(state)),
    shapeError: isTextOrNull,
    ...mapTests,
  }),
  frames: isListOf(isText),
  offsets: (value) => Array.isArray(value) && value.length === 3 && value.every(isListOf(isNumber)),
});

function isPlain(value: JsonObject): value is JsonObject & Plain {
  return isPlainFile(value);
}
