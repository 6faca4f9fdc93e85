/** Keywords, operators and the trees of operators of jq (gojq `parser.go.y`). */
import type { Ast } from './jqAst.ts';

/** The input of an expression. */
export const identity: Ast = { t: 'identity' };

/** Words that are not names of functions. */
export const keywords: ReadonlySet<string> = new Set(
  'or and module import include def as label break null true false if then elif else end try catch reduce foreach'.split(
    ' ',
  ),
);

/** Binary operators with their precedence. Those of level 2 and 5 do not associate; `//` associates to the right. */
export const levels: Readonly<Record<string, number>> = {
  '//': 1,
  ...Object.fromEntries(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='].map((each) => [each, 2])),
  or: 3,
  and: 4,
  ...Object.fromEntries(['==', '!=', '<', '<=', '>', '>='].map((each) => [each, 5])),
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
};

/** A constant of a program. */
export function constant(value: string | boolean | null): Ast {
  return { t: 'constant', value };
}

type Suffixed = Extract<Ast, { readonly isSuffix: boolean }>;

/** Whether the node is an index, a slice or an iteration. */
export function isSuffixed(ast: Ast): ast is Suffixed {
  return 'isSuffix' in ast;
}

/** The tree of `term?`. Only the last suffix is tried; an error of what stands before it is not caught (gojq `compileTermSuffix`). */
export function optional(term: Ast): Ast {
  if (!isSuffixed(term) || !term.isSuffix) return { t: 'try', body: term, handler: null };
  const last: Ast = { t: 'try', body: { ...term, of: identity }, handler: null };
  return { t: 'pipe', left: term.of, right: last };
}

const calls: Readonly<Record<string, string>> = {
  '+': '_add',
  '-': '_subtract',
  '*': '_multiply',
  '/': '_divide',
  '%': '_modulo',
  '==': '_equal',
  '!=': '_notequal',
  '>': '_greater',
  '<': '_less',
  '>=': '_greatereq',
  '<=': '_lesseq',
};

/** The tree of a binary operator. */
export function binary(operator: string, left: Ast, right: Ast): Ast {
  if (operator === '//') return { t: 'alternative', left, right };
  if (operator === 'and' || operator === 'or') return { t: operator, left, right };
  const call = calls[operator];
  return call === undefined ? { t: 'update', operator, left, right } : { t: 'call', name: call, args: [left, right] };
}

/** The function of an operator such as `+`, for `+=`. */
export function functionOfOperator(operator: string): string | undefined {
  return calls[operator];
}
