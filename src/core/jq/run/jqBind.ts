/** Bindings of jq programs: `as` with its patterns, `reduce` and `foreach`. */
import type { Ast, Pattern } from '../syntax/jqAst.ts';
import type { Env, Node, Path, Step } from './jqMachine.ts';
import { requireIntact } from './jqMachine.ts';
import { indexValue } from '../functions/jqPaths.ts';
import { findName, lookUp, type NodeCompiler, type Scope } from './jqScope.ts';
import { isArray, JqError, type JqValue, shown } from '../jqValue.ts';

/** Takes a value apart: continues with the environment that has the variables of the pattern. */
type Destructure = (env: Env, value: JqValue, path: Path, next: (env: Env, path: Path) => Step) => Step;

interface Bound {
  readonly destructure: Destructure;
  /** The scope with the variables. */
  readonly scope: Scope;
}

/** `source as pattern | body`, and alternatives with `?//`: an error in one pattern or in the body leads to the next. */
export function bindNode(
  compiler: NodeCompiler,
  { source, patterns, body }: Extract<Ast, { readonly t: 'bind' }>,
  scope: Scope,
): Node {
  const from = compiler.compile(source, scope);
  const [first, ...others] = patterns;
  const bound =
    others.length === 0 && first !== undefined
      ? single(compiler, first, scope)
      : alternatives(compiler, patterns, scope);
  const rest = compiler.compile(body, bound.scope);
  return (env, value, path, next) =>
    from(env, value, null, (each) => bound.destructure(env, each, null, (inner) => rest(inner, value, path, next)));
}

/** `reduce source as pattern (init; update)`: the last output of `update` counts; without one the state stays. */
export function reduceNode(
  compiler: NodeCompiler,
  { source, pattern, init, update }: Extract<Ast, { readonly t: 'reduce' }>,
  scope: Scope,
): Node {
  const { machine } = compiler;
  const start = compiler.compile(init, scope);
  const from = compiler.compile(source, scope);
  const bound = single(compiler, pattern, scope);
  const step = compiler.compile(update, bound.scope);
  return (env, value, path, next) =>
    start(env, value, path, (first, p) => {
      let state = first;
      machine.choose(() => next(state, p));
      return from(env, value, p, (each, q) =>
        bound.destructure(env, each, q, (inner, r) =>
          step(inner, state, r, (updated) => {
            state = updated;
            return null;
          }),
        ),
      );
    });
}

/** `foreach source as pattern (init; update; extract)`. */
export function foreachNode(
  compiler: NodeCompiler,
  { source, pattern, init, update, extract }: Extract<Ast, { readonly t: 'foreach' }>,
  scope: Scope,
): Node {
  const start = compiler.compile(init, scope);
  const from = compiler.compile(source, scope);
  const bound = single(compiler, pattern, scope);
  const step = compiler.compile(update, bound.scope);
  const output = extract === null ? null : compiler.compile(extract, bound.scope);
  return (env, value, path, next) =>
    start(env, value, path, (first, p) => {
      let state = first;
      return from(env, value, p, (each, q) =>
        bound.destructure(env, each, q, (inner, r) =>
          step(inner, state, r, (updated, s) => {
            state = updated;
            return output === null ? next(updated, s) : output(inner, updated, s, next);
          }),
        ),
      );
    });
}

function single(compiler: NodeCompiler, pattern: Pattern, scope: Scope): Bound {
  switch (pattern.p) {
    case 'name':
      return {
        destructure: (env, value, path, next) => next({ bound: value, up: env }, path),
        scope: { kind: 'variable', name: pattern.name, up: scope },
      };
    case 'array':
      return arrayPattern(compiler, pattern.items, scope);
    case 'object':
      return objectPattern(compiler, pattern, scope);
  }
}

function arrayPattern(compiler: NodeCompiler, items: readonly Pattern[], scope: Scope): Bound {
  let inner = scope;
  const parts: Destructure[] = [];
  for (const [index, item] of items.entries()) {
    const bound = single(compiler, item, inner);
    inner = bound.scope;
    parts.push((env, value, path, next) => {
      if (value !== null && !isArray(value)) throw new JqError(`expected an array but got: ${shown(value)}`);
      return step(value, BigInt(index), path, (each, p) => bound.destructure(env, each, p, next));
    });
  }
  return { destructure: inOrder(parts), scope: inner };
}

function objectPattern(
  compiler: NodeCompiler,
  { members }: Extract<Pattern, { readonly p: 'object' }>,
  scope: Scope,
): Bound {
  let inner = scope;
  const parts: Destructure[] = [];
  for (const { key, bound: name, pattern } of members) {
    const keys = compiler.compile(key, inner);
    if (name !== null) inner = { kind: 'variable', name, up: inner };
    const bound = pattern === null ? null : single(compiler, pattern, inner);
    if (bound !== null) inner = bound.scope;
    parts.push((env, value, path, next) =>
      keys(env, value, path, (at, p) =>
        step(value, at, p, (each, q) => {
          const named = name === null ? env : { bound: each, up: env };
          return bound === null ? next(named, q) : bound.destructure(named, each, q, next);
        }),
      ),
    );
  }
  return { destructure: inOrder(parts), scope: inner };
}

function step(value: JqValue, key: JqValue, path: Path, next: (value: JqValue, path: Path) => Step): Step {
  const inner = indexValue(value, key);
  if (path === null) return next(inner, null);
  requireIntact(value, path);
  return next(inner, { up: path, key, value: inner });
}

function inOrder(parts: readonly Destructure[]): Destructure {
  return (env, value, path, next) => {
    const from = (index: number, inner: Env, p: Path): Step => {
      const part = parts[index];
      return part === undefined ? next(inner, p) : part(inner, value, p, (deeper, q) => from(index + 1, deeper, q));
    };
    return from(0, env, path);
  };
}

/** Every alternative binds the variables of all patterns; those that it does not name are null. */
function alternatives(compiler: NodeCompiler, patterns: readonly Pattern[], scope: Scope): Bound {
  const names = [...new Set(patterns.flatMap(variablesOf))];
  const each = patterns.map((pattern) => {
    const bound = single(compiler, pattern, scope);
    const hops = names.map((name) =>
      variablesOf(pattern).includes(name) ? (findName(bound.scope, name, 0)?.hops ?? 0) : null,
    );
    return { destructure: bound.destructure, hops };
  });
  const destructure: Destructure = (env, value, path, next) => {
    const from = (index: number): Step => {
      const alternative = each[index];
      if (alternative === undefined) return null;
      if (index + 1 < each.length) compiler.machine.otherwise(() => from(index + 1));
      return alternative.destructure(env, value, path, (inner, p) => {
        const values = alternative.hops.map((hops) => (hops === null ? null : lookUp(inner, hops)));
        return next(
          values.reduce<Env>((up, bound) => ({ bound, up }), env),
          p,
        );
      });
    };
    return from(0);
  };
  const inner = names.reduce<Scope>((up, name) => ({ kind: 'variable', name, up }), scope);
  return { destructure, scope: inner };
}

function variablesOf(pattern: Pattern): readonly string[] {
  if (pattern.p === 'name') return [pattern.name];
  if (pattern.p === 'array') return pattern.items.flatMap(variablesOf);
  return pattern.members.flatMap(({ bound, pattern: inner }) => [
    ...(bound === null ? [] : [bound]),
    ...(inner === null ? [] : variablesOf(inner)),
  ]);
}
