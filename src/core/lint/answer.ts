/** A guard's answer as the rules read it, and helpers that make findings about it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Excerpt, Fix, Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { GuardCallRecord, GuardFunction } from '../difc/record/guardCall.ts';
import { foldName } from '../go/goJsonTyped.ts';

/** One answer of the guard in the call of a record. */
export interface Answer {
  readonly record: DecisionRecord;
  readonly call: GuardCallRecord;
  readonly text: string;
  /** The text as the gateway parses it. */
  readonly document: JsonObject;
}

/** A rule about one answer. */
export type AnswerRule = (answer: Answer) => readonly Problem[];

/** The parts of a finding that are not the same for all. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** What the finding is about; findings that differ only in numbers have none. */
  readonly subject?: string;
  readonly fix?: Fix;
}

/** Makes a warning about an answer; `word` is the text that the excerpt has to show. */
export function answerWarning({ call, text }: Answer, finding: Finding, word = finding.subject ?? ''): Problem {
  return { severity: 'warning', ...finding, excerpt: excerptOf(call.function, text, word) };
}

/** Part of an answer around the first place of a word, at most 240 characters. */
export function excerptOf(name: GuardFunction, text: string, word: string): Excerpt {
  const title = `${name} answered`;
  if (text.length <= excerptLength) return { title, text };
  const at = Math.max(0, word === '' ? 0 : text.indexOf(word));
  const from = Math.max(0, Math.min(at - excerptLength / 3, text.length - excerptLength));
  const part = text.slice(from, from + excerptLength);
  const tail = from + excerptLength < text.length ? '…' : '';
  return { title, text: `${from > 0 ? '…' : ''}${part}${tail}` };
}

const excerptLength = 240;

/**
 * A member of an object. Where the gateway decodes into a Go struct, the case of a name does not matter (gateway spec 2.2); an exact
 * name is found first.
 */
export function memberNamed(object: JsonObject, name: string, anyCase: boolean): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  if (!anyCase) return undefined;
  for (const key in object) if (foldName(key) === name) return object[key];
  return undefined;
}

/** The entries of `labeled_paths`; empty for an answer without the list. */
export function pathEntries({ document }: Answer): readonly JsonValue[] {
  const paths = document['labeled_paths'];
  return Array.isArray(paths) ? (paths as readonly JsonValue[]) : [];
}

/** The path of an entry of `labeled_paths`; null when it has none. */
export function pathOfEntry(entry: JsonValue): string | null {
  const path = isJsonObject(entry) ? memberNamed(entry, 'path', true) : undefined;
  return typeof path === 'string' ? path : null;
}

/** `items_path` of an answer; empty without one. */
export function itemsPathOf({ document }: Answer): string {
  const path = memberNamed(document, 'items_path', true);
  return typeof path === 'string' ? path : '';
}
