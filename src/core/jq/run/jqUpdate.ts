/** Assignments of jq programs: `=`, `|=` and the operators such as `+=` (gojq `compileAssign`, `compileModify`). */
import type { Ast } from '../syntax/jqAst.ts';
import {
  type Env,
  keysOfPath,
  type Next,
  type Node,
  type Path,
  pathTo,
  requireIntact,
  type Step,
} from './jqMachine.ts';
import { natives } from '../functions/jqNatives.ts';
import { Changes, deletePaths, getPath, setPath } from '../functions/jqPaths.ts';
import type { NodeCompiler, Scope } from './jqScope.ts';
import { functionOfOperator } from '../syntax/jqSyntax.ts';
import { isNumber, type JqValue } from '../jqValue.ts';

export function updateNode(
  compiler: NodeCompiler,
  { operator, left, right }: Extract<Ast, { readonly t: 'update' }>,
  scope: Scope,
): Node {
  const { machine } = compiler;
  const work = (units: number): void => machine.work(units);
  const places = compiler.compile(left, scope);
  const values = compiler.compile(right, scope);
  const fixed = operator === '=' ? constantPath(left) : null;
  if (fixed !== null) {
    return (env, value, path, next) =>
      values(env, value, path, (given, p) => next(setPath(value, fixed, given, new Changes(work)), p));
  }
  if (operator === '=') {
    return (env, value, path, next) =>
      values(env, value, null, (given) => {
        let state = value;
        const changes = new Changes(work);
        machine.choose(() => next(state, path));
        return eachPath(places, env, value, (keys) => {
          state = setPath(state, keys, given, changes);
          return null;
        });
      });
  }
  /** Replaces each place by the first output of `f` for it, and removes the places for which there is none. */
  const modify = (env: Env, value: JqValue, path: Path, f: Change, next: Next): Step => {
    let state = value;
    const changes = new Changes(work);
    const empty: (readonly JqValue[])[] = [];
    machine.choose(() => next(deletePaths(state, empty, changes), path));
    return eachPath(places, env, value, (keys) => {
      const height = machine.height;
      machine.choose(() => {
        empty.push(keys);
        return null;
      });
      const inner = getPath(state, keys);
      return f(inner, pathTo(state, keys, inner, path), (updated) => {
        state = setPath(state, keys, updated, changes);
        machine.cut(height);
        return null;
      });
    });
  };
  if (operator === '|=') {
    return (env, value, path, next) => modify(env, value, path, (inner, p, then) => values(env, inner, p, then), next);
  }
  const apply = operator === '//=' ? null : natives[`${functionOfOperator(operator.slice(0, -1)) ?? ''}/2`];
  return (env, value, path, next) =>
    values(env, value, path, (given, q) => {
      const change: Change = (inner, p, then) => {
        if (apply === null) return then(inner === null || inner === false ? given : inner, p);
        return then(apply?.(inner, [inner, given], machine) ?? null, p);
      };
      return modify(env, value, q, change, next);
    });
}

/** What an assignment makes of the value at a place. */
type Change = (inner: JqValue, path: Path, next: Next) => Step;

/** The keys of an expression such as `.a[0]`, which gojq does not evaluate before it assigns; null for other expressions. */
function constantPath(ast: Ast): readonly JqValue[] | null {
  if (ast.t === 'identity') return [];
  if (ast.t !== 'index' && ast.t !== 'slice') return null;
  const outer = constantPath(ast.of);
  const key = ast.t === 'index' ? constantOf(ast.key) : sliceKey(ast);
  return outer === null || key === null ? null : [...outer, key];
}

function sliceKey({ from, to }: Extract<Ast, { readonly t: 'slice' }>): JqValue {
  const start = from === null ? null : constantOf(from);
  const end = to === null ? null : constantOf(to);
  return (from !== null && start === null) || (to !== null && end === null) ? null : { start, end };
}

/** A number or a string of the program; null for anything else. */
function constantOf(ast: Ast): JqValue {
  if (ast.t !== 'constant') return null;
  return isNumber(ast.value) || typeof ast.value === 'string' ? ast.value : null;
}

/** Goes through the paths that an expression names. */
export function eachPath(places: Node, env: Env, value: JqValue, next: (keys: readonly JqValue[]) => Step): Step {
  return places(env, value, { up: null, key: null, value }, (output, path) => {
    requireIntact(output, path);
    return next(keysOfPath(path));
  });
}
