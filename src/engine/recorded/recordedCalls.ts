/** The guard calls that captures have, read from their files when they are asked for. */
import type { FileHandle } from 'node:fs/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import { LineSplitter } from '../../core/base/lines.ts';
import type { GuardCallRecord, GuardFunction } from '../../core/difc/record/guardCall.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { openRegular, streamRegular } from '../files/regularFile.ts';

const chunkBytes = 1024 * 1024;

/** Where a line stands in its file, in bytes. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A capture whose guard calls are read. */
interface Capture {
  readonly handle: FileHandle;
  /** The lines of its guard calls by their number. */
  readonly places: ReadonlyMap<number, Place>;
}

/** Captures stay open until it is closed. */
export class RecordedCalls {
  readonly #captures = new Map<string, Capture>();
  readonly #main: string;

  private constructor(main: string) {
    this.#main = main;
  }

  /** `main`: the file of calls that name none. Rejects with the system's error when a file cannot be read. */
  static async open({ calls }: Pick<Trace, 'calls'>, main: string): Promise<RecordedCalls> {
    const opened = new RecordedCalls(main);
    const wanted = new Map<string, Set<number>>();
    for (const { file = main, guardLines = [] } of calls) {
      if (guardLines.length === 0) continue;
      const lines = wanted.get(file) ?? new Set();
      for (const line of guardLines) lines.add(line);
      wanted.set(file, lines);
    }
    try {
      for (const [file, lines] of wanted) {
        const places = await placesOf(file, lines);
        opened.#captures.set(file, { handle: await openRegular(file), places });
      }
      return opened;
    } catch (thrown) {
      await opened.close();
      throw thrown;
    }
  }

  /** The guard calls that were made for a call, in order. What is not the record of one is left out. */
  async of({ file = this.#main, guardLines = [] }: TraceCall): Promise<readonly GuardCallRecord[]> {
    const capture = this.#captures.get(file);
    if (capture === undefined) return [];
    const records: GuardCallRecord[] = [];
    for (const line of guardLines) {
      const place = capture.places.get(line);
      if (place === undefined) continue;
      const bytes = Buffer.alloc(place.length);
      const { bytesRead } = await capture.handle.read(bytes, 0, place.length, place.offset);
      records.push(...recordsIn(bytes.toString('utf8', 0, bytesRead)));
    }
    return records;
  }

  async close(): Promise<void> {
    const captures = [...this.#captures.values()];
    this.#captures.clear();
    for (const { handle } of captures) await handle.close();
  }
}

async function placesOf(file: string, lines: ReadonlySet<number>): Promise<ReadonlyMap<number, Place>> {
  const places = new Map<number, Place>();
  const splitter = new LineSplitter(({ number, offset, length, bytes }) => {
    if (bytes !== null && lines.has(number)) places.set(number, { offset, length });
  });
  for await (const chunk of streamRegular(file, { chunkBytes })) splitter.push(chunk);
  splitter.end();
  return places;
}

function recordsIn(text: string): readonly GuardCallRecord[] {
  let line: JsonValue;
  try {
    line = JSON.parse(text) as JsonValue;
  } catch {
    // The file was changed since it was read: then the call is not compared.
    return [];
  }
  const { guard = null } = isJsonObject(line) ? line : {};
  const all: readonly JsonValue[] = Array.isArray(guard) ? guard : [guard];
  return all.flatMap((record) => (isJsonObject(record) && isGuardCall(record) ? [record] : []));
}

const functions: readonly JsonValue[] = [
  'label_agent',
  'label_resource',
  'label_response',
] satisfies readonly GuardFunction[];
const lists = ['attempts', 'backendCalls', 'log', 'grows'] as const;

/** Whether a record has what a decision reads. */
function isGuardCall(record: JsonObject): record is JsonObject & GuardCallRecord {
  const { function: name = null, input, output, error, durationMs } = record;
  const isText = (value: JsonValue | undefined): boolean => value === null || typeof value === 'string';
  return (
    functions.includes(name) &&
    typeof input === 'string' &&
    typeof durationMs === 'number' &&
    isText(output) &&
    isText(error) &&
    lists.every((member) => Array.isArray(record[member]))
  );
}
