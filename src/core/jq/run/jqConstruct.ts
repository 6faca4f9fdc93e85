/** Builds objects in jq programs. */
import type { ObjectEntry } from '../syntax/jqAst.ts';
import type { Node, Path, Step } from './jqMachine.ts';
import { indexValue } from '../functions/jqPaths.ts';
import type { NodeCompiler, Scope } from './jqScope.ts';
import { JqError, type JqObject, type JqValue, makeObject, shown } from '../jqValue.ts';

/** An object; each combination of the outputs of its keys and values gives one. */
export function objectNode(compiler: NodeCompiler, entries: readonly ObjectEntry[], scope: Scope): Node {
  const parts = entries.map(({ key, value }) => {
    const isName = key.t === 'variable' && value === null;
    const keyNode = compiler.compile(isName ? { t: 'constant', value: key.name.slice(1) } : key, scope);
    if (value !== null) return { key: keyNode, value: compiler.compile(value, scope) };
    return { key: keyNode, value: isName ? compiler.compile(key, scope) : null };
  });
  return (env, value, path, next) => {
    const from = (index: number, made: readonly (readonly [JqValue, JqValue])[], p: Path): Step => {
      const part = parts[index];
      if (part === undefined) return next(objectOf(made), p);
      return part.key(env, value, p, (key, q) => {
        if (part.value === null) return from(index + 1, [...made, [key, indexValue(value, key)]], q);
        return part.value(env, value, q, (inner, r) => from(index + 1, [...made, [key, inner]], r));
      });
    };
    return from(0, [], path);
  };
}

/** gojq checks the keys from the last one, and the last of equal keys wins. */
function objectOf(entries: readonly (readonly [JqValue, JqValue])[]): JqObject {
  const made = entries.toReversed().map(([key, value]): readonly [string, JqValue] => {
    if (typeof key !== 'string') throw new JqError(`expected a string for object key but got: ${shown(key)}`);
    return [key, value];
  });
  return makeObject(made.reverse());
}
