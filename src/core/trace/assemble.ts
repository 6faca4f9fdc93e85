/** Assembles a trace from the drafts of a reader: decides who made each call, and which call each look-up was made for. */
import { formatFacts } from './formats.ts';
import { isKnownRefused, untilUndecidable } from './gatewayLog/growing.ts';
import { decideOrigins } from './gatewayLog/origin.ts';
import type { CallDraft } from './model/draft.ts';
import type { GatheredDebugLog } from './debugLog/debugLogSibling.ts';
import type { ClientCalls } from './gatewayLog/gatewayTextLog.ts';
import { awaitGuards } from './model/growing.ts';
import type { RecordedToolList } from './model/toolList.ts';
import type { Trace, TraceCall, TraceFormat } from './model/traceModel.ts';
import { encodeGoJson } from '../go/goJson.ts';
import type { JsonValue } from '../base/json.ts';
import type { TraceProblems } from './model/traceProblems.ts';
import { insertRefused } from './gatewayLog/refusedCalls.ts';

/** The output of a format reader. Drafts are in the order of their requests. */
export interface GatheredTrace {
  readonly format: TraceFormat;
  readonly drafts: readonly CallDraft[];
  /** The servers known to have a tool, by tool name. */
  readonly serversOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly clientCalls: ClientCalls | null;
  readonly problems: TraceProblems;
  /** As in `Trace`. */
  readonly sessions: number | null;
  readonly toolLists: readonly RecordedToolList[];
  /** Policies and messages from a debug log of the gateway; null without one. */
  readonly debug: GatheredDebugLog | null;
  readonly lines: number;
  readonly bytes: number;
  /** Whether more may follow. Then undecided calls are withheld, and incomplete calls have `awaits`. */
  readonly growing: boolean;
}

/** Returns the finished trace, or the current part of a growing one. Undecided calls are attributed to the agent and reported. */
export function assembleTrace(gathered: GatheredTrace): Trace {
  const { format, problems, lines, bytes, debug, growing, clientCalls, sessions, toolLists } = gathered;
  const refused = decideOrigins(gathered.drafts, clientCalls, growing ? canonicalText : undefined);
  const decidable = growing ? untilUndecidable(gathered.drafts, clientCalls) : gathered.drafts;
  const known = growing ? refused.filter(isKnownRefused) : refused;
  const drafts = insertRefused(decidable, known, clientCalls?.file ?? '', gathered.serversOf, problems);
  reportUndecided(drafts, problems);
  reportRedacted(drafts, problems);
  attachLookups(drafts);
  if (growing && formatFacts(format).hasUnmarkedLookups) awaitGuards(drafts);

  const agents = drafts.filter(({ origin }) => origin !== 'guard');
  const lookups = drafts.filter(({ origin }) => origin === 'guard');
  for (const [index, { madeFor }] of lookups.entries()) madeFor?.addLookup(index);
  const calls = agents.map((draft, index): TraceCall => draft.call(index));
  const recordedLookups = lookups.map((draft) => draft.record());
  const servers = [...new Set(drafts.map(({ start }) => start.server))];
  const more = {
    ...(growing ? { growing } : {}),
    ...(sessions === null ? {} : { sessions }),
    ...(toolLists.length === 0 ? {} : { toolLists }),
  };
  const trace = { format, ...more, servers, calls, recordedLookups, problems: problems.list(), lines, bytes };
  if (debug === null) return trace;
  const indexes = new Map(agents.map((draft, index) => [draft, index]));
  const guardLog = debug.guardLog((draft) => indexes.get(draft) ?? null);
  return { ...trace, problems: [...trace.problems, ...debug.problems], policies: debug.policies, guardLog };
}

/** Canonical text of arguments, cached because each snapshot of a growing trace needs it. */
const canonicalTexts = new WeakMap<object, string>();

function canonicalText(args: JsonValue): string {
  if (typeof args !== 'object' || args === null) return encodeGoJson(args);
  const known = canonicalTexts.get(args);
  if (known !== undefined) return known;
  const text = encodeGoJson(args);
  canonicalTexts.set(args, text);
  return text;
}

/**
 * Assigns each look-up to the call that it was made for. Between two calls of the agent on a server, the log has the look-ups of phase 4
 * of the first call and of phase 1 of the second. The agent thinks between the two, so the longest pause separates them.
 */
function attachLookups(drafts: readonly CallDraft[]): void {
  const servers = new Map<string, { owner: CallDraft | null; waiting: CallDraft[] }>();
  for (const draft of drafts) {
    const { server } = draft.start;
    let state = servers.get(server);
    if (state === undefined) servers.set(server, (state = { owner: null, waiting: [] }));
    if (draft.origin === 'guard') {
      if (draft.madeFor === null) state.waiting.push(draft);
      continue;
    }
    if (state.waiting.length > 0) {
      const split = state.owner === null ? 0 : longestPause([state.owner, ...state.waiting, draft]);
      for (const [index, lookup] of state.waiting.entries()) lookup.madeFor = index < split ? state.owner : draft;
      state.waiting = [];
    }
    state.owner = draft;
  }
  for (const { owner, waiting } of servers.values()) for (const lookup of waiting) lookup.madeFor = owner;
}

/** Returns the index of the draft before the longest pause; without times, the index of the last draft but one. */
function longestPause(drafts: readonly CallDraft[]): number {
  let longest = -1;
  let at = drafts.length - 2;
  for (let index = 0; index + 1 < drafts.length; index++) {
    const end = drafts[index]?.answerTime ?? drafts[index]?.start.time ?? null;
    const start = drafts[index + 1]?.start.time ?? null;
    if (end === null || start === null) continue;
    if (start - end > longest) {
      longest = start - end;
      at = index;
    }
  }
  return at;
}

function reportUndecided(drafts: readonly CallDraft[], problems: TraceProblems): void {
  const undecided = drafts.filter(({ origin }) => origin === null);
  if (undecided.length === 0) return;
  const message = `The log does not show whether the agent or the guard made ${undecided.length} calls; they are attributed to the agent`;
  const hint =
    'Put mcp-gateway.log of the same session into the same folder; a replay also recognises the look-ups of its guard';
  problems.add('info', 'trace/origin-undecided', message, undecided[0]?.start.requestLine, hint);
}

function reportRedacted(drafts: readonly CallDraft[], problems: TraceProblems): void {
  const redacted = drafts.filter(({ start, answerRedacted }) => start.redacted || answerRedacted);
  const first = redacted[0];
  if (first === undefined) return;
  const count = redacted.length === 1 ? '1 call holds' : `${redacted.length} calls hold`;
  const message = `${count} redacted values, so a guard gets values that differ from production`;
  problems.add('info', 'trace/redacted', message, first.start.requestLine);
}
