/** Reads JSON files that a user wrote for a replay. */
import { Failure } from '../../core/base/failure.ts';
import type { JsonValue } from '../../core/base/json.ts';
import { type LookupFixture, readLookupFixtures } from '../../core/trace/model/lookupFixtures.ts';
import { readChangesFile, type WrittenChanges } from '../../core/whatIf/readChanges.ts';
import { readInput } from './readInput.ts';

/** What a file of a role is called in messages, and the form that it must have. */
const forms = {
  lookups: {
    name: 'look-ups',
    form: '{"lookups": [{"tool": "NAME", "arguments": {…}, "result": …}]}; "server" and "error" in place of "result" are possible',
  },
  changes: {
    name: 'changes',
    form: '{"arguments": {…}, "data": …, "agent": {"secrecy": […], "integrity": […]}, "mode": "strict", "set": {"/data/0/name": …}}; "guardscope help records" says what they mean',
  },
} as const;

/** Answers to look-ups (`replay --lookups`); none without a file. Throws `lookups/unusable` with the place of a mistake, or what `readInput` throws. */
export async function readLookups(path: string | null): Promise<readonly LookupFixture[]> {
  return path === null ? [] : readWritten(path, 'lookups', readLookupFixtures);
}

/** Changes of calls (`replay --changes`). Throws `changes/unusable` with the mistake, or what `readInput` throws. */
export function readChanges(path: string): Promise<readonly WrittenChanges[]> {
  return readWritten(path, 'changes', readChangesFile);
}

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

async function readWritten<T>(path: string, role: keyof typeof forms, read: (value: JsonValue) => Read<T>): Promise<T> {
  const { name, form } = forms[role];
  const given = read(parse(new TextDecoder().decode(await readInput(path, role)), path, role));
  if (given.ok) return given.value;
  throw new Failure(`${role}/unusable`, `The ${name} in "${path}" cannot be used: ${given.reason}`, `Write ${form}`);
}

function parse(text: string, path: string, role: keyof typeof forms): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const { name } = forms[role];
    throw new Failure(`${role}/unusable`, `The ${name} in "${path}" are not JSON: ${reason}`, 'Correct the file');
  }
}
