/** Access to parts of a value in jq programs: indexes, slices and iteration. */
import type { Ast } from '../syntax/jqAst.ts';
import { indexValue, sliceValue } from '../functions/jqPaths.ts';
import { JqError, type JqValue, shown } from '../jqValue.ts';
import {
  entriesOf,
  isIntact,
  iterate,
  type Next,
  type Node,
  type Path,
  requireIntact,
  type Step,
} from './jqMachine.ts';
import type { NodeCompiler, Scope } from './jqScope.ts';

/** `.[key]`. The key is evaluated outside of the path. */
export function indexNode(
  compiler: NodeCompiler,
  { of, key }: Extract<Ast, { readonly t: 'index' }>,
  scope: Scope,
): Node {
  const container = compiler.compile(of, scope);
  const found = (value: JqValue, at: JqValue, path: Path, next: Next): Step => {
    const inner = indexValue(value, at);
    if (path === null) return next(inner, null);
    requireIntact(value, path);
    return next(inner, { up: path, key: at, value: inner });
  };
  if (key.t === 'constant') {
    const { value: at } = key;
    if (of.t === 'identity') return (_env, value, path, next) => found(value, at, path, next);
    return (env, value, path, next) => container(env, value, path, (outer, p) => found(outer, at, p, next));
  }
  const keys = compiler.compile(key, scope);
  return (env, value, path, next) =>
    keys(env, value, null, (at) => container(env, value, path, (outer, p) => found(outer, at, p, next)));
}

/** `.[from:to]`. */
export function sliceNode(
  compiler: NodeCompiler,
  { of, from, to }: Extract<Ast, { readonly t: 'slice' }>,
  scope: Scope,
): Node {
  const none: Ast = { t: 'constant', value: null };
  const container = compiler.compile(of, scope);
  const starts = compiler.compile(from ?? none, scope);
  const ends = compiler.compile(to ?? none, scope);
  return (env, value, path, next) =>
    starts(env, value, null, (start) =>
      ends(env, value, null, (end) =>
        container(env, value, path, (outer, p) => {
          const inner = sliceValue(outer, start, end);
          if (p === null) return next(inner, null);
          requireIntact(outer, p);
          return next(inner, { up: p, key: { start, end }, value: inner });
        }),
      ),
    );
}

/** `.[]`. */
export function iterateNode(
  compiler: NodeCompiler,
  { of }: Extract<Ast, { readonly t: 'iterate' }>,
  scope: Scope,
): Node {
  const container = compiler.compile(of, scope);
  const { machine } = compiler;
  return (env, value, path, next) =>
    container(env, value, path, (outer, p) => {
      const items = entriesOf(outer);
      if (items === null) throw new JqError(`cannot iterate over: ${shown(outer)}`);
      if (!isIntact(outer, p)) throw new JqError(`invalid path on iterating against: ${shown(outer)}`);
      machine.work(items.length);
      return iterate(machine, items, p, next);
    });
}
