/** Compares the tools that a server offered in two sessions, because a changed description changes the behaviour of a model. */
import { pointerSegment } from '../base/jsonPointer.ts';
import { encodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import { visible } from '../base/visible.ts';
import { idOf, isAnswer, isRequest, type SessionMessage } from './foreignSession.ts';

/** One tool with the server's definition. */
export interface OfferedTool {
  readonly name: string;
  /** The complete definition from the server. */
  readonly definition: JsonObject;
  /** Equal for equal definitions, regardless of key order. */
  readonly fingerprint: string;
}

/** The tools of a session, and their changes during the session. */
export interface ToolList {
  /** The last list; null when the session has none. */
  readonly tools: readonly OfferedTool[] | null;
  /** Changes between two lists of the same session. */
  readonly changes: readonly ToolChange[];
}

/** A difference of one tool between two lists. */
export type ToolChange =
  | { readonly kind: 'added' | 'removed'; readonly name: string }
  | { readonly kind: 'changed'; readonly name: string; readonly parts: readonly ChangedPart[] };

/** A changed place in a definition: a JSON Pointer, and the values there as JSON; null for a missing value. */
export interface ChangedPart {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Whether this is a description or title, which a model reads and which can hide instructions. */
  readonly isText: boolean;
}

/** Reads the tool lists of a session; the pages of one list are joined. */
export function toolsOf(messages: readonly SessionMessage[]): ToolList {
  const open = new Map<string, { readonly isFirst: boolean }>();
  let pages = new Map<string, OfferedTool>();
  let last: readonly OfferedTool[] | null = null;
  const changes: ToolChange[] = [];
  for (const { from, msg, session } of messages) {
    const key = `${session} ${idOf(msg) ?? ''}`;
    if (from === 'client' && isRequest(msg) && isJsonObject(msg) && msg['method'] === 'tools/list') {
      const params = isJsonObject(msg['params']) ? msg['params'] : {};
      open.set(key, { isFirst: params['cursor'] === undefined });
      continue;
    }
    const request = from === 'server' && isAnswer(msg) ? open.get(key) : undefined;
    if (request === undefined || !isJsonObject(msg) || !isJsonObject(msg['result'])) continue;
    open.delete(key);
    const { tools, nextCursor } = msg['result'];
    if (!Array.isArray(tools)) continue;
    if (request.isFirst) pages = new Map();
    for (const tool of tools as readonly JsonValue[]) {
      if (isJsonObject(tool) && typeof tool['name'] === 'string') pages.set(tool['name'], offered(tool['name'], tool));
    }
    if (typeof nextCursor === 'string') continue;
    const whole = [...pages.values()];
    if (last !== null) changes.push(...compareTools(last, whole));
    last = whole;
  }
  return { tools: last ?? (pages.size > 0 ? [...pages.values()] : null), changes };
}

/** Compares two lists; returns the changes sorted by tool name. */
export function compareTools(before: readonly OfferedTool[], after: readonly OfferedTool[]): readonly ToolChange[] {
  const [old, now] = [before, after].map((tools) => new Map(tools.map((tool) => [tool.name, tool])));
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort((one, other) =>
    one < other ? -1 : 1,
  );
  return names.flatMap((name): ToolChange[] => {
    const [one, other] = [old?.get(name), now?.get(name)];
    if (one === undefined) return [{ kind: 'added', name }];
    if (other === undefined) return [{ kind: 'removed', name }];
    if (one.fingerprint === other.fingerprint) return [];
    return [{ kind: 'changed', name, parts: changedParts(one.definition, other.definition, '') }];
  });
}

/** Formats a change as lines of text, with invisible characters made visible. */
export function describeChange(change: ToolChange): readonly string[] {
  if (change.kind !== 'changed') return [`${change.kind === 'added' ? '+' : '-'} ${visible(change.name)}`];
  const parts = change.parts.map(({ path, before, after, isText }) => {
    const sign = isText ? '!' : ' ';
    return `  ${sign} ${visible(path)}: ${before === null ? 'nothing' : shortened(before)} → ${after === null ? 'nothing' : shortened(after)}`;
  });
  return [`~ ${visible(change.name)}`, ...parts];
}

function offered(name: string, definition: JsonObject): OfferedTool {
  // Go's encoder sorts keys, so the text is the same for the same definition.
  return { name, definition, fingerprint: encodeGoJson(definition) };
}

function changedParts(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: string,
): readonly ChangedPart[] {
  if (before !== undefined && after !== undefined) {
    if (encodeGoJson(before) === encodeGoJson(after)) return [];
    if (isJsonObject(before) && isJsonObject(after)) {
      const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort((one, other) =>
        one < other ? -1 : 1,
      );
      return keys.flatMap((key) => changedParts(before[key], after[key], `${path}/${pointerSegment(key)}`));
    }
  }
  const text = (value: JsonValue | undefined): string | null => (value === undefined ? null : jsonText(value));
  return [{ path, before: text(before), after: text(after), isText: /\/(?:description|title)$/.test(path) }];
}

function shortened(text: string): string {
  const shown = visible(text);
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

const longest = 200;
