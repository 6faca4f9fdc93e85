/** Identifies a message of which only the ends are known: JSON-RPC libraries write its kind first, and its id first or last. */
import type { LineFrame } from './lineFrames.ts';

/** The id of a request or of an answer; neither when the ends do not show it. */
export type DroppedMessage =
  | { readonly request: string | number }
  | { readonly answer: string | number }
  | { readonly request?: never; readonly answer?: never };

/**
 * A member of a nested object is never taken for one of the message: before the first member only `jsonrpc` and `id` may stand, and behind
 * the last one only the end of the message. The quotes of a member cannot stand inside a string, where they are escaped.
 */
export function droppedMessage(ends: LineFrame['ends']): DroppedMessage {
  const [beginning, ending] = ends.map((bytes) => Buffer.from(bytes).toString());
  const [, first, member] = firstMember.exec(beginning ?? '') ?? [];
  const id = first ?? lastMember.exec(ending ?? '')?.[1];
  if (member === undefined || id === undefined) return {};
  const value = JSON.parse(id) as string | number;
  return member === 'method' ? { request: value } : { answer: value };
}

const version = String.raw`"jsonrpc"\s*:\s*"2\.0"`;
const id = String.raw`"id"\s*:\s*(-?(?:0|[1-9]\d{0,14})|"[^"\\\u0000-\u001f]{0,100}")`;
const firstMember = new RegExp(
  String.raw`^\s*\{\s*(?:${version}\s*,\s*)?(?:${id}\s*,\s*)?(?:${version}\s*,\s*)?"(method|result|error)"\s*:`,
);
const lastMember = new RegExp(String.raw`,\s*${id}\s*(?:,\s*${version}\s*)?\}\s*$`);
