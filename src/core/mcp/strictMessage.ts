/** Reads a message of a client that only one reading fits, or says why it must be refused: servers differ in what they make of the rest. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { decodeGoJson } from '../go/goJson.ts';
import { ambiguousKey, type JsonMember, jsonMembers } from './jsonMembers.ts';
import type { MessageId } from './message.ts';
import { idKey, messageText } from './rawMessage.ts';

/** A message of a client as an enforcing gate takes it. `params` is null where the message has none. */
export type StrictMessage =
  | {
      readonly kind: 'request';
      readonly id: MessageId;
      /** The id as the client wrote it. */
      readonly idText: string;
      readonly method: string;
      readonly params: JsonObject | null;
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject | null }
  | { readonly kind: 'response'; readonly id: MessageId; readonly raw: JsonObject }
  | StrictRefusal;

/** Why a message is refused. */
export interface StrictRefusal {
  readonly kind: 'refused';
  /** Text of each id to answer: of a request whose id can be used, of each request of a batch; otherwise only `null`. */
  readonly ids: readonly string[];
  /** JSON-RPC error code. */
  readonly code: number;
  /** A sentence without a full stop. */
  readonly reason: string;
}

/** JSON-RPC 2.0, section 5.1. */
const parseError = -32_700;
const invalidRequest = -32_600;
const invalidParams = -32_602;

/** Members of a JSON-RPC message. */
const envelope = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
/** Members of parameters that the gate reads (MCP `tools/call`, `prompts/get`, lists, `notifications/cancelled`, `initialize`). */
const parameters = [
  'name',
  'arguments',
  '_meta',
  'cursor',
  'requestId',
  'protocolVersion',
  'capabilities',
  'clientInfo',
];

/**
 * Reads the bytes of one message. Refused are: what Go does not accept as JSON, batches, a line end inside of the text, members that stand
 * twice or differ only in case, in the message and in its `params`, ids that are not exactly representable, and what is no JSON-RPC 2.0.
 */
export function readStrictly(bytes: Uint8Array): StrictMessage {
  const text = messageText(bytes);
  const decoded = decodeGoJson(text);
  if (!decoded.ok)
    return refused(parseError, `the message is not JSON that the gateway accepts: ${decoded.error}`, usableId(text));
  const { value } = decoded;
  if (Array.isArray(value)) return batch(value);
  if (!isJsonObject(value)) return refused(invalidRequest, 'a message must be a JSON object');
  const members = jsonMembers(text);
  const id = idOf(value, members, text);
  const own = id === null || 'problem' in id ? 'null' : id.text;
  const refuse = (code: number, reason: string): StrictRefusal => refused(code, reason, own);
  if (/\r(?!\n)/.test(text.trimEnd()))
    return refuse(invalidRequest, 'a carriage return stands inside the message, where some readers end a line');
  const ambiguous = ambiguousKey(members, envelope);
  if (ambiguous !== null) return refuse(invalidRequest, `${ambiguous}, so servers may read the message differently`);
  if (value['jsonrpc'] !== '2.0')
    return refuse(invalidRequest, `"jsonrpc" must be "2.0", not ${shown(value['jsonrpc'])}`);
  if (id !== null && 'problem' in id) return refuse(invalidRequest, id.problem);
  return classify(value, id, paramsText(members, text), refuse);
}

type Refuse = (code: number, reason: string) => StrictRefusal;

function classify(value: JsonObject, id: ReadId | null, paramsText: string | null, refuse: Refuse): StrictMessage {
  const { method, params = null } = value;
  const hasAnswer = value['result'] !== undefined || value['error'] !== undefined;
  if (method === undefined) {
    if (!hasAnswer) return refuse(invalidRequest, 'a message must have a "method", a "result" or an "error"');
    if (id === null) return refuse(invalidRequest, 'an answer must have the id of its request');
    return { kind: 'response', id: id.id, raw: value };
  }
  if (typeof method !== 'string') return refuse(invalidRequest, `a "method" must be a string, not ${shown(method)}`);
  if (hasAnswer) return refuse(invalidRequest, 'a message with a "method" must not have a "result" or an "error"');
  if (params !== null && !isJsonObject(params)) {
    return refuse(invalidParams, `"params" must be an object with named members, not ${shown(params)}`);
  }
  const ambiguous = paramsText === null || params === null ? null : ambiguousKey(jsonMembers(paramsText), parameters);
  if (ambiguous !== null)
    return refuse(invalidParams, `in "params" ${ambiguous}, so servers may read them differently`);
  if (id === null) return { kind: 'notification', method, params };
  return { kind: 'request', id: id.id, idText: id.text, method, params };
}

interface ReadId {
  readonly id: MessageId;
  readonly text: string;
}

/** The id; null where there is none. A problem is an id that the sender and a server may not take for the same. */
function idOf(
  value: JsonObject,
  members: readonly JsonMember[],
  text: string,
): ReadId | { readonly problem: string } | null {
  const member = members.findLast(({ key }) => key === 'id');
  if (member === undefined) return null;
  const id = value['id'];
  const written = text.slice(member.start, member.end);
  const problem = { problem: `an "id" must be a string or an integer up to 2^53, not ${shown(id, written)}` };
  if (typeof id === 'number') return Number.isSafeInteger(id) ? { id, text: written } : problem;
  if (typeof id !== 'string') return problem;
  // Go replaces half of a surrogate pair, so two such ids become one.
  return id === JSON.parse(written) ? { id, text: written } : { problem: 'the "id" has half of a surrogate pair' };
}

/** The text of the id of a message that could be read but for a value that Go does not take. */
function usableId(text: string): string {
  try {
    const value = JSON.parse(text) as JsonValue;
    if (!isJsonObject(value)) return 'null';
    const id = idOf(value, jsonMembers(text), text);
    return id === null || 'problem' in id ? 'null' : id.text;
  } catch {
    return 'null';
  }
}

/** MCP has had no batches since 2025-06-18, and the gateway accepts none. */
function batch(messages: readonly JsonValue[]): StrictRefusal {
  const ids = messages.flatMap((each) => {
    const id = isJsonObject(each) && each['method'] !== undefined ? each['id'] : undefined;
    return typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)) ? [idKey(id)] : [];
  });
  return {
    kind: 'refused',
    ids: ids.length === 0 ? ['null'] : ids,
    code: invalidRequest,
    reason: 'a batch is refused: send each message alone',
  };
}

function paramsText(members: readonly JsonMember[], text: string): string | null {
  const member = members.findLast(({ key }) => key === 'params');
  return member === undefined ? null : text.slice(member.start, member.end);
}

function refused(code: number, reason: string, id = 'null'): StrictRefusal {
  return { kind: 'refused', ids: [id], code, reason };
}

function shown(value: JsonValue | undefined, written?: string): string {
  if (value === undefined) return 'missing';
  const text =
    written ?? (Array.isArray(value) ? 'an array' : isJsonObject(value) ? 'an object' : JSON.stringify(value));
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

const mostShown = 60;
