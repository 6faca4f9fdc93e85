/** An answer whose result is read from its kept line and parsed anew at each access, so that a long trace fits the memory. */
import { toFailure } from '../../base/failure.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Line } from '../../base/lines.ts';
import type { RecordedAnswer } from './traceModel.ts';
import type { LineReader, LineStore } from './payloads.ts';

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
  return new KeptAnswer(store.keep(line, bytes), parse) as unknown as RecordedAnswer;
}

/** One accessor for all answers: an object literal with an accessor of its own would cost half a kilobyte for each call. */
class KeptAnswer {
  static readonly #result: PropertyDescriptor & ThisType<KeptAnswer> = {
    enumerable: true,
    get(): JsonValue {
      return this.#parse(decodeLine(this.#read())).result ?? null;
    },
  };

  readonly #read: LineReader;
  readonly #parse: (text: string) => RecordedAnswer;

  constructor(read: LineReader, parse: (text: string) => RecordedAnswer) {
    this.#read = read;
    this.#parse = parse;
    Object.defineProperty(this, 'result', KeptAnswer.#result);
  }
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
