/** What the server refuses before any guard is asked: tools outside a list, and calls beyond a budget (gateway spec 3.7, steps 2 and 4). */
import { quoteGo } from '../../go/goText.ts';

/** The gateway's refusal of a tool that is not in a server's allowed-tools list; null when it may be called. `*` allows every tool. */
export function allowedToolError(tool: string, allowedTools: readonly string[] | null): string | null {
  if (allowedTools === null || allowedTools.length === 0) return null;
  if (allowedTools.includes('*') || allowedTools.includes(tool)) return null;
  return `tool ${quoteGo(tool)} is not in the allowed-tools list for this server`;
}

/** Calls already counted per tool, for one session and server. */
export type ToolCallCounts = ReadonlyMap<string, number>;

/** A call within its budget, with the new counts, or the gateway's refusal. */
export type ToolCallBudget =
  { readonly ok: true; readonly counts: ToolCallCounts } | { readonly ok: false; readonly error: string };

/** Counts one attempt. A limit that is absent or 0 is none, and is not counted; a refused call is not counted either. */
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
