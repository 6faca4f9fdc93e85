/** The three input texts, byte for byte as the gateway writes them (gateway `internal/guard/wasm_labels.go`, spec 2.1). */
import { encodeGoJson } from '../go/goJson.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

/** Input of `label_agent`: the payload itself, without an envelope. */
export function encodeLabelAgentInput(payload: JsonObject): string {
  return encodeGoJson(payload);
}

/** Input of `label_resource`. */
export function encodeLabelResourceInput(tool: string, args: JsonValue, capabilities: boolean): string {
  return encodeGoJson({ ...shown(capabilities), tool_args: args, tool_name: tool });
}

/** Input of `label_response`; `args` undefined leaves them out, as the gateway does outside of its pipeline. */
export function encodeLabelResponseInput(
  tool: string,
  args: JsonValue | undefined,
  result: JsonValue,
  capabilities: boolean,
): string {
  const toolArgs = args === undefined ? {} : { tool_args: args };
  return encodeGoJson({ ...shown(capabilities), ...toolArgs, tool_name: tool, tool_result: result });
}

/** The gateway's capabilities have no public members. */
function shown(capabilities: boolean): JsonObject {
  return capabilities ? { capabilities: {} } : {};
}
