/** A guard for tests that answers from functions instead of a module; a real cassette answers its look-ups. */
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { EnforcementMode, LabelPair, Operation } from '../../../src/core/difc/record/decision.ts';
import type { BackendCallRecord, GuardCallRecord, GuardFunction } from '../../../src/core/difc/record/guardCall.ts';
import type { LabeledCollection } from '../../../src/core/difc/monitor/resource.ts';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import { CassettePlayer } from '../../../src/core/trace/model/cassette.ts';
import type { Guard, GuardAnswer, GuardCallContext } from '../../../src/core/guard/guard.ts';

/** Makes a look-up; returns the result, or null for a failure. */
export type Lookup = (tool: string, args: JsonValue) => JsonValue;

/** The functions of a guard. By default: empty labels, a read, no item labels, filter mode. A throw is a trap, unless its message begins with "refused". */
export interface Script {
  readonly agent?: LabelPair;
  readonly mode?: EnforcementMode;
  readonly onAgent?: (policy: JsonValue | undefined) => void;
  readonly onRestart?: () => void;
  readonly resource?: (
    tool: string,
    args: JsonValue,
    lookup: Lookup,
  ) => { readonly operation?: Operation; readonly secrecy?: readonly string[]; readonly integrity?: readonly string[] };
  readonly response?: (tool: string, result: JsonValue, lookup: Lookup) => LabeledCollection | null;
}

/** The guard with a list of its guard calls. */
export interface ScriptedGuard extends Guard {
  readonly asked: readonly { readonly name: GuardFunction; readonly deadlineMs: number | undefined }[];
}

export function scriptedGuard(script: Script): ScriptedGuard {
  const asked: { name: GuardFunction; deadlineMs: number | undefined }[] = [];
  let player = new CassettePlayer({ entries: [] });
  let healthy = true;

  function run<T>(
    name: GuardFunction,
    context: GuardCallContext,
    body: (lookup: Lookup) => T,
  ): Promise<GuardAnswer<T>> {
    asked.push({ name, deadlineMs: context.deadlineMs });
    const backendCalls: BackendCallRecord[] = [];
    if (!healthy)
      return Promise.resolve({ value: null, error: poisonedText, calls: [record(name, [], poisonedText, true)] });
    if (context.backend.kind === 'cassette') player.beginCall(context.backend.call);
    const lookup: Lookup = (tool, args) => {
      const found = context.backend.kind === 'cassette' ? player.answer(tool, args) : null;
      backendCalls.push(lookupRecord(tool, args, found));
      return found?.answer.result ?? null;
    };
    try {
      return Promise.resolve({ value: body(lookup), error: null, calls: [record(name, backendCalls, null, false)] });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : String(thrown);
      healthy = error.startsWith('refused');
      return Promise.resolve({ value: null, error, calls: [record(name, backendCalls, error, !healthy)] });
    }
  }

  return {
    name: 'scripted',
    kind: 'wasm',
    asked,
    get healthy() {
      return healthy;
    },
    useCassette: (data) => {
      if (data.adds === true) player.extend(data);
      else player = new CassettePlayer(data);
    },
    restart: () => {
      healthy = true;
      script.onRestart?.();
    },
    labelAgent: (policy, context) =>
      run('label_agent', context, () => {
        script.onAgent?.(policy);
        const mode = script.mode ?? 'filter';
        return { agent: script.agent ?? { secrecy: [], integrity: [] }, mode, modeText: mode, normalizedPolicy: null };
      }),
    labelResource: (tool, args, context) =>
      run('label_resource', context, (lookup) => {
        const { operation = 'read', secrecy = [], integrity = [] } = script.resource?.(tool, args, lookup) ?? {};
        return { resource: makeResource(`resource of ${tool}`, secrecy, integrity), operation };
      }),
    labelResponse: (tool, _args, result, context) =>
      run('label_response', context, (lookup) => script.response?.(tool, result, lookup) ?? null),
    close: () => Promise.resolve(),
  };
}

/** The gateway's error for a poisoned guard. */
export const poisonedText = 'WASM guard is unavailable after a previous trap';

function lookupRecord(
  tool: string,
  args: JsonValue,
  found: ReturnType<CassettePlayer['answer']> | null,
): BackendCallRecord {
  const failed = found === null || found.answer.error !== undefined;
  return {
    tool,
    args,
    reached: true,
    code: failed ? -1 : 2,
    end: found?.miss === true ? 'no-recorded-answer' : failed ? 'error' : 'answered',
    resultText: failed ? null : JSON.stringify(found.answer.result),
    error: found?.answer.error ?? null,
    capacity: 1024,
    attempt: 0,
    atMs: 0,
    durationMs: 0,
  };
}

function record(
  name: GuardFunction,
  backendCalls: readonly BackendCallRecord[],
  error: string | null,
  poisoned: boolean,
): GuardCallRecord {
  return {
    function: name,
    input: '',
    output: error === null ? '{}' : null,
    attempts: [],
    backendCalls,
    log: [],
    logDropped: 0,
    stdout: '',
    stderr: '',
    memory: null,
    grows: [],
    durationMs: 10,
    error,
    trace: null,
    poisoned,
  };
}
