/** Response filters give the recorded answers of gojq v0.12.19, end when they loop, and name what they do not support. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { compileFilter, type Filtered, filterProgram, isFilter } from '../../../src/core/jq/jqFilter.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';
import { repoPath } from '../../support/paths.ts';

/** One program on one input. `output` is Go's JSON, `failed` the gateway's error, `invalid` the end of its error at the start. */
interface Recorded {
  readonly on: string;
  readonly program: string;
  readonly output?: string;
  readonly failed?: string;
  readonly invalid?: string;
  readonly multiple?: true;
  readonly timeout?: true;
}

const inputs = JSON.parse(readFileSync(repoPath('test/core/jq/gojqInputs.json'), 'utf8')) as Readonly<
  Record<string, JsonValue>
>;
const answers = jsonLines('test/core/jq/gojqAnswers.jsonl') as readonly Recorded[];

/** What Guardscope says of a program on an input. */
function ran(program: string, input: JsonValue): Filtered | { readonly kind: 'invalid'; readonly error: string } {
  const compiled = compileFilter(program);
  if (isFilter(compiled)) return compiled.apply(input, JSON.stringify(input).length);
  return compiled.kind === 'invalid' ? { kind: 'invalid', error: `${compiled.detail}: ${compiled.error}` } : compiled;
}

/** The same in the form of the recording. */
function shownAs(program: string, input: JsonValue): Omit<Recorded, 'on' | 'program'> | { readonly word: string } {
  const result = ran(program, input);
  switch (result.kind) {
    case 'output':
      return { output: result.json };
    case 'invalid':
      return { invalid: result.error };
    case 'not-supported':
      return { word: result.word };
    case 'too-much-work':
      return { timeout: true };
    case 'failed':
      return result.error.startsWith('tool response filter returned multiple results — ')
        ? { multiple: true }
        : { failed: result.error };
  }
}

/** Programs of the recording that use something that Guardscope does not have. */
const notSupported: Readonly<Record<string, string>> = {
  'now | type': 'now',
  '[ldexp(1; 3), scalb(1; -1), fmin(1; 2), fmax(1; 2), fma(1; 2; 3)]': 'fma',
  'builtins | length': 'builtins',
  gamma: 'gamma',
  '[.[] | numbers | gamma]': 'gamma',
  modulemeta: 'modulemeta',
  localtime: 'localtime',
};

describe('recorded answers of gojq', () => {
  const differing = answers.filter(({ program }) => !Object.hasOwn(notSupported, program));
  test.each(differing)('$program', ({ on, program, ...recorded }) => {
    expect(shownAs(program, inputs[on] ?? null)).toEqual(recorded);
  });

  test.each(Object.entries(notSupported))('%s is not supported', (program, word) => {
    const { on } = answers.find((each) => each.program === program) ?? { on: '' };
    expect(shownAs(program, inputs[on] ?? null)).toEqual({ word });
  });
});

describe('a filter', () => {
  it('may do more work for a larger answer', () => {
    const program = 'last(range(400000))';
    expect(ran(program, null)).toEqual({ kind: 'too-much-work' });
    expect(ran(program, 'x'.repeat(50_000))).toEqual({ kind: 'output', json: '399999' });
  });

  it('ends when a text or an array grows without bound', () => {
    expect(ran('"x" | until(false; . + .)', null)).toEqual({ kind: 'too-much-work' });
    expect(ran('[1] | until(false; . + .)', null)).toEqual({ kind: 'too-much-work' });
  });

  it('matches a regular expression in linear time that takes exponential time elsewhere', () => {
    expect(ran('test("^(a+)+$")', `${'a'.repeat(2000)}b`)).toEqual({ kind: 'output', json: 'false' });
  });

  it('recurses as deeply as gojq, which uses no stack', () => {
    const program = 'def down($n): if $n > 0 then 1 + down($n - 1) else 0 end; down(10000)';
    expect(ran(program, null)).toEqual({ kind: 'output', json: '10000' });
  });

  it('does not change its input', () => {
    const input = { list: [{ a: 1 }, { a: 2 }] };
    const before = structuredClone(input);
    ran('.list[].a |= . + 1 | .list[0].a = 9 | del(.list[1])', input);
    expect(input).toEqual(before);
  });

  it('has the types of Go in the error about several outputs', () => {
    expect(ran('1, "a"', null)).toMatchObject({
      error:
        'tool response filter returned multiple results — use array form ([.a, .b]) to combine outputs into a single value; first=int extra=string',
    });
  });

  it('treats __proto__ as an ordinary key', () => {
    const input = JSON.parse('{"__proto__": {"a": 1}}') as JsonValue;
    expect(ran('.["__proto__"].a', input)).toEqual({ kind: 'output', json: '1' });
    expect(ran('.["__proto__"] = 2', {})).toEqual({ kind: 'output', json: '{"__proto__":2}' });
    expect(ran('.constructor', {})).toEqual({ kind: 'output', json: 'null' });
  });

  it('names directives of dates that are not supported', () => {
    expect(ran('0 | strftime("%G")', null)).toEqual({ kind: 'not-supported', word: 'strftime(%G)' });
    expect(ran('"5" | strptime("%U")', null)).toEqual({ kind: 'not-supported', word: 'strptime(%U)' });
  });

  it('is refused when it nests more deeply than Guardscope reads', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(ran(deep, null)).toEqual({ kind: 'not-supported', word: 'nesting as deep as this' });
  });

  it('is absent when its text is blank', () => {
    expect([filterProgram(undefined), filterProgram(' \n'), filterProgram(' .a ')]).toEqual([null, null, '.a']);
  });
});
