/** Functions of jq that do more than map values to a value. */
import type { Ast } from '../syntax/jqAst.ts';
import { add } from '../functions/jqArithmetic.ts';
import type { Node, Path, Step } from './jqMachine.ts';
import { range, pathTo } from './jqMachine.ts';
import { getPath } from '../functions/jqPaths.ts';
import type { NodeCompiler, Scope } from './jqScope.ts';
import { eachPath } from './jqUpdate.ts';
import { isArray, JqCompileError, type JqValue } from '../jqValue.ts';

/** The code of a call of such a function, by `name/arity`; null for other functions. */
export function specialNode(compiler: NodeCompiler, id: string, args: readonly Ast[], scope: Scope): Node | null {
  const { machine } = compiler;
  const nodes = (): readonly Node[] => args.map((arg) => compiler.compile(arg, scope));
  switch (id) {
    case 'empty/0':
      return () => null;
    case 'env/0':
      return (_env, _value, path, next) => next({}, path);
    case 'input/0':
    case 'inputs/0':
      throw new JqCompileError('input(s)/0 is not allowed');
    case 'path/1': {
      const [places] = nodes();
      return (env, value, path, next) =>
        places === undefined ? null : eachPath(places, env, value, (keys) => next(keys, path));
    }
    case 'getpath/1': {
      const [paths] = nodes();
      return (env, value, path, next) => paths?.(env, value, null, (keys) => found(value, keys, path, next)) ?? null;
    }
    case '_range/3': {
      const [from, to, step] = nodes();
      if (from === undefined || to === undefined || step === undefined) return null;
      return (env, value, path, next) =>
        step(env, value, path, (by, p) =>
          to(env, value, p, (end, q) =>
            from(env, value, q, (start, r) => range(machine, [start, end, by], add, (each) => next(each, r))),
          ),
        );
    }
    case 'last/1': {
      const [source] = nodes();
      return (env, value, path, next) => {
        const last: JqValue[] = [];
        machine.choose(() => (last[0] === undefined ? null : next(last[0], path)));
        return (
          source?.(env, value, path, (output) => {
            last[0] = output;
            return null;
          }) ?? null
        );
      };
    }
    default:
      return null;
  }
}

function found(value: JqValue, keys: JqValue, path: Path, next: (value: JqValue, path: Path) => Step): Step {
  const inner = getPath(value, keys);
  return next(inner, isArray(keys) ? pathTo(value, keys, inner, path) : path);
}
