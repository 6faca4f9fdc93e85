/** The tools that a server listed in a session, with the annotations that say what a tool does to its resource. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';

/** A tool of a list. The annotations are null when the server does not give them. */
export interface ListedTool {
  readonly name: string;
  readonly readOnly: boolean | null;
  readonly destructive: boolean | null;
}

/** One answer to `tools/list`. */
export interface RecordedToolList {
  readonly server: string;
  /** Line of the answer. */
  readonly line: number;
  /** The file that the line is in, if not the trace. */
  readonly file?: string;
  readonly tools: readonly ListedTool[];
}

/** The tools in a JSON-RPC answer to `tools/list`; empty for any other answer. */
export function listedTools(answer: JsonValue): readonly ListedTool[] {
  const result = isJsonObject(answer) ? answer['result'] : undefined;
  const tools = isJsonObject(result) ? result['tools'] : undefined;
  if (!Array.isArray(tools)) return [];
  return (tools as readonly JsonValue[]).flatMap((tool): ListedTool[] => {
    if (!isJsonObject(tool) || typeof tool['name'] !== 'string') return [];
    const annotations = isJsonObject(tool['annotations']) ? tool['annotations'] : {};
    const flag = (name: string): boolean | null => (typeof annotations[name] === 'boolean' ? annotations[name] : null);
    return [{ name: tool['name'], readOnly: flag('readOnlyHint'), destructive: flag('destructiveHint') }];
  });
}

/** What a search for the tool of a call reads of it. */
export interface ListedCall {
  readonly server: string;
  readonly tool: string;
  readonly requestLine: number;
  readonly file?: string;
}

/** The tool of a call in the latest list of its server before it in the same file; null when there is none. Lists may come in pages. */
export function listedBefore(
  lists: readonly RecordedToolList[],
  { server, tool, requestLine, file }: ListedCall,
): ListedTool | null {
  for (let at = lists.length - 1; at >= 0; at--) {
    const list = lists[at];
    if (list === undefined || list.server !== server || list.file !== file || list.line >= requestLine) continue;
    const found = list.tools.find(({ name }) => name === tool);
    if (found !== undefined) return found;
  }
  return null;
}
