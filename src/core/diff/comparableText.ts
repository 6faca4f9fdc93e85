/** A decision as text for a comparison side by side: what differs from run to run is left out. */
import type { JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { grownPages } from './decisionParts.ts';

/** JSON with an indent of two, the outcome first. Times, sizes, log lines and the guard's own texts are not in it. */
export function comparableText(record: DecisionRecord): string {
  const { outcome, error, operation, mode, resource, coarse, items, client, agentBefore, agentAfter } = record;
  const { tool, args, server, agent, guardCalls, problems } = record;
  const shown: Record<string, unknown> = {
    outcome,
    error,
    operation,
    mode,
    resource,
    coarse,
    items: items?.map(({ data: _data, index: _index, ...item }) => item) ?? null,
    agentBefore,
    agentAfter,
    lookups: guardCalls.flatMap(({ function: by, backendCalls }) =>
      backendCalls.map(({ tool: asked, args: given, end, resultText }) => {
        return { by, tool: asked, args: given, end, result: readable(resultText) };
      }),
    ),
    client,
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    grownPages: grownPages(record),
    server,
    agent,
    tool,
    args,
  };
  return `${jsonText(shown, 2)}\n`;
}

function readable(text: string | null): JsonValue {
  if (text === null) return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
