/** Builds calls from the guard inputs in a debug log: each label_resource starts a call, and a label_response with the same arguments ends it. */
import { encodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { DebugLogContent } from './debugLog.ts';
import type { DebugInput } from './debugLogInput.ts';
import type { DebugDeniedCall } from './debugLogPhases.ts';
import type { DebugLookup } from './debugLogLookups.ts';
import type { RecordedGuardLog, RecordedPolicy } from '../model/traceModel.ts';
import type { RecordedLabelAgent } from '../model/witness.ts';

/** One call of the agent, as the guard received it. */
export interface DebugCall {
  readonly server: string;
  readonly tool: string;
  /** undefined when the log lost them. */
  readonly args: JsonValue | undefined;
  /** The label_resource input, or the label_response input when there is none. */
  readonly resource: DebugInput;
  /** The label_response input; null for a write, a refused call, and one whose backend failed. */
  readonly response: DebugInput | null;
  readonly lookups: readonly DebugLookup[];
}

/** A debug log with its inputs paired into calls. */
export interface DebugLog {
  /** Name of the file; absent when it is the trace itself. */
  readonly file?: string;
  readonly form: DebugLogContent['form'];
  /** In the order of their label_resource. */
  readonly calls: readonly DebugCall[];
  /** Denied calls without a guard input. */
  readonly denied: readonly DebugDeniedCall[];
  readonly policies: readonly RecordedPolicy[];
  /** The label_agent inputs. */
  readonly labelAgents: readonly DebugInput[];
  readonly messages: DebugLogContent['messages'];
  readonly lookups: readonly DebugLookup[];
  /** The call of each guard input. */
  readonly callOf: ReadonlyMap<DebugInput, DebugCall>;
  /** Returns the server of a guard input: the name of its guard, which usually is the server's (gateway `internal/server/guard_init.go`). */
  readonly serverOf: (input: DebugInput) => string;
}

/** Pairs the inputs. Among open calls with the same arguments, a response belongs to the last; the others were refused or are equivalent. */
export function buildDebugLog(content: DebugLogContent, file?: string): DebugLog {
  const serverOf = serverNames(content);
  const calls: Mutable[] = [];
  const callOf = new Map<DebugInput, Mutable>();
  const open = new Map<string, Mutable[]>();
  for (const input of content.inputs) {
    if (input.function === 'label_agent' || input.tool === '') continue;
    const server = serverOf(input);
    // The input of label_response does not name its server.
    const key = [serverOf({ ...input, server: null }), input.tool, argsText(input)].join('\u0000');
    const found = input.function === 'label_response' ? open.get(key)?.pop() : undefined;
    const call = found ?? { server, tool: input.tool, args: input.args, resource: input, response: null, lookups: [] };
    callOf.set(input, call);
    if (input.function === 'label_response') call.response = input;
    else open.set(key, [...(open.get(key) ?? []).slice(-openCalls), call]);
    if (found === undefined) calls.push(call);
  }
  for (const lookup of content.lookups) if (lookup.input !== null) callOf.get(lookup.input)?.lookups.push(lookup);
  const { form, messages, lookups, denied } = content;
  const policies = recordedPolicies(content, serverOf, file);
  const labelAgents = content.inputs.filter((input) => input.function === 'label_agent');
  const made = { form, calls, denied, policies, labelAgents, messages, lookups, callOf, serverOf };
  return { ...(file === undefined ? {} : { file }), ...made };
}

/** Returns the guard's messages for a trace. `indexOf` returns the index of a call in the trace. */
export function recordedGuardLog(
  log: DebugLog,
  indexOf: (call: DebugCall) => number | null,
): readonly RecordedGuardLog[] {
  return log.messages.map(({ guard, input, level, message, line }) => {
    const call = input === null ? undefined : log.callOf.get(input);
    const index = call === undefined ? null : indexOf(call);
    const at = { line, ...(log.file === undefined ? {} : { file: log.file }) };
    return { server: guard, function: input?.function ?? null, call: index, level, message, ...at };
  });
}

/** Returns the calls of label_agent for a trace. The log does not name their agents. */
export function recordedLabelAgents({ labelAgents, serverOf, file }: DebugLog): readonly RecordedLabelAgent[] {
  return labelAgents.map((input) => ({
    server: serverOf(input),
    agent: null,
    guard: input.guard,
    policy: input.policy,
    redacted: !input.exact,
    answer: input.labels,
    line: input.line,
    ...(file === undefined ? {} : { file }),
  }));
}

type Mutable = Omit<DebugCall, 'response' | 'lookups'> & {
  response: DebugInput | null;
  readonly lookups: DebugLookup[];
};

/** Maximum number of open calls with the same arguments, because refused calls are never closed. */
const openCalls = 50;

/** Canonical text of arguments, cached because each snapshot of a growing log needs it. */
const argsTexts = new WeakMap<DebugInput, string>();

function argsText(input: DebugInput): string {
  const text = argsTexts.get(input) ?? (input.args === undefined ? '' : encodeGoJson(input.args));
  argsTexts.set(input, text);
  return text;
}

function serverNames({ inputs, messages }: DebugLogContent): (input: DebugInput) => string {
  const named = new Set([...inputs.flatMap(({ guard }) => guard ?? []), ...messages.map(({ guard }) => guard)]);
  const [only, second] = named;
  const unnamed = only === undefined || second !== undefined ? 'guard' : only;
  return ({ server, guard }) => server ?? guard ?? unnamed;
}

/** Returns each distinct policy, with its first line. */
function recordedPolicies(
  { inputs }: DebugLogContent,
  serverOf: (input: DebugInput) => string,
  file: string | undefined,
): readonly RecordedPolicy[] {
  const found = new Map<string, RecordedPolicy>();
  for (const input of inputs) {
    const { policy: payload, line, exact } = input;
    if (payload === undefined) continue;
    const server = serverOf(input);
    const key = `${server}\u0000${encodeGoJson(payload)}`;
    const at = { line, ...(file === undefined ? {} : { file }) };
    if (!found.has(key)) found.set(key, { server, payload, ...at, redacted: !exact });
  }
  return [...found.values()];
}
