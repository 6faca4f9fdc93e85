/** Reads a file of decision records, as `replay --json` prints them. */
import { Failure } from '../../core/base/failure.ts';
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import { type Line, LineSplitter } from '../../core/base/lines.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import { streamRegular } from '../files/regularFile.ts';
import { DecidedRun } from './decidedRun.ts';

const chunkBytes = 1024 * 1024;

/** The records of a file. Throws `records/unreadable`, or `records/bad-line` with the number of the first line that is not a record. */
export async function readRecordFile(path: string): Promise<DecidedRun> {
  const run = new DecidedRun();
  const splitter = new LineSplitter((line) => addLine(run, line, path));
  try {
    for await (const chunk of streamRegular(path, { chunkBytes })) splitter.push(chunk);
    splitter.end();
    if (run.size > 0) return run;
  } catch (thrown) {
    run.dispose();
    if (thrown instanceof Failure) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('records/unreadable', `Cannot read the records "${path}": ${reason}`, 'Check the path');
  }
  const message = `"${path}" has no decision records`;
  throw new Failure(
    'records/unreadable',
    message,
    'Write them with "replay --json > FILE"; "guardscope help replay" names the other flags',
  );
}

function addLine(run: DecidedRun, { number, bytes }: Line, path: string): void {
  if (bytes !== null && bytes.length === 0) return;
  const text = bytes === null ? null : new TextDecoder().decode(bytes);
  const missing = text === null ? 'it is too long' : missingIn(text);
  if (missing === null && bytes !== null && text !== null) {
    run.add(JSON.parse(text) as DecisionRecord, bytes);
    return;
  }
  throw new Failure(
    'records/bad-line',
    `Line ${number} of "${path}" is not a decision record: ${missing ?? 'it is too long'}`,
    'Use two files with the output of "replay --json", or a trace with --guard or --config',
  );
}

const strings = ['server', 'tool', 'agent', 'mode', 'outcome'] as const;
const lists = ['guardCalls', 'problems'] as const;
const objects = ['client', 'agentBefore', 'agentAfter'] as const;

/** What a record needs and a line does not have; null when it has all that a comparison reads. */
function missingIn(text: string): string | null {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return 'it is not JSON';
  }
  if (!isJsonObject(value)) return 'it is not an object';
  const has = (name: string, test: (member: JsonValue | undefined) => boolean): boolean =>
    !test(Object.hasOwn(value, name) ? value[name] : undefined);
  const missing =
    ['index'].find((name) => has(name, (member) => typeof member === 'number' && Number.isSafeInteger(member))) ??
    strings.find((name) => has(name, (member) => typeof member === 'string')) ??
    lists.find((name) => has(name, (member) => Array.isArray(member))) ??
    objects.find((name) => has(name, isJsonObject));
  return missing === undefined ? null : `its member "${missing}" is missing or of another type`;
}
