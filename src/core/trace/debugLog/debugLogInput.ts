/** Parses a debug log message with the input of a guard call: `label_response input JSON (N bytes): {…}` (gateway `internal/guard/wasm_lifecycle.go`). */
import { decodeGoJson } from '../../go/goJson.ts';
import { utf8Length } from '../../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { GuardFunction } from '../../difc/record/guardCall.ts';
import { redactedMark } from '../gatewayLog/sanitizer.ts';
import { readSanitizedText } from '../gatewayLog/sanitizer.ts';
import { type DebugLogForm, parseDebugLogLine } from './debugLogLine.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';
import type { RecordedAgentLabels } from '../model/witness.ts';

/** The agent of a call, with its labels before the call. */
export interface CallingAgent {
  readonly id: string;
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** A denial of the coarse check. */
export interface DebugDenial {
  readonly resource: string;
  readonly reason: string;
  readonly line: number;
}

/** One guard call in the log. */
export interface DebugInput {
  readonly function: GuardFunction;
  readonly size: number | null;
  /** The guard's name; null until a later line contains it. */
  guard: string | null;
  /** The server of the call; null when the log does not name it. Several servers may have the same guard. */
  server: string | null;
  readonly line: number;
  /** Length of the line in bytes. */
  readonly bytes: number;
  readonly time: number | null;
  /** Empty for label_agent. */
  readonly tool: string;
  /** undefined when the log lost them, and for label_agent. */
  readonly args: JsonValue | undefined;
  /** Whether tool, arguments, result and policy are exactly the guard's input. */
  readonly exact: boolean;
  /** The backend's result for label_response; undefined when it is lost, and for the other functions. */
  readonly answer: RecordedAnswer | undefined;
  /** The payload of label_agent. */
  readonly policy: JsonValue | undefined;
  /** The operation that label_resource returned, such as `read`. */
  operation: string | null;
  /** The answer of label_agent; null for the other functions, and when the log does not have it. */
  labels: RecordedAgentLabels | null;
  /** The agent of the call; null for the other functions, and when the log does not tell. */
  agent: CallingAgent | null;
  /** The denial of the coarse check that followed label_resource; null when it allowed the call, and when the log does not tell. */
  denied: DebugDenial | null;
}

/** A complete input, or the readable parts of a damaged one. */
export type GuardInput =
  | {
      readonly kind: 'whole';
      readonly function: GuardFunction;
      /** Length of the input in bytes, as the gateway counted it. */
      readonly size: number;
      readonly value: JsonObject;
      /** Whether these are exactly the bytes that the guard received. */
      readonly exact: boolean;
      /** Length of the logged text in bytes, if it differs from `size` and not because of the sanitiser. */
      readonly differs: number | null;
    }
  | {
      readonly kind: 'damaged';
      readonly function: GuardFunction;
      readonly size: number | null;
      readonly reason: string;
      /** Values of the keys before the damage (Go sorts keys: arguments, name, result). */
      readonly tool: string | null;
      readonly args: JsonValue | undefined;
    };

/** Parses a message; null when it is not about an input. */
export function readGuardInput(message: string, form: DebugLogForm): GuardInput | null {
  const start = inputPattern.exec(message);
  if (start === null) return null;
  const name = start[1] as GuardFunction;
  if (start[2] === undefined) {
    const reason = `the line of a ${name} input ends before the input begins`;
    return { kind: 'damaged', function: name, size: null, reason, tool: null, args: undefined };
  }
  const size = Number(start[2]);
  const text = message.slice(start[0].length);
  const bytes = utf8Length(text);
  const marked = form === 'copy' && text.includes(redactedMark);
  const decoded = decodeGoJson(text);
  const value = decoded.ok ? decoded.value : marked ? readSanitizedText(text).value : null;
  if (isJsonObject(value)) {
    const exact = bytes === size && !marked;
    return { kind: 'whole', function: name, size, value, exact, differs: exact || marked ? null : bytes };
  }
  const { tool, args } = salvage(text);
  return { kind: 'damaged', function: name, size, reason: damage(name, size, bytes, text, marked), tool, args };
}

/** Returns the backend's result from the line of a label_response input that was parsed before. */
export function answerOfInputLine(text: string): RecordedAnswer {
  const line = parseDebugLogLine(text);
  const input = line === null ? null : readGuardInput(line.message, line.form);
  return { result: (input?.kind === 'whole' ? input.value['tool_result'] : null) ?? null };
}

const inputPattern = /^(label_agent|label_resource|label_response) input JSON(?: \((\d+) bytes\): )?/;

function damage(name: string, size: number, bytes: number, text: string, marked: boolean): string {
  if (marked) return `the sanitiser of the log file destroyed the ${name} input`;
  if (bytes < size) {
    const by = text.endsWith('...') ? 'the log shortened it' : 'the line is incomplete';
    return `the ${name} input has ${size} bytes, of which the line holds ${bytes}: ${by}`;
  }
  return `the ${name} input is not a JSON object`;
}

function salvage(text: string): { readonly tool: string | null; readonly args: JsonValue | undefined } {
  const start = /^\{(?:"capabilities":\{\},)?"tool_args":/.exec(text)?.[0].length;
  if (start === undefined) return { tool: null, args: undefined };
  // The name is the first match after complete arguments; the arguments may contain a member of the same name.
  for (let at = text.indexOf(nameKey, start); at >= 0 && at < salvageLength; at = text.indexOf(nameKey, at + 1)) {
    const args = decodeGoJson(text.slice(start, at));
    if (!args.ok) continue;
    const tool = decodeGoJson(/^"(?:[^"\\]|\\.)*"/.exec(text.slice(at + nameKey.length))?.[0] ?? '');
    return { tool: tool.ok && typeof tool.value === 'string' ? tool.value : null, args: args.value };
  }
  return { tool: null, args: undefined };
}

const nameKey = ',"tool_name":';
const salvageLength = 1024 * 1024;
