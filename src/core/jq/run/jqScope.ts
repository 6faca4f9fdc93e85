/** Names of a jq program: what they stand for, and where the environment of a run holds it. */
import type { Ast } from '../syntax/jqAst.ts';
import type { Bound, Env, Machine, Node } from './jqMachine.ts';

/** The names that are visible at a place of a program, the innermost first. Functions take no place in the environment. */
export type Scope =
  | { readonly kind: 'variable' | 'argument' | 'label'; readonly name: string; readonly up: Scope }
  | FunctionEntry
  | null;

/** A function. `body` is set once it is compiled; a recursive call reads it when it runs. */
export interface FunctionEntry {
  readonly kind: 'function';
  readonly name: string;
  /** Those with `$` are values, the others are evaluated where they are used. */
  readonly params: readonly string[];
  readonly up: Scope;
  body: Node | null;
}

/** Compiles a part of a program for a machine. */
export interface NodeCompiler {
  readonly machine: Machine;
  compile(ast: Ast, scope: Scope): Node;
}

/** What a name stands for, and how many bindings of the environment are further in. null when the program does not define it. */
export function findName(
  scope: Scope,
  name: string,
  arity: number,
): { readonly entry: NonNullable<Scope>; readonly hops: number } | null {
  let hops = 0;
  for (let at = scope; at !== null; at = at.up) {
    const arityOfEntry = at.kind === 'function' ? at.params.length : 0;
    if (at.kind !== 'label' && at.name === name && arityOfEntry === arity) return { entry: at, hops };
    if (at.kind !== 'function') hops++;
  }
  return null;
}

/** The environment without its innermost bindings. */
export function outwards(env: Env, hops: number): Env {
  let at = env;
  for (let hop = 0; hop < hops; hop++) at = at?.up ?? null;
  return at;
}

/** The binding at a distance. */
export function lookUp(env: Env, hops: number): Bound {
  return outwards(env, hops)?.bound ?? null;
}
