/** Reads changes of calls from JSON: of one call, or of several with their numbers. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { pointerSegment } from '../base/jsonPointer.ts';
import type { EnforcementMode, LabelPair } from '../difc/record/decision.ts';
import { sortUtf8 } from '../go/goText.ts';
import { type CallChanges, type PartChange, unusable, type UnusableChanges } from './callChanges.ts';

/** The changes of one call, or why they cannot be used. */
export type ReadChanges = { readonly ok: true; readonly value: CallChanges } | UnusableChanges;

/** Changes as a file has them. */
export interface WrittenChanges {
  /** Index of the call; null when the file does not name it. */
  readonly call: number | null;
  /** The tool of the call when the file was written; null when the file does not name it. */
  readonly tool: string | null;
  readonly changes: CallChanges;
}

/** The changes of a file, or why they cannot be used. */
export type ReadFile = { readonly ok: true; readonly value: readonly WrittenChanges[] } | UnusableChanges;

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

/** The first segments of a place in `set`. */
const roots = ['arguments', 'data', 'result'] as const;

/** The members of changes, with a reader that gives the changed part, or the reason why there is none. */
const members: Readonly<Record<string, (value: JsonValue) => CallChanges | UnusableChanges>> = {
  arguments: (args) => ({ args }),
  result: (result) => ({ answer: { result } }),
  error: (error) =>
    typeof error === 'string' ? { answer: { error } } : unusable('its "error" is not a string', '/error'),
  data: (data) => ({ data }),
  set: partsOf,
  agent: labelsOf,
  mode: modeOf,
};

/** Those of which a call has one at most. */
const answers = ['result', 'error', 'data'] as const;

/**
 * Reads `{"arguments": {…}, "data": …, "agent": {"secrecy": […], "integrity": […]}, "mode": "strict", "set": {"/data/0/private": true}}`; `result`
 * or `error` may stand in place of `data`. Members of other names are refused, because a misspelt one would change nothing.
 */
export function readCallChanges(value: JsonValue): ReadChanges {
  if (!isJsonObject(value)) return unusable('it is not an object');
  let changes: CallChanges = {};
  for (const [name, member] of Object.entries(value)) {
    const read = Object.hasOwn(members, name) ? members[name] : undefined;
    if (read === undefined) {
      const known = Object.keys(members).join(', ');
      return unusable(`it has the unknown member "${name}"; its members are ${known}`, `/${pointerSegment(name)}`);
    }
    const change = read(member);
    if ('ok' in change) return change;
    changes = { ...changes, ...change };
  }
  const [first, second] = answers.filter((name) => Object.hasOwn(value, name));
  if (second !== undefined) return unusable(`it has both "${first}" and "${second}"`, `/${second}`);
  return { ok: true, value: changes };
}

/**
 * Reads the changes of one call, which may have its number in `call`, or `{"changes": [{"call": 12, "tool": "read_file", …}, …]}` with those of several
 * calls. Numbers begin with 1, as in tables.
 */
export function readChangesFile(value: JsonValue): ReadFile {
  if (!isJsonObject(value) || !Object.hasOwn(value, 'changes')) return single(value, '');
  const { changes: list, ...others } = value;
  const other = Object.keys(others).find((name) => name !== '$schema');
  if (other !== undefined) return unusable(`it has "${other}" beside "changes"`, `/${pointerSegment(other)}`);
  if (!isList(list)) return unusable('its "changes" is not a list', '/changes');
  if (list.length === 0) return unusable('its "changes" has no entry', '/changes');
  const all: WrittenChanges[] = [];
  for (const [at, entry] of list.entries()) {
    const read = single(entry, `/changes/${at}`);
    if (!read.ok) return read;
    const [one] = read.value;
    if (one === undefined || one.call === null) {
      return unusable(`entry ${at + 1} of its "changes" has no "call"`, `/changes/${at}`);
    }
    if (all.some(({ call }) => call === one.call)) {
      return unusable(`it has two entries for call ${one.call + 1}`, `/changes/${at}/call`);
    }
    all.push(one);
  }
  return { ok: true, value: all };
}

function single(value: JsonValue, pointer: string): ReadFile {
  if (!isJsonObject(value))
    return unusable(pointer === '' ? 'it is not an object' : 'an entry is not an object', pointer);
  const { call, tool, $schema: _schema, ...rest } = value;
  if (call !== undefined && !(typeof call === 'number' && Number.isInteger(call) && call >= 1)) {
    return unusable(`its "call" is ${JSON.stringify(call)}, not a number from 1`, `${pointer}/call`);
  }
  if (tool !== undefined && typeof tool !== 'string') return unusable('its "tool" is not a string', `${pointer}/tool`);
  const read = readCallChanges(rest);
  if (!read.ok) return { ...read, pointer: pointer + read.pointer };
  return { ok: true, value: [{ call: call === undefined ? null : call - 1, tool: tool ?? null, changes: read.value }] };
}

function partsOf(value: JsonValue): CallChanges | UnusableChanges {
  if (!isJsonObject(value)) return unusable('its "set" is not of the form {"/data/0/name": VALUE}', '/set');
  const parts: PartChange[] = [];
  for (const [pointer, part] of Object.entries(value)) {
    if (!roots.some((root) => pointer === `/${root}` || pointer.startsWith(`/${root}/`))) {
      const reason = `its "set" has the place "${pointer}"; a place begins with ${roots.map((root) => `/${root}`).join(', ')}`;
      return unusable(reason, `/set/${pointerSegment(pointer)}`);
    }
    parts.push({ pointer, value: part });
  }
  return { parts };
}

function modeOf(value: JsonValue): CallChanges | UnusableChanges {
  if (value === null) return { mode: null };
  const mode = modes.find((known) => known === value);
  if (mode !== undefined) return { mode };
  return unusable(
    `its "mode" is ${JSON.stringify(value)}; expected ${modes.join(', ')}, or null for that of the guard`,
    '/mode',
  );
}

function labelsOf(agent: JsonValue): CallChanges | UnusableChanges {
  if (!isJsonObject(agent)) return unusable(`its "agent" is not of the form ${labelsForm}`, '/agent');
  const { secrecy = [], integrity = [], ...others }: JsonObject = agent;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    return unusable(
      `its "agent" has the unknown member "${other}"; it is not of the form ${labelsForm}`,
      `/agent/${pointerSegment(other)}`,
    );
  }
  const labels: Partial<Record<keyof LabelPair, readonly string[]>> = {};
  for (const [kind, list] of [
    ['secrecy', secrecy],
    ['integrity', integrity],
  ] as const) {
    if (!isList(list)) return unusable(`its "agent" is not of the form ${labelsForm}`, `/agent/${kind}`);
    const tags: string[] = [];
    for (const [at, tag] of list.entries()) {
      if (typeof tag !== 'string' || tag.trim() === '' || tag.trim() !== tag) {
        const shown = JSON.stringify(tag);
        return unusable(
          `its "agent" has ${shown} as a tag of ${kind}; a tag is a text such as "private:acme/site", without spaces around it`,
          `/agent/${kind}/${at}`,
        );
      }
      tags.push(tag);
    }
    labels[kind] = sorted(tags);
  }
  return { labels: { secrecy: labels.secrecy ?? [], integrity: labels.integrity ?? [] } };
}

const labelsForm = '{"secrecy": ["TAG"], "integrity": ["TAG"]}';

/** Labels are sorted and have each tag once. */
function sorted(tags: readonly string[]): readonly string[] {
  return sortUtf8([...new Set(tags)]);
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
