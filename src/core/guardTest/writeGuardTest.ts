/** Writes the file of a guard test so that a diff of it reads well: one line for each part of a decision, and one for each item. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { AcceptedCall } from './acceptedCall.ts';
import { type AcceptedCase, type GuardTest, guardTestSchema } from './guardTest.ts';
import { acceptedMembers } from './testForm.ts';

/** The text of a test. A test with one combination has its decisions at the top, another one in `cases`. */
export function guardTestText(test: GuardTest): string {
  const { traces, guards, policies, config, mode, server, lookups, deadlineMs, calls } = test;
  const isMatrix = traces.length > 1 || guards.length > 1 || policies.length > 1;
  const head: readonly (readonly [string, JsonValue | undefined])[] = [
    ['schema', guardTestSchema],
    axis('trace', 'traces', traces.map(sessionValue)),
    ['config', config ?? undefined],
    axis('guard', 'guards', guards),
    axis('policy', 'policies', policies),
    ['mode', mode ?? undefined],
    ['server', server ?? undefined],
    ['lookups', lookups ?? undefined],
    ['deadline', deadlineMs ?? undefined],
    ['calls', calls ?? undefined],
  ];
  const members = head.flatMap(([name, value]) => (value === undefined ? [] : [memberText(name, value)]));
  const [only] = test.accepted;
  const accepted = isMatrix
    ? [
        `"cases": ${listText(
          test.accepted.map((each) => caseText(each)),
          1,
        )}`,
      ]
    : only === undefined
      ? []
      : decisionsOf(only, 1);
  return `{\n${[...members, ...accepted].map((member) => `  ${member}`).join(',\n')}\n}\n`;
}

/** The text of one decision, as it stands in the file; for views that show an expected and an actual one. */
export function acceptedCallText(call: AcceptedCall): string {
  return callText(call, 0);
}

function axis(one: string, several: string, values: readonly JsonValue[]): readonly [string, JsonValue | undefined] {
  return values.length > 1 ? [several, values] : [one, values[0]];
}

function sessionValue(files: readonly string[]): JsonValue {
  return files.length === 1 ? (files[0] ?? '') : files;
}

function caseText(each: AcceptedCase): string {
  const { trace, guard, policy } = each;
  const names = [
    memberText('trace', sessionValue(trace)),
    ...(guard === null ? [] : [memberText('guard', guard)]),
    ...(policy === null ? [] : [memberText('policy', policy)]),
  ];
  const pad = '  '.repeat(3);
  return `{\n${[...names, ...decisionsOf(each, 3)].map((member) => `${pad}${member}`).join(',\n')}\n    }`;
}

function decisionsOf({ traceHash, calls }: AcceptedCase, depth: number): readonly string[] {
  return [
    ...(traceHash === null ? [] : [memberText('traceHash', traceHash)]),
    `"accepted": ${listText(
      calls.map((call) => callText(call, depth + 1)),
      depth,
    )}`,
  ];
}

/** What was called stands in the first line, then each part in a line of its own, and lists of objects or of lines item by item. */
function callText(call: AcceptedCall, depth: number): string {
  const value = call as unknown as JsonObject;
  const names = Object.keys(acceptedMembers).filter((name) => Object.hasOwn(value, name));
  const called = names.filter((name) => calledMembers.has(name)).map((name) => memberText(name, value[name] ?? null));
  const parts = names
    .filter((name) => !calledMembers.has(name))
    .map((name): string => {
      const part = value[name] ?? null;
      const items = Array.isArray(part) ? (part as readonly JsonValue[]) : [];
      const isLong = items.length > 1 ? name !== 'findings' : items.some((item) => isJsonObject(item));
      return isLong
        ? `"${name}": ${listText(
            items.map((item) => lineText(item)),
            depth + 1,
          )}`
        : memberText(name, part);
    });
  const pad = '  '.repeat(depth + 1);
  return `{\n${pad}${[called.join(', '), ...parts].join(`,\n${pad}`)}\n${'  '.repeat(depth)}}`;
}

const calledMembers: ReadonlySet<string> = new Set(['call', 'server', 'agent', 'tool', 'args']);

function listText(items: readonly string[], depth: number): string {
  if (items.length === 0) return '[]';
  const pad = '  '.repeat(depth);
  return `[\n${items.map((item) => `${pad}  ${item}`).join(',\n')}\n${pad}]`;
}

function memberText(name: string, value: JsonValue): string {
  return `${jsonText(name)}: ${lineText(value)}`;
}

/** A value in one line, with spaces behind commas and colons. */
function lineText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map((item) => lineText(item)).join(', ')}]`;
  if (!isJsonObject(value)) return jsonText(value);
  const members = Object.entries(value).map(([name, member]) => memberText(name, member));
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
