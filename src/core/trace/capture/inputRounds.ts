/** Joins a call whose server asked for input with the client's retry: two exchanges of a capture are one call. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { encodeGoJson } from '../../go/goJson.ts';
import { inputOutcome } from '../../mcp/inputRequired.ts';
import { toolCallParams } from '../../mcp/message.ts';
import type { CallDraft } from '../model/draft.ts';

/** The calls of a connection whose server asked for input, until the client calls again. */
export class InputRounds {
  /** By tool, arguments and `requestState`; several clients may wait with the same. */
  readonly #waiting = new Map<string, readonly CallDraft[]>();

  /** Takes the answer to a call. `answer`: the message, where it was parsed. */
  answered(draft: CallDraft, answer: JsonObject | undefined): void {
    const result = answer?.['result'] ?? null;
    const outcome = inputOutcome(result);
    if (outcome === null || draft.origin === 'guard') return;
    const { count = 1, asked = 0, gateway = outcome } = draft.rounds ?? {};
    // What follows the round at which the gateway stops never happens there.
    draft.rounds = { count, asked: asked + 1, gateway: gateway.kind === 'retries' ? outcome : gateway };
    const key = keyOf(draft.start.tool, draft.start.args, result);
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), draft]);
  }

  /**
   * The call that a request with these parameters continues, which then waits for its answer again; null for a call of its own. A client
   * repeats tool, arguments and `requestState` (MCP 2026-07-28, basic/patterns/mrtr, client requirements). Of several calls that wait with
   * the same, the oldest goes on.
   */
  retried(params: JsonValue): CallDraft | null {
    if (!isJsonObject(params)) return null;
    if (params['inputResponses'] === undefined && params['requestState'] === undefined) return null;
    const call = toolCallParams(params);
    if ('reason' in call) return null;
    const key = keyOf(call.tool, call.args, params);
    const [draft, ...others] = this.#waiting.get(key) ?? [];
    if (draft === undefined) return null;
    if (others.length === 0) this.#waiting.delete(key);
    else this.#waiting.set(key, others);
    if (draft.rounds !== null) draft.rounds = { ...draft.rounds, count: draft.rounds.count + 1 };
    draft.answer = undefined;
    [draft.answerLine, draft.answerBytes, draft.answerTime] = [null, null, null];
    return draft;
  }
}

/** `state`: the result or the parameters with the `requestState`. */
function keyOf(tool: string, args: JsonValue, state: JsonValue): string {
  const requestState = isJsonObject(state) ? (state['requestState'] ?? null) : null;
  return encodeGoJson([tool, args, requestState]);
}
