/** Answers to look-ups that a user wrote for a replay, for those that the trace has no answer to: `look-ups.json`. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { encodeGoJson } from '../../go/goJson.ts';
import type { RecordedAnswer } from './traceModel.ts';

/** The answer to one question, as often as it is asked. */
export interface LookupFixture {
  /** Whose guard asks; null: of any server. */
  readonly server: string | null;
  readonly tool: string;
  /** The arguments as canonical Go JSON. */
  readonly argsText: string;
  readonly answer: RecordedAnswer;
}

/** The fixtures of a file, or why it has none, with the place of the mistake. */
export type ReadFixtures =
  | { readonly ok: true; readonly value: readonly LookupFixture[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads `{"lookups": [{"tool": …, "arguments": {…}, "result": …}, {"server": …, "tool": …, "error": "…"}]}`, or only the list. Absent
 * arguments are `{}`. Members of other names are refused, because a misspelt one would give another answer than was meant.
 */
export function readLookupFixtures(value: JsonValue): ReadFixtures {
  const list = isJsonObject(value) ? value['lookups'] : value;
  if (!Array.isArray(list)) return { ok: false, reason: 'it has no list "lookups"' };
  const fixtures: LookupFixture[] = [];
  for (const [at, entry] of (list as readonly JsonValue[]).entries()) {
    const read = isJsonObject(entry) ? fixtureOf(entry) : 'is not an object';
    if (typeof read === 'string') return { ok: false, reason: `look-up ${at + 1} ${read}` };
    fixtures.push(read);
  }
  return { ok: true, value: fixtures };
}

const members: ReadonlySet<string> = new Set(['server', 'tool', 'arguments', 'result', 'error']);

/** A fixture, or what is wrong with the entry. */
function fixtureOf(entry: JsonObject): LookupFixture | string {
  const unknown = Object.keys(entry).find((name) => !members.has(name));
  if (unknown !== undefined) return `has the unknown member "${unknown}"; its members are ${[...members].join(', ')}`;
  const { server = null, tool, arguments: args = {}, result, error } = entry;
  if (typeof tool !== 'string' || tool === '') return 'has no "tool"';
  if (server !== null && typeof server !== 'string') return 'has a "server" that is not a string';
  if (!isJsonObject(args)) return 'has "arguments" that are not an object';
  if ((result === undefined) === (error === undefined)) return 'needs either "result" or "error"';
  const of = { server, tool, argsText: encodeGoJson(args) };
  if (result !== undefined) return { ...of, answer: { result } };
  return typeof error === 'string' ? { ...of, answer: { error } } : 'has an "error" that is not a string';
}

/** The fixtures for the guard of a server; those that name it come first, so that they win. */
export function fixturesFor(server: string, fixtures: readonly LookupFixture[]): readonly LookupFixture[] {
  return [...fixtures.filter((each) => each.server === server), ...fixtures.filter((each) => each.server === null)];
}
