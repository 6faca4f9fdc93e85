/** Assembles a trace from the drafts of a reader: decides who made each call, and which call each look-up was made for. */
import { formatFacts } from './formats.ts';
import { agentsOf, reportUnknownAgents } from './gatewayLog/agents.ts';
import { type DestroyedPayload, reportDestroyed } from './gatewayLog/destroyed.ts';
import { isKnownUnmatched, untilUndecidable } from './gatewayLog/growing.ts';
import { decideOrigins } from './gatewayLog/origin.ts';
import type { CallDraft } from './model/draft.ts';
import { insertDenied } from './debugLog/debugLogDenied.ts';
import type { GatheredDebugLog } from './debugLog/debugLogSibling.ts';
import type { ClientCalls } from './gatewayLog/clientCall.ts';
import { attachLookups } from './lookupOwners.ts';
import { awaitGuards } from './model/growing.ts';
import type { RecordedToolList } from './model/toolList.ts';
import type { Trace, TraceCall, TraceFormat } from './model/traceModel.ts';
import { encodeGoJson } from '../go/goJson.ts';
import type { JsonValue } from '../base/json.ts';
import type { TraceProblems } from './model/traceProblems.ts';
import type { RecordedWitness } from './model/witness.ts';
import { countRestarts } from './gatewayLog/restarts.ts';
import { insertUnmatched } from './gatewayLog/refusedCalls.ts';

/** The output of a format reader. Drafts are in the order of their requests. */
export interface GatheredTrace {
  readonly format: TraceFormat;
  readonly drafts: readonly CallDraft[];
  /** The servers known to have a tool, by tool name. */
  readonly serversOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly clientCalls: ClientCalls | null;
  /** What operational lines in the trace itself say; null without such lines. */
  readonly witness: RecordedWitness | null;
  /** Calls whose tool the sanitiser of the log destroyed. */
  readonly nameless: readonly CallDraft[];
  readonly destroyed: readonly DestroyedPayload[];
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
  const { nameless, destroyed, serversOf: listed } = gathered;
  const textOf = growing ? canonicalText : encodeGoJson;
  const origins = decideOrigins(gathered.drafts, { clientCalls, nameless, listed, textOf });
  const readUntil = growing && clientCalls !== null ? (clientCalls.covers?.to ?? -Infinity) : Infinity;
  reportDestroyed(destroyed, readUntil, problems);
  const decidable = growing ? untilUndecidable(origins.drafts, clientCalls, nameless) : origins.drafts;
  const known = growing ? origins.unmatched.filter(isKnownUnmatched) : origins.unmatched;
  const sent = insertUnmatched(decidable, known, clientCalls?.file ?? '', listed, problems);
  // The text log has all calls, with their times. While the logs grow, a missing request may follow.
  const isAlone = clientCalls === null || clientCalls.calls.length === 0;
  const drafts = debug === null || !isAlone || growing ? sent : insertDenied(sent, debug.denied());
  reportUndecided(drafts, problems);
  reportRedacted(drafts, problems);
  attachLookups(drafts);
  const facts = formatFacts(format);
  if (growing && facts.hasUnmarkedLookups) awaitGuards(drafts);

  const agents = drafts.filter(({ origin }) => origin !== 'guard');
  if (facts.hasTextLog) reportUnknownAgents(agents, clientCalls, growing, problems);
  countRestarts(agents, clientCalls);
  const lookups = drafts.filter(({ origin }) => origin === 'guard');
  for (const [index, { madeFor }] of lookups.entries()) madeFor?.addLookup(index);
  const calls = agents.map((draft, index): TraceCall => draft.call(index));
  const recordedLookups = lookups.map((draft) => draft.record());
  const servers = [...new Set(drafts.map(({ start }) => start.server))];
  const witness = witnessOf(clientCalls?.witness ?? gathered.witness, debug);
  const more = {
    ...(witness === null ? {} : { witness }),
    ...(growing ? { growing } : {}),
    ...(sessions === null ? {} : { sessions }),
    ...(toolLists.length === 0 ? {} : { toolLists }),
  };
  const named = agentsOf(agents);
  const read = { servers, agents: named, calls, recordedLookups };
  const trace = { format, ...more, ...read, problems: problems.list(), lines, bytes };
  if (debug === null) return trace;
  const indexes = new Map(agents.map((draft, index) => [draft, index]));
  const guardLog = debug.guardLog((draft) => indexes.get(draft) ?? null);
  return { ...trace, problems: [...trace.problems, ...debug.problems], policies: debug.policies, guardLog };
}

/** The facts of the operational lines; label_agent from the debug log when they do not have it. null when there are none. */
function witnessOf(said: RecordedWitness | null, debug: GatheredDebugLog | null): RecordedWitness | null {
  const { labelAgents: named = [], forcedPublic = [], versions = [] } = said ?? {};
  const labelAgents = named.length > 0 ? named : (debug?.labelAgents ?? []);
  return labelAgents.length + forcedPublic.length + versions.length === 0
    ? null
    : { labelAgents, forcedPublic, versions };
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
