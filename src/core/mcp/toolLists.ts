/** Removes output schemas from tool lists, as the gateway does, because its rewrapped results do not match them (gateway: no `OutputSchema`). */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** Returns the answer to `tools/list` without output schemas; null when it has none to remove. */
export function withoutOutputSchemas(answer: JsonObject): JsonObject | null {
  const { result } = answer;
  if (!isJsonObject(result) || !Array.isArray(result['tools'])) return null;
  const tools: readonly JsonValue[] = result['tools'];
  if (!tools.some((tool) => isJsonObject(tool) && 'outputSchema' in tool)) return null;
  const plain = tools.map((tool): JsonValue => {
    if (!isJsonObject(tool)) return tool;
    const { outputSchema: _, ...rest } = tool;
    return rest;
  });
  return { ...answer, result: { ...result, tools: plain } };
}
