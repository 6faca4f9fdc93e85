/** An answer whose result is read from its stored line and parsed at each access, so that long traces fit into memory. */
import { toFailure } from '../../base/failure.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Line } from '../../base/lines.ts';
import type { RecordedAnswer } from './traceModel.ts';
import type { KeptLine, LineStore } from './payloads.ts';

/** The JSON-RPC id of an answer. */
type AnswerId = string | number;

/** Reads the answer of a stored line. `id`: that of the answer, where a line may have several. It must return a result for this line. */
export type AnswerParser = (text: string, id: AnswerId | null) => RecordedAnswer;

/**
 * Stores the line and parses it on demand. Accessing `result` throws a `Failure` when the store can no longer read the line. `parse` is one
 * function for all answers of a reader.
 */
export function storedAnswer(
  line: Line,
  bytes: Uint8Array,
  store: LineStore,
  parse: AnswerParser,
  id: AnswerId | null = null,
): RecordedAnswer {
  return new StoredAnswer(store.keep(line, bytes), parse, id) as unknown as RecordedAnswer;
}

/** All answers share one accessor: an object literal with its own accessor would cost half a kilobyte for each call. */
class StoredAnswer {
  static readonly #result: PropertyDescriptor & ThisType<StoredAnswer> = {
    enumerable: true,
    get(): JsonValue {
      return this.#parse(decodeLine(this.#line.bytes()), this.#id).result ?? null;
    },
  };

  readonly #line: KeptLine;
  readonly #parse: AnswerParser;
  readonly #id: AnswerId | null;

  constructor(line: KeptLine, parse: AnswerParser, id: AnswerId | null) {
    this.#line = line;
    this.#parse = parse;
    this.#id = id;
    Object.defineProperty(this, 'result', StoredAnswer.#result);
  }
}

/** Decodes a line. Bytes that are not valid UTF-8 become U+FFFD, as in Go. */
export function decodeLine(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Reads the result of an answer, or returns the message of the failure to read it. */
export function resultOf(answer: RecordedAnswer): { readonly result: JsonValue } | { readonly unreadable: string } {
  try {
    return { result: answer.result ?? null };
  } catch (thrown) {
    return { unreadable: toFailure(thrown).message };
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
