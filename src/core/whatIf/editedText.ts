/** The text of an edited call in an editor: what it says, and mistakes with their place in it. */
import { parsePointer } from '../base/jsonPointer.ts';
import type { JsonValue } from '../base/json.ts';
import type { Position, Problem } from '../base/parsed.ts';
import { decodeGoJson } from '../go/goJson.ts';
import { makeLocator } from '../policy/locate.ts';
import type { UnusableChanges } from './callChanges.ts';

/** The value of a text, or the problem of one that is not JSON. */
export type EditedText =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: Problem };

const stays = 'The changes that could be used last stay in force';

/** Reads the text of the call with an index. */
export function readEditedText(text: string, call: number): EditedText {
  const read = decodeGoJson(text);
  if (read.ok) return read;
  const message = `The text of call ${call + 1} is not JSON: ${read.error}`;
  const position = makeLocator(text, undefined).byte(read.offset);
  return { ok: false, problem: { severity: 'error', code: 'changes/unusable', message, hint: stays, position } };
}

/** The problem of a text whose changes cannot be used, at the place of the mistake. */
export function mistakeIn(text: string, call: number, { reason, pointer }: UnusableChanges): Problem {
  const message = `The changes of call ${call + 1} cannot be used: ${reason}`;
  const position = placeOfPointer(text, pointer);
  return { severity: 'error', code: 'changes/unusable', message, hint: stays, position };
}

/** Where a text has the value at a JSON Pointer, or its nearest ancestor. */
export function placeOfPointer(text: string, pointer: string): Position {
  const path = parsePointer(pointer).map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  return makeLocator(text, undefined).value(path);
}
