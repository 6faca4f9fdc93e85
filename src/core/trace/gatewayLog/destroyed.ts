/** Requests and answers that the gateway's log sanitiser destroyed: what the text log still has of them, and problems for the rest (gateway spec 4.6). */
import { encodeGoJson } from '../../go/goJson.ts';
import type { CallDraft, DraftStart } from '../model/draft.ts';
import type { TraceProblems } from '../model/traceProblems.ts';
import type { ClientCall } from './clientCall.ts';
import { redactedMark } from './sanitizer.ts';

/** A payload that the sanitiser made unreadable. */
export interface DestroyedPayload {
  readonly draft: CallDraft;
  readonly part: 'args' | 'answer';
  readonly line: number;
}

/**
 * Whether a client's call can be the destroyed request of a draft: same tool, as far as the log names it, or a tool of its server, and the
 * same arguments up to the first value that was replaced.
 */
export function canBeDestroyed(
  draft: CallDraft,
  call: ClientCall,
  listed: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const { server, remains = '' } = draft.start;
  const tool = toolOf(draft);
  const mayHave = call.server !== null || listed.get(call.tool)?.has(server) !== false;
  if (tool === '' ? !mayHave : tool !== call.tool) return false;
  const at = remains.indexOf(argumentsKey);
  if (at < 0) return true;
  const logged = beforeMark(remains.slice(at + argumentsKey.length));
  const said = beforeMark(call.remains ?? encodeGoJson(call.args?.value ?? null));
  return logged.startsWith(said) || said.startsWith(logged);
}

/** Puts a destroyed request together again from the client's call. `file`: the text log. Its arguments may be lost there, too. */
export function rebuildRequest(draft: CallDraft, { tool, args, redacted, line }: ClientCall, file: string): void {
  const { remains: _remains, ...start } = draft.start;
  if (args === null) {
    nameTool(draft, tool);
    return;
  }
  const recovered = { file, argsLine: line, answerLine: draft.recovered?.answerLine ?? null };
  draft.recover({ start: { ...start, tool, args: args.value, redacted }, recovered });
}

/** Names the tools of nameless calls whose filter records name them, and returns the calls whose tool is known. */
export function namedCalls(nameless: readonly CallDraft[]): readonly CallDraft[] {
  for (const draft of nameless) {
    const tool = toolOf(draft);
    if (tool !== draft.start.tool) nameTool(draft, tool);
  }
  return nameless.filter(({ start }) => start.tool !== '');
}

/** Merges lists that are in the order of their requests. */
export function inOrderOfRequests(drafts: readonly CallDraft[], others: readonly CallDraft[]): readonly CallDraft[] {
  if (others.length === 0) return drafts;
  return [...drafts, ...others].sort((a, b) => a.start.requestLine - b.start.requestLine);
}

/** Reports what stays destroyed. `until`: requests after this time are reported later, because the text log may still name them. */
export function reportDestroyed(destroyed: readonly DestroyedPayload[], until: number, problems: TraceProblems): void {
  for (const { draft, part, line } of destroyed) {
    const { tool, remains } = draft.start;
    if (part === 'answer') {
      if (tool === '' || (draft.recovered?.answerLine ?? null) !== null) continue;
      const message = "The gateway's log sanitiser destroyed an answer; the call cannot be replayed past its backend";
      problems.add('warning', 'trace/destroyed-payload', message, line, destroyedHint);
    } else if (tool === '') {
      if ((draft.start.time ?? -Infinity) > until) continue;
      const message = 'This line was skipped: the sanitiser destroyed the request, and with it the name of the tool';
      problems.add('error', 'trace/bad-line', message, line, namelessHint);
    } else if (remains !== undefined) {
      const message = `The gateway's log sanitiser destroyed the arguments of "${tool}"; the call is shown without arguments`;
      problems.add('warning', 'trace/destroyed-payload', message, line, destroyedHint);
    }
  }
}

const argumentsKey = '"arguments":';
const destroyedHint = 'The sanitiser replaced a value that looked like a secret, together with the JSON around it';
const namelessHint = 'mcp-gateway.log of the same session in the same folder has the name of the tool';

/** The tool of a draft, from its filter records when the request lost it; empty when unknown. */
function toolOf({ start, filtered }: CallDraft): string {
  return start.tool === '' ? (filtered[0]?.tool ?? '') : start.tool;
}

function nameTool(draft: CallDraft, tool: string): void {
  const start: DraftStart = { ...draft.start, tool };
  draft.recover({ start });
}

/** The text before the first replaced value, without the separator, which the sanitiser changes. */
function beforeMark(text: string): string {
  const at = text.indexOf(redactedMark);
  return at < 0 ? text : text.slice(0, at).replace(/[=:"\s]+$/, '');
}
