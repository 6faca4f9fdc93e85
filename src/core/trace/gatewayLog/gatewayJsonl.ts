/** Reads the gateway's `rpc-messages.jsonl` line by line into call drafts. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { Line } from '../../base/lines.ts';
import { toolCallParams } from '../../mcp/message.ts';
import { toolNameInRemains } from './sanitizer.ts';
import type { DestroyedPayload } from './destroyed.ts';
import { reportMixed } from './proxyLog.ts';
import { CallDraft } from '../model/draft.ts';
import { parseTime } from '../model/times.ts';
import type { ExactValues } from './exactValues.ts';
import type { Growing } from '../model/growing.ts';
import { loggedAnswer, type GatewayRecord, parseGatewayLine, salvageLine } from './gatewayLine.ts';
import { GatewayPairing } from './gatewayPairing.ts';
import { storedAnswer } from '../model/storedAnswer.ts';
import type { RecordedAnswer, RecordedFiltered } from '../model/traceModel.ts';
import type { LineStore } from '../model/payloads.ts';
import { listedTools, type RecordedToolList } from '../model/toolList.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

type Request = Extract<GatewayRecord, { kind: 'request' }>;
type Response = Extract<GatewayRecord, { kind: 'response' }>;

/** An open request. `draft` is null for a request that is not a tool call, whose answer is discarded. */
interface Pending {
  readonly draft: CallDraft | null;
  readonly line: number;
}

/** Reader of `rpc-messages.jsonl`. Lines must be passed in order; `drafts` holds the calls, each with its filter records. */
export class GatewayJsonlReader {
  readonly drafts: CallDraft[] = [];
  /** The servers that list a tool, by tool name. */
  readonly serversOf = new Map<string, Set<string>>();
  /** Answers to `tools/list`, in order. */
  readonly toolLists: RecordedToolList[] = [];
  readonly #servers = new Map<string, GatewayPairing<Pending>>();
  /** The last answered call of each server and tool; a filter record belongs to it. */
  readonly #answered = new Map<string, CallDraft>();
  readonly #problems: TraceProblems;
  readonly #store: LineStore;
  readonly #recovery: ExactValues | null;
  /** The first record of the gateway's proxy mode. */
  #passed: number | null = null;
  /** Payloads that the sanitiser destroyed and that may be recovered later. */
  readonly destroyed: DestroyedPayload[] = [];
  /** Calls whose tool the sanitiser destroyed, with an empty name, in the order of their requests. They are not in `drafts`. */
  readonly nameless: CallDraft[] = [];
  /** The last answered nameless call of each server, until its tool is known. */
  readonly #lastNameless = new Map<string, CallDraft>();

  /** `recovery`: exact values from the debug log of the same session. */
  constructor(problems: TraceProblems, store: LineStore, recovery: ExactValues | null = null) {
    this.#problems = problems;
    this.#store = store;
    this.#recovery = recovery;
  }

  /** Reads a complete line; `bytes` is `text` in UTF-8. */
  line(line: Line, bytes: Uint8Array, text: string): void {
    const record = parseGatewayLine(text);
    if (record.kind === 'bad') {
      this.#badLine(line, record.reason);
      this.damaged(line, text);
      return;
    }
    if (record.kind === 'newer') {
      const message = `"${record.schema}" is newer than this version reads; the line was skipped`;
      this.#problems.add('error', 'trace/newer-schema', message, line.number, 'Update Guardscope');
      return;
    }
    if (!record.hasSchema && this.#problems.count('trace/no-schema') === 0) {
      const message = 'A record has no "_schema": an older gateway wrote the log, and fields may differ';
      this.#problems.add('warning', 'trace/no-schema', message, line.number);
    }
    if (record.kind === 'request') this.#request(record, line);
    else if (record.kind === 'response') this.#response(record, line, bytes);
    else if (record.kind === 'event') this.#passed ??= line.number;
    else if (record.kind === 'filtered') this.#filtered({ ...record.filtered, line: line.number }, line);
  }

  /** Pairs a line that cannot be read as far as its beginning allows, so that later lines are still paired correctly. */
  damaged(line: Line, beginning: string): void {
    const record = salvageLine(beginning);
    if (record === null) return;
    const pairing = this.#pairing(record.server);
    if (record.kind === 'request') {
      pairing.enter(record.method);
      pairing.request({ method: record.method, labels: null }, { draft: null, line: line.number });
      return;
    }
    const payload = { value: null, redacted: false, remains: null };
    const draft = pairing.respond({ error: null, labels: null, payload })?.draft;
    if (draft !== undefined && draft !== null) draft.answerLine = line.number;
  }

  /** Recovers exact values. Requests without an answer are reported, or marked as waiting while the log grows. */
  finish(problems: TraceProblems, growing: Growing | null): void {
    this.#recover(problems);
    if (this.#passed !== null && this.#servers.size > 0) reportMixed(this.#passed, problems);
    for (const [server, pairing] of this.#servers) {
      for (const { value, stale } of pairing.unanswered()) {
        const { draft, line } = value;
        if (draft === null) continue;
        if (growing !== null && !stale) {
          // An answer that could not be read has a line, and will not arrive again.
          if (draft.answerLine === null) draft.awaits = 'answer';
          continue;
        }
        const { tool } = draft.start;
        const what = tool === '' ? 'a destroyed request' : `"${tool}"`;
        const message = `The log has no answer to ${what} of server "${server}"`;
        problems.add('warning', 'trace/unanswered', message, line, 'The gateway stopped, or the log is incomplete');
      }
      if (pairing.guessed === 0) continue;
      const message = `${pairing.guessed} answers of server "${server}" arrived while several requests were open; the log has no ids, so they were paired in order`;
      problems.add('info', 'trace/pairing-guessed', message, undefined, 'Answers of concurrent calls may be swapped');
    }
  }

  #request(record: Request, line: Line): void {
    const pairing = this.#pairing(record.server);
    const run = pairing.enter(record.method);
    pairing.request(record, { draft: this.#draft(record, run, line), line: line.number });
  }

  #draft(record: Request, run: number, line: Line): CallDraft | null {
    if (record.method !== 'tools/call') return null;
    const { server, labels, payload } = record;
    const call = requestedCall(record, this.#recovery?.toolOf(payload) ?? null);
    if ('reason' in call) {
      this.#badLine(line, call.reason);
      return null;
    }
    const time = parseTime(record.time);
    const draft = new CallDraft({
      server,
      ...call,
      time,
      requestLine: line.number,
      agentLabels: labels,
      redacted: payload.redacted,
      ...(payload.value === null ? { remains: payload.remains ?? '' } : {}),
      run,
      starts: Math.min(...[...this.#servers.values()].map((pairing) => pairing.run)),
    });
    this.#recovery?.request(draft, payload);
    if (payload.value === null) this.destroyed.push({ draft, part: 'args', line: line.number });
    (call.tool === '' ? this.nameless : this.drafts).push(draft);
    return draft;
  }

  #response(record: Response, line: Line, bytes: Uint8Array): void {
    const pending = this.#pairing(record.server).respond(record);
    this.#learnTools(record, line);
    if (pending === undefined) {
      const message = `An answer of server "${record.server}" has no request before it`;
      this.#problems.add('warning', 'trace/orphan-answer', message, line.number, 'The beginning of the log is missing');
      return;
    }
    const { draft } = pending;
    if (draft === null) return;
    draft.answerLine = line.number;
    draft.answerBytes = line.length;
    draft.answerTime = parseTime(record.time);
    draft.answerRedacted = record.payload.redacted;
    draft.answer = this.#answer(record, draft, line, bytes);
    const { server, tool } = draft.start;
    if (tool === '') this.#lastNameless.set(server, draft);
    else this.#answered.set(answeredKey(server, tool), draft);
  }

  #learnTools({ server, payload }: Response, line: Line): void {
    const tools = listedTools(payload.value);
    if (tools.length > 0) this.toolLists.push({ server, line: line.number, tools });
    for (const { name } of tools) {
      const known = this.serversOf.get(name);
      if (known === undefined) this.serversOf.set(name, new Set([server]));
      else known.add(server);
    }
  }

  #answer(record: Response, draft: CallDraft, line: Line, bytes: Uint8Array): RecordedAnswer | undefined {
    const answer = loggedAnswer(record);
    if (answer === undefined) {
      this.destroyed.push({ draft, part: 'answer', line: line.number });
      return undefined;
    }
    return answer.result === undefined ? answer : storedAnswer(line, bytes, this.#store, answerOfLine);
  }

  #recover(problems: TraceProblems): void {
    for (const { file, args, results, ambiguous } of this.#recovery?.recover() ?? []) {
      const exact = `the exact arguments of ${args} calls and the exact results of ${results}, which this log holds redacted`;
      if (args + results > 0) {
        problems.add('info', 'trace/recovered', `From "${file}" come ${exact}`, undefined, recoveredHint);
      }
      if (ambiguous === 0) continue;
      const message = `"${file}" has values for ${ambiguous} redacted calls, but which values belong to which call is ambiguous`;
      problems.add('info', 'trace/recovery-ambiguous', message, undefined, 'These calls stay redacted');
    }
  }

  #filtered(filtered: RecordedFiltered, line: Line): void {
    const { server, tool } = filtered;
    const nameless = this.#lastNameless.get(server);
    const known = this.#answered.get(answeredKey(server, tool));
    // A filter record comes right after the answer of its call, and names its tool.
    const draft = nameless !== undefined && (nameless.answerLine ?? 0) > (known?.answerLine ?? 0) ? nameless : known;
    if (draft !== undefined) {
      draft.note(filtered);
      return;
    }
    const message = `A difc_filtered record names "${filtered.tool}" of server "${filtered.server}", but no answered call of it comes before`;
    this.#problems.add('warning', 'trace/orphan-filtered', message, line.number);
  }

  #pairing(server: string): GatewayPairing<Pending> {
    const known = this.#servers.get(server);
    if (known !== undefined) return known;
    const pairing = new GatewayPairing<Pending>();
    this.#servers.set(server, pairing);
    return pairing;
  }

  #badLine(line: Line, reason: string): void {
    const where = line.terminated ? 'This line was skipped' : 'The last line is incomplete and was skipped';
    this.#problems.add(line.terminated ? 'error' : 'warning', 'trace/bad-line', `${where}: ${reason}`, line.number);
  }
}

const recoveredHint =
  'The file is the debug log of the gateway (DEBUG=guard:wasm), which has the exact inputs of the guard';
function answerOfLine(text: string): RecordedAnswer {
  const record = parseGatewayLine(text);
  return (record.kind === 'response' ? loggedAnswer(record) : undefined) ?? { result: null };
}

/** Returns tool and arguments of a request, or the reason why they are unknown. A destroyed name is empty. */
function requestedCall(
  { payload }: Request,
  recoveredTool: string | null,
): { tool: string; args: JsonValue } | { reason: string } {
  if (payload.value === null) {
    const tool = toolNameInRemains(payload.remains ?? '') ?? recoveredTool;
    return { tool: tool ?? '', args: {} };
  }
  if (!isJsonObject(payload.value)) return { reason: 'the payload of a request must be an object' };
  return toolCallParams(payload.value['params'] ?? null);
}

function answeredKey(server: string, tool: string): string {
  return `${server}\u0000${tool}`;
}
