/** Matches the tool calls of the gateway's text log with backend calls; the unmatched backend calls are the guard's. */
import { encodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { CallDraft } from '../model/draft.ts';
import type { ClientCall, ClientCalls } from './clientCall.ts';
import { orderAnswers } from './concurrentAnswers.ts';
import { canBeDestroyed, rebuildRequest } from './destroyed.ts';

/** Maximum difference between the times of simultaneous log lines, caused by rounding. */
export const toleranceMs = 2;

/** What the calls are compared with. */
export interface MatchSources {
  /** The servers that list a tool, by tool name. */
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Returns the canonical text of arguments. */
  readonly textOf: (args: JsonValue) => string;
}

/**
 * Decides the origin of the drafts within the time range of the text log: the agent if a client's call matches, otherwise the guard.
 * A matched draft gets the call's agent, and a destroyed request the call's tool and arguments. `drafts`: in the order of their requests;
 * the tool of a destroyed request may be empty. Returns the client's calls without a backend call: refused, cut off, or lost.
 */
export function matchClientCalls(
  drafts: readonly CallDraft[],
  clientCalls: ClientCalls,
  sources: MatchSources,
): readonly ClientCall[] {
  const { covers, calls, begun, file } = clientCalls;
  if (covers === null) return [];
  const inTime = drafts.filter(({ origin, start }) => origin !== 'guard' && start.time !== null);
  const reached = calls.filter(({ asked }) => asked !== 'no');
  const found = pairCalls(inTime, reached, sources);
  for (const [call, draft] of found) {
    if (draft.start.remains !== undefined) rebuildRequest(draft, call, file);
    if (draft.origin === null) draft.decide('agent', 'text-log');
    draft.agent = call.agent;
    draft.span = { from: call.time, to: call.end ?? Infinity };
    draft.watched = call.end !== null && call.settled;
    takeReceipt(draft, call, file);
  }
  orderAnswers(inTime, found);
  for (const { agent, tool, end } of begun) {
    const running = inTime.filter((draft) => draft.agent === null && ranAtBeginning(draft, tool, covers.from, end));
    const [only, second] = running;
    if (only === undefined || second !== undefined) continue;
    if (only.origin === null) only.decide('agent', 'text-log');
    only.agent = agent;
  }
  if (calls.length === 0) return [];
  for (const draft of inTime) {
    const time = draft.start.time ?? 0;
    // A request without a tool may be the client's: the text log may have lost its line.
    if (
      draft.origin !== null ||
      draft.start.tool === '' ||
      time < covers.from - toleranceMs ||
      time > covers.to + toleranceMs
    )
      continue;
    draft.decide('guard', 'text-log');
  }
  return calls.filter((call) => !found.has(call));
}

/** Gives drafts whose origin is known what the text log says of the client's calls. `drafts`: those that the gateway refused, too. */
export function nameAgents(drafts: readonly CallDraft[], { calls, file }: ClientCalls): void {
  if (calls.length === 0) return;
  const agents = drafts.filter(({ origin, start }) => origin === 'agent' && start.time !== null);
  const sources = { listed: new Map<string, Set<string>>(), textOf: encodeGoJson };
  for (const [call, draft] of pairCalls(agents, calls, sources)) {
    draft.agent ??= call.agent;
    takeReceipt(draft, call, file);
  }
}

/** Notes what the client received, and why the call was denied. */
export function takeReceipt(draft: CallDraft, { received, denied }: ClientCall, file: string): void {
  const place = file === '' ? {} : { file };
  draft.received = received === null ? null : { ...received, ...place };
  draft.denied = denied === null ? null : { ...denied, ...place };
}

/** Calls with labels are the agent's, and are matched first: a look-up may have the same tool and arguments. */
function pairCalls(
  drafts: readonly CallDraft[],
  calls: readonly ClientCall[],
  sources: MatchSources,
): ReadonlyMap<ClientCall, CallDraft> {
  const found = new Map<ClientCall, CallDraft>();
  const labelled = drafts.filter(({ start }) => start.agentLabels !== null);
  if (labelled.length > 0) pairInPasses(labelled, calls, sources, found);
  const others = labelled.length === 0 ? drafts : drafts.filter(({ start }) => start.agentLabels === null);
  pairInPasses(others, calls, sources, found);
  return found;
}

/** In order: equal arguments; requests that the sanitiser destroyed; arguments that it changed in one of the logs. */
function pairInPasses(
  drafts: readonly CallDraft[],
  calls: readonly ClientCall[],
  { listed, textOf }: MatchSources,
  found: Map<ClientCall, CallDraft>,
): void {
  const isAt = ({ start }: CallDraft, { server }: ClientCall): boolean => server === null || server === start.server;
  matchByTime(drafts, calls, found, {
    ofDraft: ({ start }) => (start.remains === undefined ? exactKey(start.tool, textOf(start.args)) : null),
    ofCall: ({ tool, args }) => (args === null ? null : exactKey(tool, textOf(args.value))),
    fits: isAt,
  });
  if (drafts.some(({ start }) => start.remains !== undefined)) {
    matchByTime(drafts, calls, found, {
      ofDraft: ({ start }) => (start.remains === undefined ? null : ''),
      ofCall: () => '',
      fits: (draft, call) => isAt(draft, call) && canBeDestroyed(draft, call, listed),
    });
  }
  matchByTime(drafts, calls, found, {
    ofDraft: ({ start }) => start.tool,
    ofCall: ({ tool }) => tool,
    fits: (draft, call) => isAt(draft, call) && (draft.start.redacted || call.redacted || call.args === null),
  });
}

/** How a pass compares drafts with calls; null for what the pass does not match. */
interface Keys {
  readonly ofDraft: (draft: CallDraft) => string | null;
  readonly ofCall: (call: ClientCall) => string | null;
  /** Whether a draft and a call with the same key match. */
  readonly fits: (draft: CallDraft, call: ClientCall) => boolean;
}

/**
 * Gives each draft the running call with the same key that ends first. For equal calls at the same time, this order matches as many as
 * possible: a call that runs longer can still take a later draft.
 */
function matchByTime(
  drafts: readonly CallDraft[],
  calls: readonly ClientCall[],
  found: Map<ClientCall, CallDraft>,
  keys: Keys,
): void {
  const waiting = new Map<string, RunningCalls>();
  for (const call of calls) {
    const key = found.has(call) ? null : keys.ofCall(call);
    if (key === null) continue;
    const known = waiting.get(key);
    if (known === undefined) waiting.set(key, new RunningCalls(call));
    else known.add(call);
  }
  if (waiting.size === 0) return;
  const taken = new Set(found.values());
  for (const draft of drafts) {
    const key = taken.has(draft) ? null : keys.ofDraft(draft);
    const call = key === null ? undefined : waiting.get(key)?.take(draft, keys.fits);
    if (call !== undefined) found.set(call, draft);
  }
}

/** Calls with the same key, in order of time. Drafts must be passed in order of time. */
class RunningCalls {
  readonly #calls: ClientCall[];
  #next = 0;
  /** Calls that began and have an end, and those whose end is unknown. */
  #running: ClientCall[] = [];
  readonly #endless: ClientCall[] = [];

  constructor(first: ClientCall) {
    this.#calls = [first];
  }

  add(call: ClientCall): void {
    this.#calls.push(call);
  }

  take(draft: CallDraft, fits: Keys['fits']): ClientCall | undefined {
    const time = draft.start.time ?? 0;
    for (; (this.#calls[this.#next]?.time ?? Infinity) <= time + toleranceMs; this.#next++) {
      const call = this.#calls[this.#next];
      if (call !== undefined) (call.end === null ? this.#endless : this.#running).push(call);
    }
    this.#running = this.#running.filter(({ end }) => (end ?? Infinity) >= time - toleranceMs);
    const may = this.#running.filter((call) => fits(draft, call));
    const answered = draft.answerTime ?? time;
    const call = firstToEnd(may, answered - toleranceMs) ?? firstToEnd(may, -Infinity);
    if (call === undefined) return this.#takeEndless(draft, fits);
    this.#running = this.#running.filter((each) => each !== call);
    return call;
  }

  #takeEndless(draft: CallDraft, fits: Keys['fits']): ClientCall | undefined {
    const at = this.#endless.findIndex((call) => fits(draft, call));
    return at < 0 ? undefined : this.#endless.splice(at, 1)[0];
  }
}

/** Returns the call that ends first, not before `from`. */
function firstToEnd(calls: readonly ClientCall[], from: number): ClientCall | undefined {
  let first: ClientCall | undefined;
  for (const call of calls) {
    if ((call.end ?? Infinity) >= from && (call.end ?? Infinity) < (first?.end ?? Infinity)) first = call;
  }
  return first;
}

/** Whether a draft can be the call of this tool that was running when the log began, and ended at `end`. */
function ranAtBeginning({ start, answerTime }: CallDraft, tool: string, from: number, end: number): boolean {
  if (start.tool !== tool || start.time === null || start.time >= from) return false;
  return answerTime !== null && answerTime >= from - toleranceMs && answerTime <= end + toleranceMs;
}

function exactKey(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
