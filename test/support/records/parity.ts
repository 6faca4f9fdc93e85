/** Reads the recorded answers of the gateway, and compares answers with them as their README specifies. */
import { readFileSync, readdirSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../../../src/core/base/json.ts';
import { isJsonObject } from '../../../src/core/base/json.ts';
import { repoPath } from '../paths.ts';

/** One folder of `test/parity`: a module, steps, and the gateway's answer to each step. */
export interface ParityCase {
  /** `group/name`. */
  readonly name: string;
  readonly group: string;
  readonly guard: Uint8Array;
  readonly steps: readonly JsonObject[];
  readonly expected: readonly JsonObject[];
}

/** The cases of these groups, sorted by name. */
export function parityCases(groups: readonly string[]): readonly ParityCase[] {
  return groups.flatMap((group) =>
    readdirSync(repoPath(`test/parity/${group}`), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .map((name) => readCase(group, name)),
  );
}

/** The names of all groups. */
export function parityGroups(): readonly string[] {
  return readdirSync(repoPath('test/parity'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The input text of a step. */
export function inputText(step: JsonObject): string {
  const { input, inputRepeat } = step;
  if (typeof input === 'string') return input;
  if (!isJsonObject(inputRepeat)) return '';
  const { text, times, prefix, suffix } = inputRepeat;
  return `${textOf(prefix)}${textOf(text).repeat(typeof times === 'number' ? times : 0)}${textOf(suffix)}`;
}

/** A member of a step as a string; empty when it is absent or not a string. */
export function textMember(step: JsonObject, name: string): string {
  return textOf(step[name]);
}

/** Members whose lists are sets: the gateway's order is random. */
const tagMembers: ReadonlySet<string> = new Set(['secrecy', 'integrity', 'secrecyToAdd', 'integrityToDrop']);

/** The part of `actual` that has the shape of `expected`, with tag lists sorted; equal to `expectedShape` exactly when it passes. */
export function actualShape(expected: JsonObject, actual: JsonObject): JsonValue {
  return Object.fromEntries(
    Object.keys(expected).map((key) => [key, withSortedTags(key, actual[key] ?? (key in actual ? null : missing))]),
  );
}

/** `expected` with tag lists sorted. */
export function expectedShape(expected: JsonObject): JsonValue {
  return withSortedTags('', expected);
}

const missing = '<missing>';

function withSortedTags(key: string, value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => withSortedTags('', item));
    return tagMembers.has(key) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSortedTags(name, member)]));
}

function readCase(group: string, name: string): ParityCase {
  const folder = repoPath(`test/parity/${group}/${name}`);
  return {
    name: `${group}/${name}`,
    group,
    guard: new Uint8Array(readFileSync(`${folder}/guard.wasm`)),
    steps: readLines(`${folder}/steps.jsonl`),
    expected: readLines(`${folder}/expected.jsonl`),
  };
}

function readLines(file: string): readonly JsonObject[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as JsonObject);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
