/** Runs the steps of a parity case on one guard instance; each step gives a line in the form that the production gateway recorded. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import { addAgentTags, type AgentLabels, emptyAgent, makeAgent } from '../../core/difc/monitor/agent.ts';
import { evaluate, parseEnforcementMode } from '../../core/difc/monitor/evaluator.ts';
import type { ItemRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord, GuardFunction } from '../../core/difc/record/guardCall.ts';
import { makeResource } from '../../core/difc/monitor/resource.ts';
import { formatViolation } from '../../core/difc/monitor/violations.ts';
import { buildLabelAgentPayload } from '../../core/policy/payload.ts';
import type { GuardAnswer, GuardCallContext } from '../../core/guard/guard.ts';
import { loadWasmGuard } from '../guard/loadGuard.ts';
import type { WasmGuard } from '../guard/wasmGuard.ts';
import type { LoadOptions } from '../runtime/host/workerGuard.ts';
import { answerQuestions } from './answerQuestions.ts';
import {
  flagOf,
  modeOf,
  operationOf,
  StepBackend,
  stepInput,
  stringList,
  stringOf,
} from '../../core/replay/stepFields.ts';
import { decideCall } from '../../core/session/decideCall.ts';
import { defaultAgent, rulesOf } from '../../core/session/sessionRules.ts';
import { initialSessionState, withAgent } from '../../core/session/sessionState.ts';

/** The line of a step, with the member names of the parity cases. */
export type StepLine = Readonly<Record<string, unknown>>;

export class StepRunner {
  readonly #bytes: Uint8Array;
  readonly #options: LoadOptions;
  readonly #loadGuard: typeof loadWasmGuard;
  #guard: WasmGuard | undefined;
  #agent: AgentLabels = emptyAgent;

  /** `loadGuard`: how a guard is loaded; default into a thread of its own. */
  constructor(bytes: Uint8Array, options: LoadOptions, loadGuard = loadWasmGuard) {
    this.#bytes = bytes;
    this.#options = options;
    this.#loadGuard = loadGuard;
  }

  /** Runs one step; an unknown or malformed step gives a line with `ok: false` and an error. */
  async run(step: JsonObject, deadlineMs?: number): Promise<StepLine> {
    switch (step['op']) {
      case 'load':
        return this.#load(step, deadlineMs);
      case 'raw':
        return this.#raw(step, deadlineMs);
      case 'label_agent':
        return this.#labelAgent(step, deadlineMs);
      case 'label_resource':
        return this.#labelResource(step, deadlineMs);
      case 'label_response':
        return this.#labelResponse(step, deadlineMs);
      case 'call':
        return this.#call(step, deadlineMs);
      case 'evaluate':
        return evaluateStep(step);
      case 'cancel':
        return this.run({ ...step, op: stringOf(step, 'wraps') ?? 'raw' }, Number(step['afterMs'] ?? 0));
      case 'close':
        await this.close();
        return { ok: true };
      default:
        return { ok: false, error: `unknown step ${JSON.stringify(step['op'] ?? null)}` };
    }
  }

  async close(): Promise<void> {
    const guard = this.#guard;
    this.#guard = undefined;
    await guard?.close();
  }

  async #load(step: JsonObject, deadlineMs: number | undefined): Promise<StepLine> {
    await this.close();
    const name = stringOf(step, 'name') ?? this.#options.name ?? 'guard';
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    const loaded = await this.#loadGuard(this.#bytes, { ...this.#options, name, ...deadline });
    const { log, stdout, stderr, memoryBytes } = loaded.record;
    const output = { log: log.map(({ level, message }) => ({ level, message })), stdout, stderr };
    if (!loaded.ok) {
      if (loaded.panic !== undefined) return { ok: false, panic: loaded.panic };
      return { ok: false, error: loaded.error, ...output, ...(loaded.trace === null ? {} : { trace: loaded.trace }) };
    }
    this.#guard = loaded.guard;
    return { ok: true, healthy: true, ...output, ...(memoryBytes === null ? {} : { memoryBytes }) };
  }

  async #raw(step: JsonObject, deadlineMs: number | undefined): Promise<StepLine> {
    const guard = this.#guard;
    if (guard === undefined) return notLoaded;
    const backend = new StepBackend(step);
    const name = (stringOf(step, 'function') ?? '') as GuardFunction;
    const record = await guard.raw(name, stepInput(step), this.#context(step, backend, deadlineMs));
    return { ok: record.error === null, ...errorOf(record.error, record.trace), ...this.#account([record], true) };
  }

  async #labelAgent(step: JsonObject, deadlineMs: number | undefined): Promise<StepLine> {
    const guard = this.#guard;
    if (guard === undefined) return notLoaded;
    const payload = buildLabelAgentPayload(
      step['policy'],
      stringList(step['trustedBots']),
      stringList(step['trustedUsers']),
    );
    const answer = await guard.labelAgent(payload, this.#context(step, new StepBackend(step), deadlineMs));
    const { value, error, calls } = answer;
    if (value === null) return { ok: false, ...errorOf(error, lastTrace(calls)), ...this.#account(calls, true) };
    this.#agent = addAgentTags(this.#agent, value.agent);
    const normalized = value.normalizedPolicy === null ? {} : { normalized_policy: value.normalizedPolicy };
    const result = { agent: value.agent, difc_mode: value.modeText, ...normalized };
    return { ok: true, result, agentAfter: this.#agent, ...this.#account(calls, true) };
  }

  async #labelResource(step: JsonObject, deadlineMs: number | undefined): Promise<StepLine> {
    const guard = this.#guard;
    if (guard === undefined) return notLoaded;
    const context = this.#context(step, new StepBackend(step), deadlineMs);
    const { value, error, calls } = await guard.labelResource(stringOf(step, 'tool') ?? '', argsOf(step), context);
    if (value === null) return { ok: false, ...errorOf(error, lastTrace(calls)), ...this.#account(calls, true) };
    return { ok: true, result: value, ...this.#account(calls, true) };
  }

  async #labelResponse(step: JsonObject, deadlineMs: number | undefined): Promise<StepLine> {
    const guard = this.#guard;
    if (guard === undefined) return notLoaded;
    const context = this.#context(step, new StepBackend(step), deadlineMs);
    const tool = stringOf(step, 'tool') ?? '';
    const { value, error, calls } = await guard.labelResponse(tool, argsOf(step), step['result'] ?? null, context);
    if (error !== null) return { ok: false, ...errorOf(error, lastTrace(calls)), ...this.#account(calls, true) };
    const items = value?.items.map(({ data, labels }) => ({ data, labels }));
    return { ok: true, result: items === undefined ? null : { items }, ...this.#account(calls, true) };
  }

  async #call(step: JsonObject, deadlineMs: number | undefined): Promise<StepLine> {
    const guard = this.#guard;
    if (guard === undefined) return notLoaded;
    if (isJsonObject(step['agent'])) {
      this.#agent = makeAgent(stringList(step['agent']['secrecy']), stringList(step['agent']['integrity']));
    }
    const backend = new StepBackend(step);
    const context = (): GuardCallContext => this.#context({ ...step, capabilities: true }, backend, deadlineMs);
    const consume = async <T>(answering: Promise<GuardAnswer<T>>): Promise<GuardAnswer<T>> => {
      const answer = await answering;
      backend.consume(answer.calls);
      return answer;
    };
    const state = withAgent(initialSessionState, defaultAgent, { labels: this.#agent });
    const server = stringOf(step, 'server') ?? '';
    const tool = stringOf(step, 'tool') ?? '';
    const call = { index: 0, time: null, durationMs: null, server, tool, args: step['args'] };
    const { record } = await answerQuestions(decideCall(state, call, rulesOf(server, { mode: modeOf(step) })), {
      labelAgent: ({ payload }) => consume(guard.labelAgent(payload, context())),
      labelResource: ({ tool, args }) => consume(guard.labelResource(tool, args, context())),
      callBackend: async () => {
        const error = stringOf(step, 'backendError');
        return {
          answer: error === undefined ? { ok: true, value: step['backendResult'] ?? null } : { ok: false, error },
        };
      },
      labelResponse: ({ tool, args, result }) => consume(guard.labelResponse(tool, args, result, context())),
    });
    if (record.panic !== undefined) return { ok: false, panic: record.panic };
    this.#agent = record.agentAfter;
    const { error, operation, resource, items, client, agentAfter, outcome, guardCalls } = record;
    return {
      ok: error === null,
      ...errorOf(error, lastTrace(guardCalls)),
      outcome: outcome === 'filtered' ? 'allowed' : outcome,
      ...(operation === null ? {} : { operation }),
      ...(resource === null ? {} : { resource }),
      ...(items === null ? {} : { items: items.map(itemLine) }),
      client,
      agentAfter,
      ...this.#account(guardCalls, false),
    };
  }

  #context(step: JsonObject, backend: StepBackend, deadlineMs: number | undefined): GuardCallContext {
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    return { backend: backend.source(), capabilities: flagOf(step, 'capabilities'), ...deadline };
  }

  /** What the guard did in all guard calls of a step, and its state afterwards. */
  #account(calls: readonly GuardCallRecord[], single: boolean): StepLine {
    const memoryBytes = this.#guard?.memoryBytes ?? null;
    const output = calls.findLast((call) => call.output !== null)?.output ?? null;
    const reached = calls.flatMap((call) => call.backendCalls).filter((lookup) => lookup.reached);
    return {
      healthy: this.#guard?.healthy ?? false,
      ...(memoryBytes === null ? {} : { memoryBytes }),
      ...(single ? { attempts: calls.flatMap((call) => call.attempts.map(({ bufferSize }) => bufferSize)) } : {}),
      ...(single && output !== null ? { output } : {}),
      backendCalls: reached.map(({ tool, args }) => ({ tool, args })),
      log: calls.flatMap((call) => call.log.map(({ level, message }) => ({ level, message }))),
      stdout: calls.map((call) => call.stdout).join(''),
      stderr: calls.map((call) => call.stderr).join(''),
    };
  }
}

const notLoaded: StepLine = { ok: false, error: 'no guard is loaded: the first step loads it' };

function evaluateStep(step: JsonObject): StepLine {
  const mode = parseEnforcementMode(stringOf(step, 'mode') ?? '');
  if (!mode.ok) return { ok: false, error: mode.error };
  const { agent, resource } = step;
  if (!isJsonObject(agent) || !isJsonObject(resource)) return { ok: false, error: 'evaluate needs agent and resource' };
  const labels = makeAgent(stringList(agent['secrecy']), stringList(agent['integrity']));
  const description = stringOf(resource, 'description') ?? '';
  const target = makeResource(description, stringList(resource['secrecy']), stringList(resource['integrity']));
  const operation = operationOf(step);
  if (operation === undefined) {
    return { ok: true, decision: 'allow', reason: '', secrecyToAdd: [], integrityToDrop: [] };
  }
  const evaluation = evaluate(mode.mode, operation, labels, target);
  const violation = evaluation.decision === 'deny' ? formatViolation(evaluation, labels, target) : null;
  return { ok: true, ...evaluation, ...(violation === null ? {} : { violation }) };
}

/** An item, with the member names of the parity cases. */
function itemLine({ index, description, secrecy, integrity, allowed, reason }: ItemRecord): StepLine {
  return { index, description, secrecy, integrity, allowed, reason };
}

function argsOf(step: JsonObject): JsonValue {
  return step['args'] === undefined ? {} : step['args'];
}

function errorOf(error: string | null, trace: readonly string[] | null): StepLine {
  return { ...(error === null ? {} : { error }), ...(error === null || trace === null ? {} : { trace }) };
}

function lastTrace(calls: readonly GuardCallRecord[]): readonly string[] | null {
  return calls.at(-1)?.trace ?? null;
}
