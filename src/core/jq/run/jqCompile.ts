/** Compiles the tree of a jq program to functions over a machine, and resolves its names (gojq `compiler.go`). */
import type { Ast } from '../syntax/jqAst.ts';
import { bindNode, foreachNode, reduceNode } from './jqBind.ts';
import { indexNode, iterateNode, sliceNode } from './jqAccess.ts';
import { objectNode } from './jqConstruct.ts';
import { formatNamed } from '../functions/jqFormats.ts';
import {
  Argument,
  bounce,
  type Env,
  type Machine,
  type Node,
  NotSupported,
  type Path,
  type Step,
} from './jqMachine.ts';
import type { Native } from '../functions/jqNative.ts';
import { natives, notSupported } from '../functions/jqNatives.ts';
import { definitionOf } from '../syntax/jqPrelude.ts';
import { findName, type FunctionEntry, lookUp, type NodeCompiler, outwards, type Scope } from './jqScope.ts';
import { specialNode } from './jqSpecial.ts';
import { identity } from '../syntax/jqSyntax.ts';
import { updateNode } from './jqUpdate.ts';
import { JqCompileError, JqError, type JqValue, workOf } from '../jqValue.ts';

/** The code of a program for one machine. Throws a `JqCompileError`, or `NotSupported`. */
export function compileJq(program: Ast, machine: Machine): Node {
  return new Compiler(machine).compile(program, null);
}

class Compiler implements NodeCompiler {
  readonly machine: Machine;
  readonly #builtins = new Map<string, FunctionEntry>();

  constructor(machine: Machine) {
    this.machine = machine;
  }

  compile(ast: Ast, scope: Scope): Node {
    switch (ast.t) {
      case 'identity':
        return (_env, value, path, next) => next(value, path);
      case 'constant':
        return (_env, _value, path, next) => next(ast.value, path);
      case 'index':
        return indexNode(this, ast, scope);
      case 'slice':
        return sliceNode(this, ast, scope);
      case 'iterate':
        return iterateNode(this, ast, scope);
      case 'try':
        return this.#try(this.compile(ast.body, scope), ast.handler === null ? null : this.compile(ast.handler, scope));
      case 'call':
        return this.#call(ast.name, ast.args, scope);
      case 'variable':
        return this.#variable(ast.name, scope);
      case 'object':
        return objectNode(this, ast.entries, scope);
      case 'array':
        return ast.of === null
          ? (_env, _value, path, next) => next([], path)
          : this.#array(this.compile(ast.of, scope));
      case 'text':
        return this.compile(this.#joined(ast), scope);
      case 'format':
        return this.#format(ast.name);
      case 'if':
        return this.#if(ast, scope);
      case 'reduce':
        return reduceNode(this, ast, scope);
      case 'foreach':
        return foreachNode(this, ast, scope);
      case 'bind':
        return bindNode(this, ast, scope);
      case 'def':
        return this.#define(ast, scope);
      case 'pipe':
        return pipe(this.compile(ast.left, scope), this.compile(ast.right, scope));
      case 'comma':
        return this.#comma(this.compile(ast.left, scope), this.compile(ast.right, scope));
      case 'alternative':
        return this.#alternative(this.compile(ast.left, scope), this.compile(ast.right, scope));
      case 'and':
      case 'or':
        return logical(ast.t === 'or', this.compile(ast.left, scope), this.compile(ast.right, scope));
      case 'update':
        return updateNode(this, ast, scope);
      case 'label': {
        const body = this.compile(ast.body, { kind: 'label', name: ast.name, up: scope });
        return (env, value, path, next) => body({ bound: this.machine.label(), up: env }, value, path, next);
      }
      case 'break':
        return this.#break(ast.name, scope);
      case 'import':
        throw new JqCompileError(`cannot load module: ${JSON.stringify(ast.path)}`);
    }
  }

  #try(body: Node, handler: Node | null): Node {
    const { machine } = this;
    return (env, value, path, next) => {
      machine.beginTry((error) => {
        if (handler === null) return null;
        return handler(env, error.thrown === undefined ? error.message : error.thrown, path, next);
      });
      return body(env, value, path, (output, p) => {
        machine.endTry();
        return next(output, p);
      });
    };
  }

  #variable(name: string, scope: Scope): Node {
    const found = findName(scope, name, 0);
    if (found === null) {
      if (name === '$ENV') return (_env, _value, path, next) => next({}, path);
      throw new JqCompileError(`variable not defined: ${name}`);
    }
    return (env, _value, path, next) => next(lookUp(env, found.hops) as JqValue, path);
  }

  #break(name: string, scope: Scope): Node {
    for (let at = scope, hops = 0; at !== null; at = at.up) {
      if (at.kind === 'label' && at.name === name) {
        const distance = hops;
        return (env) => this.machine.leave(lookUp(env, distance) as symbol);
      }
      if (at.kind !== 'function') hops++;
    }
    throw new JqCompileError(`label not defined: ${name}`);
  }

  #array(items: Node): Node {
    const { machine } = this;
    return (env, value, path, next) => {
      const made: JqValue[] = [];
      machine.choose(() => next(made, path));
      return items(env, value, path, (item) => {
        made.push(item);
        return null;
      });
    };
  }

  /** The parts of a text with interpolations as one sum. */
  #joined({ format, parts }: Extract<Ast, { readonly t: 'text' }>): Ast {
    const texts = parts.map((part): Ast => {
      if (typeof part === 'string') return { t: 'constant', value: part };
      return { t: 'pipe', left: part, right: { t: 'format', name: format ?? '@text' } };
    });
    return texts.reduce((left, right) => ({ t: 'call', name: '_add', args: [left, right] }));
  }

  #if({ condition, yes: then, otherwise }: Extract<Ast, { readonly t: 'if' }>, scope: Scope): Node {
    const test = this.compile(condition, scope);
    const yes = this.compile(then, scope);
    const no = this.compile(otherwise ?? identity, scope);
    return (env, value, path, next) =>
      test(env, value, null, (result) => (isTrue(result) ? yes : no)(env, value, path, next));
  }

  #comma(left: Node, right: Node): Node {
    return (env, value, path, next) => {
      this.machine.choose(() => right(env, value, path, next));
      return left(env, value, path, next);
    };
  }

  #alternative(left: Node, right: Node): Node {
    return (env, value, path, next) => {
      let found = false;
      this.machine.choose(() => (found ? null : right(env, value, path, next)));
      return left(env, value, path, (output, p) => {
        if (!isTrue(output)) return null;
        found = true;
        return next(output, p);
      });
    };
  }

  #define({ name, params, body, rest }: Extract<Ast, { readonly t: 'def' }>, scope: Scope): Node {
    const entry = this.#function(name, params, body, scope);
    if (rest === null) throw new JqCompileError('missing query (try ".")');
    return this.compile(rest, entry);
  }

  #function(name: string, params: readonly string[], body: Ast, up: Scope): FunctionEntry {
    const entry: FunctionEntry = { kind: 'function', name, params, up, body: null };
    let scope: Scope = entry;
    for (const param of params) scope = { kind: 'argument', name: param.replace('$', ''), up: scope };
    for (const param of params) if (param.startsWith('$')) scope = { kind: 'variable', name: param, up: scope };
    entry.body = this.compile(body, scope);
    return entry;
  }

  #call(name: string, args: readonly Ast[], scope: Scope): Node {
    const found = findName(scope, name, args.length);
    if (found?.entry.kind === 'argument') {
      return (env, value, path, next) => {
        const { node, env: outer } = lookUp(env, found.hops) as Argument;
        return () => node(outer, value, path, next);
      };
    }
    if (found?.entry.kind === 'function') return this.#callFunction(found.entry, found.hops, args, scope);
    return this.#builtin(name, args, scope);
  }

  /** gojq compiles the last argument first, which decides the error of a program with several. */
  #args(args: readonly Ast[], scope: Scope): readonly Node[] {
    return args
      .toReversed()
      .map((arg) => this.compile(arg, scope))
      .reverse();
  }

  #callFunction(entry: FunctionEntry, hops: number, args: readonly Ast[], scope: Scope): Node {
    const nodes = this.#args(args, scope);
    const byValue = entry.params.flatMap((param, index) => (param.startsWith('$') ? [index] : []));
    return (env, value, path, next) => {
      const later = bounce(next);
      const given = nodes.map((node) => new Argument(node, env));
      const outer = hops < 0 ? null : outwards(env, hops);
      const inner = given.reduce<Env>((up, bound) => ({ bound, up }), outer);
      const from = (at: number, bound: Env): Step => {
        const arg = nodes[byValue[at] ?? -1];
        if (arg === undefined) return () => entry.body?.(bound, value, path, later) ?? null;
        return arg(env, value, null, (each) => from(at + 1, { bound: each, up: bound }));
      };
      return from(0, inner);
    };
  }

  #builtin(name: string, args: readonly Ast[], scope: Scope): Node {
    const id = `${name}/${args.length}`;
    const special = specialNode(this, id, args, scope);
    if (special !== null) return special;
    const known = this.#builtins.get(id);
    if (known !== undefined) return this.#callFunction(known, -1, args, scope);
    const definition = definitionOf(id);
    if (definition !== null) return this.#callFunction(this.#prelude(id, definition), -1, args, scope);
    const native = natives[id];
    if (native !== undefined) return this.#native(native, args, scope);
    if (notSupported.has(id)) throw new NotSupported(name);
    throw new JqCompileError(`function not defined: ${id}`);
  }

  /** A function of values. Its last argument is evaluated first, so that its outputs vary slowest. */
  #native(native: Native, args: readonly Ast[], scope: Scope): Node {
    const nodes = this.#args(args, scope);
    const { machine } = this;
    return (env, value, path, next) => {
      const from = (at: number, given: readonly JqValue[], p: Path): Step => {
        const node = nodes[at];
        if (node === undefined) {
          machine.work(given.reduce<number>((sum, each) => sum + workOf(each), workOf(value)));
          return next(native(value, given, machine), p);
        }
        return node(env, value, p, (each, q) => from(at - 1, [each, ...given], q));
      };
      return from(nodes.length - 1, [], path);
    };
  }

  #format(name: string): Node {
    const format = formatNamed(name);
    return (_env, value, path, next) => {
      if (format === null) throw new JqError(`format not defined: ${name}`);
      return next(format(value), path);
    };
  }

  #prelude(id: string, { name, params, body }: Extract<Ast, { readonly t: 'def' }>): FunctionEntry {
    const entry: FunctionEntry = { kind: 'function', name, params, up: null, body: null };
    this.#builtins.set(id, entry);
    entry.body = this.#function(name, params, body, null).body;
    return entry;
  }
}

/** Whether `if` takes a value for true: everything but false and null. */
function isTrue(value: JqValue): boolean {
  return value !== null && value !== false;
}

function pipe(left: Node, right: Node): Node {
  return (env, value, path, next) => left(env, value, path, (output, p) => right(env, output, p, next));
}

function logical(isOr: boolean, left: Node, right: Node): Node {
  return (env, value, path, next) =>
    left(env, value, null, (l) => {
      if (isTrue(l) === isOr) return next(isOr, path);
      return right(env, value, null, (r) => next(isTrue(r), path));
    });
}
