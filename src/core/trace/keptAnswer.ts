/** An answer whose result is read from its kept line and parsed anew at each access, so that a long trace fits the memory. */
import { toFailure } from '../base/failure.ts';
import type { JsonValue } from '../base/json.ts';
import type { Line } from '../base/lines.ts';
import type { RecordedAnswer } from './model.ts';
import type { LineStore } from './payloads.ts';

/**
 * Keeps the line and parses it on demand with `parse`, which must give a result for this line. Accessing `result` throws a `Failure`
 * when the store can no longer give the line back.
 */
export function keptAnswer(
  line: Line,
  bytes: Uint8Array,
  store: LineStore,
  parse: (text: string) => RecordedAnswer,
): RecordedAnswer {
  const read = store.keep(line, bytes);
  return {
    get result(): JsonValue {
      return parse(decodeLine(read())).result ?? null;
    },
  };
}

/** The text of a line; bytes that are not UTF-8 read as U+FFFD, as in Go. */
export function decodeLine(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** What went wrong when a result was taken; null when nothing did. */
export function resultOf(answer: RecordedAnswer): { readonly result: JsonValue } | { readonly unreadable: string } {
  try {
    return { result: answer.result ?? null };
  } catch (thrown) {
    return { unreadable: toFailure(thrown).message };
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
