/**
 * The headers that repeat arguments of a call: a tool marks them in its input schema with `x-mcp-header` (MCP 2026-07-28, transports;
 * go-sdk v1.7.0 `mcp/streamable_headers.go`).
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** An argument that a header repeats. */
export interface ParamHeader {
  /** Names of members, from the arguments to the value. */
  readonly path: readonly string[];
  /** Name of the header behind `Mcp-Param-`. */
  readonly name: string;
}

/** A header: its name, and its value before it is encoded. */
export type HeaderPair = readonly [name: string, value: string];

/**
 * The marked arguments of a tool; null where a mark is not valid: the SDK of the gateway leaves such a tool out of the list. None where the
 * SDK cannot read the properties, because one has a `type` or `properties` of another kind: then it ignores all marks.
 */
export function paramHeadersOf(inputSchema: JsonValue | undefined): readonly ParamHeader[] | null {
  const found: ParamHeader[] = [];
  const names = new Set<string>();
  let isValid = true;
  // A list instead of recursion: a schema may be nested as deep as its message.
  const open: { readonly path: readonly string[]; readonly schema: JsonValue }[] = [];
  open.push({ path: [], schema: inputSchema ?? null });
  // `open` grows meanwhile, which an iteration includes.
  for (const { path, schema } of open) {
    if (schema === null) continue;
    if (!isJsonObject(schema) || path.length > deepest) return [];
    const { type = null, properties = null, 'x-mcp-header': mark } = schema;
    if ((type !== null && typeof type !== 'string') || (properties !== null && !isJsonObject(properties))) return [];
    if (path.length > 0 && mark !== undefined) {
      const name = typeof mark === 'string' ? mark : '';
      isValid &&= token.test(name) && !names.has(name.toLowerCase()) && types.has(type);
      names.add(name.toLowerCase());
      found.push({ path, name });
    }
    for (const [member, each] of Object.entries(properties ?? {})) open.push({ path: [...path, member], schema: each });
  }
  return isValid ? found : null;
}

/** Whether the gateway lists a tool: one whose marks are not valid does not exist for its clients. */
export function isListedTool(tool: JsonObject): boolean {
  return paramHeadersOf(tool['inputSchema']) !== null;
}

/** The headers of a call with these arguments. A value that is missing, null, or not a string, a boolean or an exact integer has none. */
export function paramHeaderPairs(marked: readonly ParamHeader[], args: JsonValue | undefined): readonly HeaderPair[] {
  return marked.flatMap(({ path, name }): HeaderPair[] => {
    const text = textOf(valueAt(args, path));
    return text === null ? [] : [[`Mcp-Param-${name}`, text]];
  });
}

/** Deeper marks than any schema has; it bounds the length of all paths together. */
const deepest = 100;

/** A token of HTTP (RFC 9110, 5.6.2). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const types: ReadonlySet<JsonValue> = new Set(['string', 'integer', 'boolean']);

function valueAt(args: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = args;
  for (const member of path) {
    value = isJsonObject(value) && Object.hasOwn(value, member) ? value[member] : undefined;
  }
  return value;
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}
