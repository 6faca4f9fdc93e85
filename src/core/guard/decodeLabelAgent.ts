/** Decodes the output of `label_agent` (gateway `parseLabelAgentResponse`, spec 2.4). */
import { buildGoJsonTree } from '../go/goJsonTree.ts';
import { decodeTyped, goAny, goMap, goSlice, goString, goStruct, sliceItems, type GoSlice } from '../go/goJsonTyped.ts';
import { trimSpace } from '../go/goText.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { parseEnforcementMode } from '../difc/monitor/evaluator.ts';
import { decodeOutput, refused, type Decoded } from './decoded.ts';
import type { LabelAgentResult } from './guard.ts';

/** The result, or the gateway's error: invalid JSON, an error that the guard reports (`success`, `ok`, `error`), a wrong type, an unknown mode. */
export function decodeLabelAgent(output: string): Decoded<LabelAgentResult> {
  if (output === '') return refused('label_agent returned empty response');
  const raw = decodeOutput(output, 'label_agent response');
  if (!raw.ok) return raw;
  const reported = raw.value === null ? null : reportedError(raw.value);
  if (reported !== null) return refused(reported);
  const typed = decodeTyped(goResult, buildGoJsonTree(output));
  if (!typed.ok) return refused(`failed to decode label_agent response: ${typed.error}`);
  const { agent, difcMode, normalizedPolicy } = typed.value;
  if (trimSpace(difcMode) === '') return refused('label_agent response missing difc_mode');
  const mode = parseEnforcementMode(difcMode);
  if (!mode.ok) return refused(`invalid difc_mode from label_agent: ${mode.error}`);
  return {
    ok: true,
    value: {
      agent: { secrecy: sliceItems(agent.secrecy), integrity: sliceItems(agent.integrity) },
      mode: mode.mode,
      modeText: difcMode,
      normalizedPolicy: normalizedPolicy === null ? null : Object.fromEntries(normalizedPolicy),
    },
  };
}

interface GoAgent {
  readonly secrecy: GoSlice<string>;
  readonly integrity: GoSlice<string>;
}

interface GoResult {
  readonly agent: GoAgent;
  readonly difcMode: string;
  readonly normalizedPolicy: ReadonlyMap<string, JsonValue> | null;
}

const goResult = goStruct<GoResult>('guard.LabelAgentResult', {
  agent: [
    'agent',
    goStruct<GoAgent>('guard.AgentLabelsPayload', {
      secrecy: ['secrecy', goSlice(goString)],
      integrity: ['integrity', goSlice(goString)],
    }),
  ],
  difcMode: ['difc_mode', goString],
  normalizedPolicy: ['normalized_policy', goMap(goAny)],
});

/** The error that the guard itself reports; null without one. */
function reportedError(raw: JsonObject): string | null {
  const { error } = raw;
  const message = typeof error === 'string' && trimSpace(error) !== '' ? error : null;
  if (raw['success'] === false || raw['ok'] === false) {
    return message === null ? 'label_agent returned non-success status' : `label_agent rejected policy: ${message}`;
  }
  return message === null ? null : `label_agent returned error: ${message}`;
}
