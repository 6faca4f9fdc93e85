/** Collects what a guard is checked with from the decisions of a captured session. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import { isAfterTrap } from '../../difc/account/guardDeath.ts';
import type { DecisionRecord } from '../../difc/record/decision.ts';
import type { BackendCallRecord, GuardCallRecord } from '../../difc/record/guardCall.ts';
import { decodeGoJson, encodeGoJson } from '../../go/goJson.ts';
import type { BackendAnswer } from '../../guard/backend.ts';
import { lookupKey } from '../../trace/model/lookupKeys.ts';
import type { CheckSubject, CoveredTool, FailedGuardCall, SampleCall, SampleResponse } from './checkSubject.ts';
import { agentCall, resourceCall, responseCall, usualAnswer } from './madeUpSubject.ts';

/** Tools that are tried; a server with more of them is checked with the first ones that the session used. */
const mostTools = 40;

/** Longest result of a sample, as JSON text in characters. */
const longestResult = 256 * 1024;

/** Takes decisions one after the other. */
export class SessionSamples {
  readonly #resources = new Map<string, SampleCall>();
  readonly #responses = new Map<string, SampleResponse>();
  readonly #answers = new Map<string, BackendAnswer>();
  readonly #problems: Problem[] = [];
  readonly #failures: FailedGuardCall[] = [];
  #agentInput: string | null = null;
  #calls = 0;

  add(record: DecisionRecord): void {
    this.#calls++;
    this.#problems.push(...record.problems.filter(({ code }) => code.startsWith('lint/')));
    const { tool, args, backendResult, guardCalls } = record;
    for (const call of guardCalls) {
      if (call.function === 'label_agent') this.#agentInput ??= call.input;
      for (const asked of call.backendCalls) this.#addAnswer(asked);
    }
    this.#addFailure(record);
    if (!this.#resources.has(tool) && this.#resources.size < mostTools) {
      this.#resources.set(tool, resourceCall(tool, args));
    }
    if (backendResult === null || this.#responses.has(tool) || this.#responses.size >= mostTools) return;
    const sample = responseCall(tool, args, backendResult);
    if (sample.input.length <= longestResult) this.#responses.set(tool, sample);
  }

  #addFailure({ index, tool, guardCalls, endedIn, error }: DecisionRecord): void {
    const last = guardCalls.at(-1);
    if (last === undefined || isAfterTrap(last)) return;
    const refused = error !== null && (endedIn === 'init' || endedIn === 1 || endedIn === 4) ? error : last.error;
    if (refused !== null) this.#failures.push({ call: index + 1, tool, record: withoutTexts(last), error: refused });
  }

  #addAnswer({ tool, args, end, resultText, error }: BackendCallRecord): void {
    const key = lookupKey(tool, encodeGoJson(args));
    if (this.#answers.has(key)) return;
    const decoded = resultText === null ? null : decodeGoJson(resultText);
    if (decoded?.ok === true) this.#answers.set(key, { result: decoded.value });
    else if (end === 'error' && error !== null) this.#answers.set(key, { error });
  }

  /** What the session gives; `policy` is the payload of `label_agent` when the session did not come to it. */
  subject(policy: JsonValue, tools: readonly CoveredTool[] | null, findings: readonly Problem[]): CheckSubject {
    const agent = agentCall(policy);
    return {
      agent: this.#agentInput === null ? agent : { ...agent, input: this.#agentInput },
      resources: [...this.#resources.values()],
      responses: [...this.#responses.values()],
      answer: (tool, args) => this.#answers.get(lookupKey(tool, encodeGoJson(args))) ?? usualAnswer(),
      isRecorded: (tool, args) => this.#answers.has(lookupKey(tool, encodeGoJson(args))),
      captured: true,
      session: { calls: this.#calls, failures: this.#failures, problems: [...this.#problems, ...findings] },
      tools,
    };
  }
}

/** A session may have many failures; their inputs may be large. */
function withoutTexts(record: GuardCallRecord): GuardCallRecord {
  return { ...record, input: '', output: record.output === null ? null : '', log: [], stdout: '', stderr: '' };
}
