/** Distinguishes tools that return a single resource, for which a withheld item is an error, from lists (gateway `internal/server/tool_policy.go`). */

/** Whether a tool is expected to return one resource: every tool except `list_*` and `search_*`. */
export function isSingularTool(tool: string): boolean {
  return !tool.startsWith('list_') && !tool.startsWith('search_');
}
