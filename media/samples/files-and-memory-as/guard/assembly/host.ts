/** The two functions that the gateway offers to a guard, made safe to use. */
import { fits, parseJson, Kind, Value } from './json';

// @ts-ignore: decorator
@external('env', 'host_log')
declare function hostLog(level: u32, message: usize, messageLength: u32): void;

// @ts-ignore: decorator
@external('env', 'call_backend')
declare function callBackend(
  tool: usize,
  toolLength: u32,
  args: usize,
  argsLength: u32,
  result: usize,
  resultCapacity: u32,
): i32;

export const DEBUG: u32 = 0;
export const INFO: u32 = 1;
export const WARN: u32 = 2;
export const ERROR: u32 = 3;

export function log(level: u32, message: string): void {
  const bytes = String.UTF8.encode(message);
  hostLog(level, changetype<usize>(bytes), bytes.byteLength);
}

/** A larger answer counts as a call that failed. */
const MAX_CAPACITY: u32 = 2 << 20;
/** What the values of an answer may take. */
const ANSWER_BYTES: usize = 6 << 20;

/** Calls a tool of the guard's own server; null when the call failed. A buffer that is too small is tried again with the hint. */
export function ask(tool: string, args: string): Value | null {
  const toolBytes = String.UTF8.encode(tool);
  const argsBytes = String.UTF8.encode(args);
  let capacity: u32 = 1024;
  for (let attempt = 0; attempt < 2; attempt++) {
    const buffer = new ArrayBuffer(capacity);
    const at = changetype<usize>(buffer);
    const code = callBackend(
      changetype<usize>(toolBytes),
      toolBytes.byteLength,
      changetype<usize>(argsBytes),
      argsBytes.byteLength,
      at,
      capacity,
    );
    if (code == -2) {
      capacity = max(load<u32>(at), capacity * 2);
      if (capacity > MAX_CAPACITY) return null;
      continue;
    }
    return code >= 0 && fits(at, code, ANSWER_BYTES) ? parseJson(at, code) : null;
  }
  return null;
}

/** The text of an MCP result: all text items, one after another, as the gateway reads them. */
export function resultText(result: Value): string {
  const items = result.get('content').items;
  let text = '';
  for (let i = 0; i < items.length; i++) {
    if (items[i].get('type').text == 'text') text += items[i].get('text').text;
  }
  return text;
}

export function isError(result: Value): bool {
  const flag = result.get('isError');
  return flag.kind == Kind.Boolean && flag.text == 'true';
}
