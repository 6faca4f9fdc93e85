/** Runs a response filter as the gateway does with gojq: one output, within a bound of work (gateway `internal/middleware/jqschema.go`, spec 3.15). */
import { encodeGoJson } from '../go/goJson.ts';
import { quoteGo, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { compileJq } from './run/jqCompile.ts';
import { JqSyntaxError } from './syntax/jqLexer.ts';
import { Halt, Machine, type Node, NotSupported, TooMuchWork } from './run/jqMachine.ts';
import { parseJq } from './syntax/jqParser.ts';
import {
  isArray,
  isObject,
  JqCompileError,
  JqError,
  type JqValue,
  keysOf,
  NumberLiteral,
  requireSize,
  toJson,
} from './jqValue.ts';

/** What a filter makes of a value. `failed`: the gateway's error, after which the client gets the answer as it was. */
export type Filtered =
  | { readonly kind: 'output'; readonly json: string }
  | { readonly kind: 'failed'; readonly error: string }
  /** The filter uses `word`, which Guardscope does not have. */
  | { readonly kind: 'not-supported'; readonly word: string }
  /** The filter did more work than Guardscope allows; the gateway ends it after 5 seconds. */
  | { readonly kind: 'too-much-work' };

/** A compiled filter. */
export interface ResponseFilter {
  /** `size`: length of the input's JSON text; larger inputs may take more work. */
  apply(input: JsonValue, size: number): Filtered;
}

/** Why a filter cannot be compiled: gojq's error with the gateway's detail before it, or a word that Guardscope does not have. */
export type FilterFault =
  | { readonly kind: 'invalid'; readonly error: string; readonly detail: string }
  | { readonly kind: 'not-supported'; readonly word: string };

/**
 * Units of work that a filter may do for an answer of some length; two to three million take a second. It depends on nothing else, so that
 * a replay gives the same each time, and a filter that loops costs little for each of many small answers.
 */
function budgetFor(size: number): number {
  return Math.min(500_000 + 50 * size, 10_000_000);
}

/** Compiles the program of a filter. */
export function compileFilter(program: string): ResponseFilter | FilterFault {
  const machine = new Machine();
  try {
    return new CompiledFilter(machine, compileJq(parseJq(program), machine));
  } catch (thrown) {
    if (thrown instanceof JqSyntaxError) {
      const token = thrown.token === '' ? '<EOF>' : thrown.token;
      const detail = ` at offset ${thrown.offset} (token ${quoteGo(token)})`;
      return { kind: 'invalid', error: thrown.message, detail };
    }
    if (thrown instanceof JqCompileError) return { kind: 'invalid', error: thrown.message, detail: '' };
    if (thrown instanceof NotSupported) return { kind: 'not-supported', word: thrown.word };
    if (thrown instanceof RangeError) return { kind: 'not-supported', word: 'nesting as deep as this' };
    throw thrown;
  }
}

/** Whether `compileFilter` gave a filter. */
export function isFilter(compiled: ResponseFilter | FilterFault): compiled is ResponseFilter {
  return 'apply' in compiled;
}

class CompiledFilter implements ResponseFilter {
  readonly #machine: Machine;
  readonly #node: Node;

  constructor(machine: Machine, node: Node) {
    this.#machine = machine;
    this.#node = node;
  }

  apply(input: JsonValue, size: number): Filtered {
    try {
      this.#machine.start(this.#node, input, budgetFor(size));
      return this.#run();
    } catch (thrown) {
      if (thrown instanceof NotSupported) return { kind: 'not-supported', word: thrown.word };
      if (!(thrown instanceof TooMuchWork) && !(thrown instanceof RangeError)) throw thrown;
      return { kind: 'too-much-work' };
    }
  }

  #run(): Filtered {
    const first = this.#next();
    if (first === undefined) return { kind: 'failed', error: 'tool response filter returned no results' };
    if (first instanceof Error) return { kind: 'failed', error: failureText(first) };
    const second = this.#next();
    if (second === undefined) return goJson(first);
    const extra = second instanceof Error ? errorType(second) : goType(second);
    const advice = 'use array form ([.a, .b]) to combine outputs into a single value';
    const error = `tool response filter returned multiple results — ${advice}; first=${goType(first)} extra=${extra}`;
    return { kind: 'failed', error };
  }

  #next(): JqValue | JqError | Halt | undefined {
    try {
      return this.#machine.output();
    } catch (thrown) {
      if (thrown instanceof JqError || thrown instanceof Halt) return thrown;
      throw thrown;
    }
  }
}

function failureText(error: JqError | Halt): string {
  const name = 'tool response filter';
  if (error instanceof JqError) {
    if (error.thrown !== undefined) return `${name} error: ${error.message}`;
    return `${name} type error: ${error.message} (check filter handles null/missing fields)`;
  }
  if (error.value === null) return `${name} halted cleanly with no output`;
  const text = typeof error.value === 'string' ? error.value : toJson(error.value);
  return `${name} halted with error (exit code ${error.exitCode}): halt error: ${text}`;
}

/** The output as Go's `json.Marshal` writes it, which refuses NaN and infinity. */
function goJson(value: JqValue): Filtered {
  const wrong: string[] = [];
  let values = 0;
  const write = (each: JqValue): string => {
    requireSize(++values);
    if (typeof each === 'number' && !Number.isFinite(each))
      wrong.push(Number.isNaN(each) ? 'NaN' : each > 0 ? '+Inf' : '-Inf');
    if (typeof each === 'bigint') return String(each);
    if (each instanceof NumberLiteral) return each.literal;
    if (isArray(each)) return `[${each.map(write).join(',')}]`;
    if (isObject(each))
      return `{${keysOf(each)
        .map((key) => `${encodeGoJson(key)}:${write(each[key] ?? null)}`)
        .join(',')}}`;
    return typeof each === 'number' && !Number.isFinite(each) ? 'null' : encodeGoJson(each);
  };
  const json = write(value);
  return wrong.length === 0
    ? { kind: 'output', json }
    : { kind: 'failed', error: `json: unsupported value: ${wrong[0]}` };
}

/** The Go type of a value, as `%T` prints it. */
function goType(value: JqValue): string {
  if (value === null) return '<nil>';
  if (isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'int' : '*big.Int';
  if (value instanceof NumberLiteral) return 'json.Number';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** gojq has many types of errors; only the two of the program's own are kept apart. */
function errorType(error: Error): string {
  if (error instanceof Halt) return '*gojq.HaltError';
  return error instanceof JqError && error.thrown !== undefined ? '*gojq.exitCodeError' : 'error';
}

/** The program of a filter as the gateway reads it; null when it is blank, which means no filter. */
export function filterProgram(text: string | undefined): string | null {
  const program = trimSpace(text ?? '');
  return program === '' ? null : program;
}
