/** Tells which message it was of which only the ends are known: JSON-RPC libraries write what it is first, and its id first or last. */
import type { Frame } from './lineFrames.ts';

/** The id of a request or of an answer; neither when the ends do not say. */
export type DroppedMessage =
  | { readonly request: string | number }
  | { readonly answer: string | number }
  | { readonly request?: never; readonly answer?: never };

/**
 * A member further inside is never taken for one of the message: before the first one nothing is passed over but `jsonrpc` and `id`, and
 * after the last one only the message ends. The quotes of a member cannot stand inside of a string.
 */
export function droppedMessage(ends: Frame['ends']): DroppedMessage {
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
