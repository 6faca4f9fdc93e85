/** Encodes the inputs of the three guard functions, byte for byte as the gateway does (gateway `internal/guard/wasm_labels.go`, spec 2.1). */
import { encodeGoJson } from '../go/goJson.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

/** Input of `label_agent`: the payload without an envelope. */
export function encodeLabelAgentInput(payload: JsonObject): string {
  return encodeGoJson(payload);
}

/** Input of `label_resource`. */
export function encodeLabelResourceInput(tool: string, args: JsonValue, capabilities: boolean): string {
  return encodeGoJson({ ...capabilitiesMember(capabilities), tool_args: args, tool_name: tool });
}

/** Input of `label_response`; without `args`, `tool_args` is absent, as outside of the gateway's pipeline. */
export function encodeLabelResponseInput(
  tool: string,
  args: JsonValue | undefined,
  result: JsonValue,
  capabilities: boolean,
): string {
  const toolArgs = args === undefined ? {} : { tool_args: args };
  return encodeGoJson({ ...capabilitiesMember(capabilities), ...toolArgs, tool_name: tool, tool_result: result });
}

/** The gateway's capabilities have no public members, so they are encoded as `{}`. */
function capabilitiesMember(capabilities: boolean): JsonObject {
  return capabilities ? { capabilities: {} } : {};
}
