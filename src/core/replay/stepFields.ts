/** Reads members of a parity step, which may have any type, and plays its list of backend answers. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { EnforcementMode, Operation } from '../difc/record/decision.ts';
import { parseEnforcementMode } from '../difc/monitor/evaluator.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { BackendSource } from '../guard/backend.ts';

type ScriptedAnswer = Extract<BackendSource, { readonly kind: 'answers' }>['answers'][number];

/** The step's `backend` list: answers to `call_backend`, in order, over all guard calls of the step. */
export class StepBackend {
  #answers: readonly ScriptedAnswer[];

  constructor(step: JsonObject) {
    const { backend } = step;
    this.#answers = Array.isArray(backend) ? backend.filter(isJsonObject).map(scriptedAnswer) : [];
  }

  source(): BackendSource {
    return { kind: 'answers', answers: this.#answers };
  }

  /** Removes the answers that these guard calls used. */
  consume(calls: readonly GuardCallRecord[]): void {
    const reached = calls.flatMap((call) => call.backendCalls).filter((lookup) => lookup.reached).length;
    this.#answers = this.#answers.slice(reached);
  }
}

/** `input`, or `inputRepeat` expanded: prefix, text repeated, suffix. */
export function stepInput(step: JsonObject): string {
  const repeat = step['inputRepeat'];
  if (!isJsonObject(repeat)) return stringOf(step, 'input') ?? '';
  const times = Number(repeat['times'] ?? 0);
  return `${stringOf(repeat, 'prefix') ?? ''}${(stringOf(repeat, 'text') ?? '').repeat(times)}${stringOf(repeat, 'suffix') ?? ''}`;
}

export function stringOf(step: JsonObject, name: string): string | undefined {
  const value = step[name];
  return typeof value === 'string' ? value : undefined;
}

export function flagOf(step: JsonObject, name: string): boolean {
  return step[name] === true;
}

export function stringList(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** The mode of a `call` step; an unknown one is strict, the gateway's default. */
export function modeOf(step: JsonObject): EnforcementMode {
  const parsed = parseEnforcementMode(stringOf(step, 'mode') ?? '');
  return parsed.ok ? parsed.mode : 'strict';
}

/** The operation of a step; undefined for one that the gateway does not know, which it allows (gateway spec 3.2). */
export function operationOf(step: JsonObject): Operation | undefined {
  const operation = stringOf(step, 'operation');
  return operation === 'read' || operation === 'write' || operation === 'read-write' ? operation : undefined;
}

function scriptedAnswer(entry: JsonObject): ScriptedAnswer {
  const wait = typeof entry['waitMs'] === 'number' ? { waitMs: entry['waitMs'] } : {};
  const error = stringOf(entry, 'error');
  return error === undefined ? { result: entry['result'] ?? null, ...wait } : { error, ...wait };
}
