/** Encodes the inputs of the three guard functions, byte for byte as the gateway does (gateway `internal/guard/wasm_labels.go`, spec 2.1). */
import { encodeGoJson } from '../go/goJson.ts';
import { encodeRecentGoJson } from '../go/goJsonRecent.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

/** Input of `label_agent`: the payload without an envelope. */
export function encodeLabelAgentInput(payload: JsonObject): string {
  return encodeGoJson(payload);
}

/** Input of `label_resource`. */
export function encodeLabelResourceInput(tool: string, args: JsonValue, capabilities: boolean): string {
  return `{${capabilitiesMember(capabilities)}"tool_args":${encodeRecentGoJson(args)},"tool_name":${encodeGoJson(tool)}}`;
}

/** Input of `label_response`; without `args`, `tool_args` is absent, as outside of the gateway's pipeline. */
export function encodeLabelResponseInput(
  tool: string,
  args: JsonValue | undefined,
  result: JsonValue,
  capabilities: boolean,
): string {
  const toolArgs = args === undefined ? '' : `"tool_args":${encodeRecentGoJson(args)},`;
  const toolName = `"tool_name":${encodeGoJson(tool)}`;
  return `{${capabilitiesMember(capabilities)}${toolArgs}${toolName},"tool_result":${encodeGoJson(result)}}`;
}

/** The gateway's capabilities have no public members, so they are encoded as `{}`. The members of both inputs stand in Go's order. */
function capabilitiesMember(capabilities: boolean): string {
  return capabilities ? '"capabilities":{},' : '';
}
