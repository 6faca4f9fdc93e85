/** Checks that the server makes before it calls a guard: allowed tools and tool call limits (gateway spec 3.7, steps 2 and 4). */
import { quoteGo } from '../../go/goText.ts';

/** Returns the gateway's error for a tool that is not in a server's allowed-tools list; null when it may be called. `*` allows every tool. */
export function allowedToolError(tool: string, allowedTools: readonly string[] | null): string | null {
  if (allowedTools === null || allowedTools.length === 0) return null;
  if (allowedTools.includes('*') || allowedTools.includes(tool)) return null;
  return `tool ${quoteGo(tool)} is not in the allowed-tools list for this server`;
}

/** Number of calls per tool so far, for one session and server. */
export type ToolCallCounts = ReadonlyMap<string, number>;

/** The new counts when the call is within its limit, or the gateway's error. */
export type ToolCallBudget =
  | { readonly ok: true; readonly counts: ToolCallCounts }
  | { readonly ok: false; readonly error: string };

/** Counts one call. A tool without a limit, or with limit 0, is not counted; neither is a refused call. */
export function countToolCall(
  tool: string,
  limits: ReadonlyMap<string, number>,
  counts: ToolCallCounts,
): ToolCallBudget {
  const limit = limits.get(tool) ?? 0;
  if (limit === 0) return { ok: true, counts };
  const used = counts.get(tool) ?? 0;
  if (used >= limit) {
    return { ok: false, error: `tool call limit reached for ${quoteGo(tool)} (max: ${limit})` };
  }
  return { ok: true, counts: new Map([...counts, [tool, used + 1]]) };
}
