/**
 * What the gateway's MCP library does with a result that asks for input before the call goes on (MCP 2026-07-28, multi round-trip requests;
 * go-sdk v1.7.0 `mcp/mrtr.go`): the gateway has no handler for elicitation or sampling, and no roots.
 */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { quoteGo } from '../go/goText.ts';

/** How the library takes a result that asks for input. */
export type InputOutcome =
  /** The call ends with this error. */
  | { readonly kind: 'fails'; readonly error: string; readonly code: number }
  /** It answers with an empty list of roots, or waits for a busy server, and calls again; `error`: when every answer asks the same. */
  | { readonly kind: 'retries'; readonly error: string }
  /** Without requests, the result counts as the answer, with its `requestState`. */
  | { readonly kind: 'passes' };

/** go-sdk v1.7.0 `mcp/mrtr.go`. */
const mostRounds = 10;
const mostBusyRounds = 3;

/** How the library takes this result of a call; null for one that asks for nothing. */
export function inputOutcome(result: JsonValue): InputOutcome | null {
  if (!isJsonObject(result)) return null;
  const { inputRequests = null, resultType } = result;
  if (!isJsonObject(inputRequests)) return resultType === 'input_required' ? { kind: 'passes' } : null;
  const requests = Object.entries(inputRequests);
  for (const [key, request] of requests) {
    const failure = isJsonObject(request) ? failureOf(request['method']) : null;
    // The library asks for all at once; with several failures, it reports the one that it meets first.
    if (failure !== null) {
      const [message, code] = failure;
      return { kind: 'fails', error: `multi round-trip: fulfilling input request ${quoteGo(key)}: ${message}`, code };
    }
  }
  const limit = requests.length === 0 ? `load-shedding retries (${mostBusyRounds})` : `retries (${mostRounds})`;
  return { kind: 'retries', error: `multi-round-trip: exceeded maximum ${limit}` };
}

/** Message and code of the library's error for a request that it has no handler for (go-sdk v1.7.0 `mcp/client.go`); null where it answers. */
function failureOf(method: JsonValue | undefined): readonly [message: string, code: number] | null {
  if (method === 'elicitation/create') return ['client does not support elicitation', -32_602];
  if (method === 'sampling/createMessage') return ['client does not support CreateMessage', -31_001];
  return null;
}
