/** Reads the file of a guard test: the test, and every mistake with its position. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Parsed, Position, Problem } from '../base/parsed.ts';
import type { EnforcementMode } from '../difc/record/decision.ts';
import { decodeGoJsonTree } from '../go/goJsonTree.ts';
import { type Locator, makeLocator } from '../policy/locate.ts';
import type { AcceptedCall } from './acceptedCall.ts';
import { type AcceptedCase, caseKey, type GuardTest, guardTestSchema, readCallRange, testCases } from './guardTest.ts';
import { formMistakes } from './form.ts';
import { guardTestForm } from './testForm.ts';

/** A test that was read, and where its parts stand. */
export interface ReadGuardTest extends Parsed<GuardTest | null> {
  readonly text: string;
  /** The members at the top, so that a problem is reported where it was written. */
  readonly names: ReadonlySet<string>;
  /** The position of a value, or of its nearest ancestor that is there. */
  place(path: readonly (string | number)[]): Position;
  /** The same by its JSON Pointer. */
  placeAt(pointer: string): Position;
}

/** Reads the text of a test. The value is null when it has a mistake: a test that is half read would test something else. */
export function readGuardTest(text: string, file: string): ReadGuardTest {
  const locate = makeLocator(text, file);
  const read = (
    value: GuardTest | null,
    problems: readonly Problem[],
    names: readonly string[] = [],
  ): ReadGuardTest => {
    return {
      value,
      problems,
      text,
      names: new Set(names),
      place: (path) => locate.value(path),
      placeAt: (pointer) => locate.value(segmentsOf(pointer)),
    };
  };
  const tree = decodeGoJsonTree(text);
  if (!tree.ok) {
    const problem = { message: `The guard test is not JSON: ${tree.error}`, hint: 'Correct the text at this place' };
    return read(null, [
      { severity: 'error', code: 'guardtest/not-json', ...problem, position: locate.byte(tree.offset) },
    ]);
  }
  const { value } = tree.value;
  const problems = mistakes(value, locate);
  if (problems.length > 0 || !isJsonObject(value)) return read(null, problems);
  return read(testOf(value), problems, Object.keys(value));
}

/** The members of a test that have numbers as names are not looked for. */
function segmentsOf(pointer: string): readonly (string | number)[] {
  const names = pointer.split('/').slice(1);
  return names.map((name) => (/^\d+$/.test(name) ? Number(name) : name.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function mistakes(value: JsonValue, locate: Locator): readonly Problem[] {
  const byForm = formMistakes(value, guardTestForm).map(({ path, at, text }): Problem => {
    const name = path.length === 0 ? 'The guard test' : `"${path.join('.')}"`;
    const position = at === 'key' ? locate.key(path) : locate.value(path);
    return { ...problemOf(`${name} ${text}`), position };
  });
  if (byForm.length > 0 || !isJsonObject(value)) return byForm;
  return [...contradictions(value)].map(({ path, text }) => ({ ...problemOf(text), position: locate.value(path) }));
}

function problemOf(message: string): Problem {
  return {
    severity: 'error',
    code: 'guardtest/bad-member',
    message,
    hint: `A guard test is {"schema": "${guardTestSchema}", "trace": …, "guard": …, "policy": …}; "guardscope test --create" writes one`,
  };
}

interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** What each member allows and the whole does not. */
function* contradictions(value: JsonObject): Generator<Contradiction> {
  const has = (name: string): boolean => Object.hasOwn(value, name);
  for (const [one, several] of axes) {
    if (has(one) && has(several)) yield { path: [several], text: `The guard test has both "${one}" and "${several}"` };
  }
  if (!has('trace') && !has('traces')) yield { path: [], text: 'The guard test has no "trace"' };
  if (!['guard', 'guards', 'config', 'policy', 'policies'].some(has)) {
    yield { path: [], text: 'The guard test has neither a "guard" nor a "config" nor a "policy"' };
  }
  const calls = value['calls'];
  if (typeof calls === 'string' && readCallRange(calls) === null) {
    yield { path: ['calls'], text: `"calls" is "${calls}"; expected ascending numbers of calls, such as "3-9,12"` };
  }
  const test = testOf(value);
  const known = new Set(testCases(test).map((each) => caseKey(each)));
  const isMatrix = has('traces') || has('guards') || has('policies');
  if (isMatrix && has('accepted')) {
    yield { path: ['accepted'], text: 'A guard test of several combinations has "cases" in place of "accepted"' };
  }
  if (!isMatrix && has('cases'))
    yield { path: ['cases'], text: 'A guard test of one trace and guard has "accepted" in place of "cases"' };
  const seen = new Set<string>();
  for (const [at, each] of test.accepted.entries()) {
    const key = caseKey(each);
    const path = isMatrix ? ['cases', at] : ['accepted'];
    if (!known.has(key)) {
      yield {
        path,
        text: `The combination of "${each.trace.join('", "')}", ${named(each.guard)} and ${named(each.policy)} is not one of this guard test`,
      };
    }
    if (seen.has(key)) yield { path, text: 'The combination stands here twice' };
    seen.add(key);
    let last = 0;
    for (const [index, { call }] of each.calls.entries()) {
      const place = isMatrix ? [...path, 'accepted', index] : ['accepted', index];
      if (call <= last)
        yield { path: [...place, 'call'], text: `Call ${call} stands behind call ${last}; the numbers ascend` };
      last = call;
    }
  }
}

const axes = [
  ['trace', 'traces'],
  ['guard', 'guards'],
  ['policy', 'policies'],
] as const;

function named(path: string | null): string {
  return path === null ? 'none' : `"${path}"`;
}

/** The test of a value that has the right form. */
function testOf(value: JsonObject): GuardTest {
  const text = (name: string): string | null => (typeof value[name] === 'string' ? value[name] : null);
  const listOf = (one: string, several: string): readonly string[] => {
    const list = value[several];
    return isList(list) ? (list as readonly string[]) : text(one) === null ? [] : [text(one) ?? ''];
  };
  const { traces, trace, deadline } = value;
  const sessions = isList(traces) ? traces : trace === undefined ? [] : [trace];
  const only = {
    trace: sessionOf(sessions[0] ?? ''),
    guard: listOf('guard', 'guards')[0] ?? null,
    policy: listOf('policy', 'policies')[0] ?? null,
  };
  const cases = isList(value['cases']) ? (value['cases'] as readonly JsonObject[]) : [];
  return {
    traces: sessions.map(sessionOf),
    guards: listOf('guard', 'guards'),
    policies: listOf('policy', 'policies'),
    config: text('config'),
    mode: text('mode') as EnforcementMode | null,
    server: text('server'),
    lookups: text('lookups'),
    deadlineMs: typeof deadline === 'number' ? deadline : null,
    calls: text('calls'),
    accepted: [
      ...(isList(value['accepted']) ? [acceptedOf(value, only)] : []),
      ...cases.map((each) => {
        const { trace: of = '', guard, policy } = each;
        const pathOf = (path: JsonValue | undefined): string | null => (typeof path === 'string' ? path : null);
        return acceptedOf(each, { trace: sessionOf(of), guard: pathOf(guard), policy: pathOf(policy) });
      }),
    ],
  };
}

function acceptedOf(value: JsonObject, of: Pick<AcceptedCase, 'trace' | 'guard' | 'policy'>): AcceptedCase {
  const { traceHash, accepted } = value;
  return {
    ...of,
    traceHash: typeof traceHash === 'string' ? traceHash : null,
    calls: isList(accepted) ? (accepted as unknown as readonly AcceptedCall[]) : [],
  };
}

function sessionOf(value: JsonValue): readonly string[] {
  return isList(value) ? (value as readonly string[]) : [typeof value === 'string' ? value : ''];
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
