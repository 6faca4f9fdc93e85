/** The tools of a server as its lists name them: the gateway answers a call of any other tool itself (go-sdk v1.7.0 `mcp/server.go`). */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { type HeaderPair, isListedTool, paramHeaderPairs, paramHeadersOf } from './paramHeaders.ts';

export class KnownTools {
  /** Names of the pages so far. */
  #pages = new Set<string>();
  /** null until a list has come to its end. */
  #complete: ReadonlySet<string> | null = null;

  /** Of the last list. */
  readonly #definitions = new Map<string, JsonObject>();

  /** One page of a list, which the server sent for this cursor; undefined for the first page. */
  page(cursor: JsonValue | undefined, result: JsonValue): void {
    if (!isJsonObject(result) || !Array.isArray(result['tools'])) return;
    if (cursor === undefined) {
      this.#pages = new Set();
      this.#definitions.clear();
    }
    for (const tool of result['tools'] as readonly JsonValue[]) {
      if (!isJsonObject(tool) || typeof tool['name'] !== 'string' || !isListedTool(tool)) continue;
      this.#pages.add(tool['name']);
      this.#definitions.set(tool['name'], tool);
    }
    const { nextCursor } = result;
    if (typeof nextCursor !== 'string' || nextCursor === '') this.#complete = this.#pages;
  }

  /** The server says that its tools have changed, so the list is out of date. */
  changed(): void {
    this.#complete = null;
  }

  /** The tool as the last list has it; null for none. */
  definition(tool: string): JsonObject | null {
    return this.#definitions.get(tool) ?? null;
  }

  /** The headers that repeat arguments of a call; empty for a tool that was not listed. */
  paramHeaders(tool: string, args: JsonValue | undefined): readonly HeaderPair[] {
    return paramHeaderPairs(paramHeadersOf(this.definition(tool)?.['inputSchema']) ?? [], args);
  }

  /** Whether a complete list does not have the tool. */
  lacks(tool: string): boolean {
    return this.#complete !== null && !this.#complete.has(tool);
  }
}
