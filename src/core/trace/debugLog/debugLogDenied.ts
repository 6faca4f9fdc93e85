/** Adds calls to a log of messages that only the debug log beside it has, because the gateway denied them before it asked the backend. */
import { CallDraft } from '../model/draft.ts';
import type { DebugDenial } from './debugLogInput.ts';
import type { DebugCall, DebugLog } from './debugLogCalls.ts';

/** A call of the debug log without a request, and the draft of the next call that has one. */
export interface DeniedDraft {
  readonly draft: CallDraft;
  /** null when none follows. */
  readonly before: CallDraft | null;
}

/**
 * Creates drafts for the denied calls of a debug log, and for calls without a result whose request is missing although the calls around
 * them have theirs. `draftOf`: the draft of a call. Calls are in the order of the log; on stderr they have no time.
 */
export function deniedDrafts(
  log: DebugLog,
  draftOf: (call: DebugCall) => CallDraft | undefined,
  isLogged: (call: DebugCall) => boolean,
): readonly DeniedDraft[] {
  const file = log.file ?? '';
  const found: { readonly line: number; readonly draft: CallDraft | null; readonly known: CallDraft | undefined }[] =
    [];
  for (const call of log.calls) {
    const { server, tool, args, resource, response } = call;
    const { agent, denied, exact, line, time } = resource;
    const known = draftOf(call);
    const isMissing =
      denied !== null || (known === undefined && response === null && resource.exact && !isLogged(call));
    const caller = { server, tool, agent, denied, file, line, time };
    const draft =
      known === undefined && isMissing ? deniedDraft({ ...caller, args, isLost: args === undefined || !exact }) : null;
    found.push({ line, draft, known });
  }
  for (const { server, tool, agent, denied } of log.denied) {
    const { line } = denied;
    const draft = deniedDraft({ server, tool, agent, denied, file, line, time: null, args: undefined, isLost: true });
    found.push({ line, draft, known: undefined });
  }
  found.sort((a, b) => a.line - b.line);
  const drafts: DeniedDraft[] = [];
  let before: CallDraft | null = null;
  let hasNext = false;
  for (const { draft, known } of found.reverse()) {
    if (known !== undefined) [before, hasNext] = [known, true];
    // Without a denial, a missing request may be one that the log does not reach.
    else if (draft !== null && (draft.denied !== null || hasNext)) drafts.unshift({ draft, before });
  }
  return drafts;
}

/** Inserts each draft before the next call with a request, and before the look-ups that were made for that call. */
export function insertDenied(drafts: readonly CallDraft[], denied: readonly DeniedDraft[]): readonly CallDraft[] {
  if (denied.length === 0) return drafts;
  const before = new Map<CallDraft | null, CallDraft[]>();
  for (const each of denied) before.set(each.before, [...(before.get(each.before) ?? []), each.draft]);
  const merged: CallDraft[] = [];
  for (const draft of drafts) {
    const due = before.get(draft);
    let at = merged.length;
    if (due !== undefined) {
      while (merged[at - 1]?.origin === 'guard' && merged[at - 1]?.start.server === draft.start.server) at--;
      merged.splice(at, 0, ...due);
    }
    merged.push(draft);
  }
  return [...merged, ...(before.get(null) ?? [])];
}

interface DeniedStart {
  readonly server: string;
  readonly tool: string;
  readonly args: DebugCall['args'];
  readonly isLost: boolean;
  readonly agent: DebugCall['resource']['agent'];
  readonly denied: DebugDenial | null;
  readonly file: string;
  readonly line: number;
  readonly time: number | null;
}

function deniedDraft({ server, tool, args, isLost, agent, denied, file, line, time }: DeniedStart): CallDraft {
  const draft = new CallDraft({
    server,
    tool,
    args: args ?? {},
    time,
    requestLine: line,
    agentLabels: agent === null ? null : { secrecy: agent.secrecy, integrity: agent.integrity },
    redacted: isLost,
    ...(args === undefined ? { remains: '' } : {}),
    run: 0,
    file,
  });
  draft.decide('agent', 'capture');
  draft.agent = agent?.id ?? null;
  draft.denied = denied === null ? null : { ...denied, file };
  return draft;
}
