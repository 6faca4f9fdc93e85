/** Problems of a replayed call: missing recordings, differences from the recording, redaction, quirks of the gateway. */
import { listText } from '../base/listText.ts';
import { formatFacts } from '../trace/formats.ts';
import { encodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { surprises } from '../difc/account/quirk.ts';
import { findQuirks } from '../difc/account/quirks.ts';
import { missHint } from '../trace/model/cassette.ts';
import type { TraceCall, TraceFormat } from '../trace/model/traceModel.ts';

/** The kind of recording that a call comes from. */
export interface RecordingKind {
  readonly format: TraceFormat;
  /** Whether the recording notes filtered items of this server anywhere; only then does a call without such notes mean that nothing was filtered. */
  readonly notesFiltered: boolean;
}

/** The problems of one replayed call, most important first. A decision is compared with the recording unless calls were changed. */
export function findFindings(
  record: DecisionRecord,
  call: TraceCall,
  recording: RecordingKind,
  isAsRecorded: boolean,
): readonly Problem[] {
  const compared = isAsRecorded
    ? [
        ...differentEnd(record, call, recording),
        ...differentItems(record, call, recording),
        ...differentEnforcement(record, call),
      ]
    : [];
  return [
    ...missingAnswer(record, call, recording),
    ...lostErrorCode(record, call, recording),
    ...missedLookups(record),
    ...compared,
    ...inputRounds(call),
    ...redaction(call),
    ...findQuirks(record),
  ];
}

const difference = { severity: 'info', code: 'replay/differs-from-recording', docs: surprises } as const;
const differsHint =
  'Expected when the guard or the policy has changed since; otherwise the guard depends on something that the trace does not contain';

const redactedHint = 'The capture redacted values of this call, which may be the only reason';

/** The call reached the backend, and the trace has no answer to it. */
function missingAnswer(record: DecisionRecord, call: TraceCall, { format }: RecordingKind): readonly Problem[] {
  if (call.answer !== undefined || record.endedIn !== 3) return [];
  const why = isRefused(call, format)
    ? 'the recorded session refused it before it reached the backend'
    : call.answerLine === null
      ? formatFacts(format).hasOnlyLabelledResults
        ? 'a debug log contains only results that the guard labelled, not those of writes'
        : 'it was denied when it was recorded, its line could not be read, or the capture ends before it'
      : `line ${call.answerLine} cannot be read`;
  return [
    {
      severity: 'warning',
      code: 'replay/no-recorded-answer',
      message: `The trace has no answer to "${call.tool}": ${why}`,
      hint: 'The answer to the client is unknown; the labels up to the coarse check are right',
      docs: surprises,
      position: positionOf(call, call.requestLine),
    },
  ];
}

/**
 * The client receives a JSON-RPC error of the backend with the backend's code (gateway spec 3.8), which a gateway's log does not have: it writes the
 * text only (gateway `internal/mcp/connection_logging.go`, gateway spec 4.3).
 */
function lostErrorCode(record: DecisionRecord, call: TraceCall, { format }: RecordingKind): readonly Problem[] {
  const { answer } = call;
  if (answer?.error === undefined || answer.code !== undefined || record.endedIn !== 3) return [];
  if (!formatFacts(format).answersProveAsked || !mayHaveCode(answer.error)) return [];
  return [
    {
      severity: 'info',
      code: 'replay/error-code-unknown',
      message: `The log has the text of the backend's error for "${call.tool}" but not its code; the replay gives 0`,
      hint: 'The client receives the code of the backend, for example -32603, when the backend answered with a JSON-RPC error',
      position: positionOf(call, call.answerLine ?? call.requestLine),
    },
  ];
}

/** Errors of the connection have this form, too; their code is 0. */
const mayHaveCode = (error: string): boolean =>
  error.startsWith('calling "tools/call": ') && !/: (?:EOF|context deadline exceeded|context canceled)$/.test(error);

function missedLookups({ guardCalls }: DecisionRecord): readonly Problem[] {
  if (guardCalls.every(({ backendCalls }) => backendCalls.length === 0)) return [];
  const missed = guardCalls.flatMap((call) => call.backendCalls).filter(({ end }) => end === 'no-recorded-answer');
  const seen = new Set<string>();
  return missed.flatMap(({ tool, args }): Problem[] => {
    const question = args === null ? `${tool} without arguments` : `${tool} ${encodeGoJson(args)}`;
    if (seen.has(question)) return [];
    seen.add(question);
    const message = `The guard asked for ${question}, which the trace has no answer to`;
    const code = 'replay/guard-call-not-recorded';
    return [{ severity: 'warning', code, message, hint: missHint(tool), docs: surprises }];
  });
}

/** A gateway's log shows how far a call got: a request with an answer passed the coarse check, a refused call did not. */
function differentEnd(record: DecisionRecord, call: TraceCall, { format }: RecordingKind): readonly Problem[] {
  const passedCoarseCheck =
    formatFacts(format).answersProveReached && call.answerLine !== null && call.evidence !== 'none';
  const isDeniedNow = passedCoarseCheck && record.endedIn === 2;
  if (!isDeniedNow && !(record.endedIn === 3 && isRefused(call, format))) return [];
  const message = isDeniedNow
    ? 'The recorded session let this call through to the backend; the replay denies it'
    : 'The recorded session refused this call; the replay lets it through to the backend';
  return [{ ...difference, message, hint: differsHint, position: positionOf(call, call.requestLine) }];
}

/** The recording notes other filtered items than the replay filters. */
function differentItems(record: DecisionRecord, call: TraceCall, recording: RecordingKind): readonly Problem[] {
  if (!recording.notesFiltered || record.endedIn === 2 || record.endedIn === 3) return [];
  // A response that strict mode blocks leaves no filter records (gateway spec 3.7, step 12).
  const filteredNow = record.mode === 'strict' ? [] : (record.items ?? []).filter((item) => !item.allowed);
  const now = filteredNow.map((item) => item.description);
  const then = call.filtered.map((item) => item.description);
  const added = remaining(now, then);
  const gone = remaining(then, now);
  if (added.length === 0 && gone.length === 0) return [];
  const parts = [
    ...(gone.length === 0 ? [] : [`no longer filtered: ${listOf(gone)}`]),
    ...(added.length === 0 ? [] : [`newly filtered: ${listOf(added)}`]),
  ];
  return [
    {
      ...difference,
      message: `The replay filters other items than the recorded session: ${parts.join('; ')}`,
      hint: call.redacted ? redactedHint : differsHint,
      position: positionOf(call, call.filtered[0]?.line ?? call.requestLine),
    },
  ];
}

/** A guard enforced while the session was captured, and the client got another outcome or answer than in the replay. */
function differentEnforcement(record: DecisionRecord, call: TraceCall): readonly Problem[] {
  const { enforced } = call;
  if (enforced === undefined) return [];
  const sameOutcome = enforced.outcome === record.outcome;
  if (sameOutcome && encodeGoJson(bodyOf(enforced.client)) === encodeGoJson(bodyOf({ ...record.client }))) return [];
  const message = sameOutcome
    ? `The call was ${participle(record.outcome)} while it was captured, too, but the client got another answer`
    : `While it was captured, this call was ${participle(enforced.outcome)}; the replay's outcome is "${record.outcome}"`;
  return [
    {
      ...difference,
      message,
      hint: call.redacted ? redactedHint : differsHint,
      position: positionOf(call, enforced.line),
    },
  ];
}

/** The server asked the client for input before it answered; the gateway has nobody to ask. */
function inputRounds(call: TraceCall): readonly Problem[] {
  if (call.rounds === undefined) return [];
  const { count, asked, gateway } = call.rounds;
  const times = asked === 1 ? 'once' : asked === 2 ? 'twice' : `${asked} times`;
  const rest = asked < count ? '' : ', and the capture has no further request of the client';
  const message = `${count} ${count === 1 ? 'round' : 'rounds'}: the server asked for input ${times}${rest}`;
  const hint =
    gateway.kind === 'passes'
      ? 'The gateway does not call again: it takes the answer that asks for input as the result'
      : gateway.kind === 'fails'
        ? `The gateway has nobody to ask: it ends the call with the error "${gateway.error}"`
        : 'The gateway calls again by itself, with an empty list of roots';
  const position = positionOf(call, call.requestLine);
  return [{ severity: 'info', code: 'replay/input-required', message, hint, docs: surprises, position }];
}

/** The result or error of a JSON-RPC response, without its envelope and the mark of a complete result. */
function bodyOf(client: JsonValue): JsonValue {
  if (!isJsonObject(client)) return client;
  const { result, error } = client;
  if (error !== undefined) return { error };
  if (!isJsonObject(result)) return { result: result ?? null };
  const { resultType: _, ...members } = result;
  return { result: members };
}

function participle(outcome: string): string {
  return outcome === 'error' ? 'answered with an error' : outcome;
}

function redaction(call: TraceCall): readonly Problem[] {
  if (!call.redacted) return [];
  return [
    {
      severity: 'info',
      code: 'replay/redacted',
      message: `The capture redacted parts of "${call.tool}", so the guard gets other values than in production`,
      docs: surprises,
      position: positionOf(call, call.requestLine),
    },
  ];
}

/** Whether a call is only in the gateway's text log, because it did not reach a backend. */
function isRefused(call: TraceCall, format: TraceFormat): boolean {
  return call.file !== undefined && formatFacts(format).hasTextLog;
}

function positionOf(call: TraceCall, line: number): { readonly file?: string; readonly line: number } {
  return call.file === undefined ? { line } : { file: call.file, line };
}

/** Descriptions as a list; a long list ends with the number of the rest. */
function listOf(descriptions: readonly string[]): string {
  const shown = descriptions.map((description) => (description === '' ? '(no description)' : description));
  return listText(shown, 20);
}

/** Entries of the first list that the second does not have; repetitions count. */
function remaining(list: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
  return list.filter((entry) => {
    const left = counts.get(entry) ?? 0;
    counts.set(entry, left - 1);
    return left <= 0;
  });
}
