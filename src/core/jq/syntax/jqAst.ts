/** The syntax tree of a jq program. */
import type { JqValue } from '../jqValue.ts';

/** What a program is made of. `of` is the value that an index, a slice or an iteration applies to. */
export type Ast =
  | { readonly t: 'identity' }
  | { readonly t: 'constant'; readonly value: JqValue }
  | { readonly t: 'index'; readonly of: Ast; readonly key: Ast; readonly isSuffix: boolean }
  | {
      readonly t: 'slice';
      readonly of: Ast;
      readonly from: Ast | null;
      readonly to: Ast | null;
      readonly isSuffix: boolean;
    }
  | { readonly t: 'iterate'; readonly of: Ast; readonly isSuffix: boolean }
  | { readonly t: 'try'; readonly body: Ast; readonly handler: Ast | null }
  | { readonly t: 'call'; readonly name: string; readonly args: readonly Ast[] }
  | { readonly t: 'variable'; readonly name: string }
  | { readonly t: 'object'; readonly entries: readonly ObjectEntry[] }
  | { readonly t: 'array'; readonly of: Ast | null }
  | { readonly t: 'text'; readonly format: string | null; readonly parts: readonly (string | Ast)[] }
  | { readonly t: 'format'; readonly name: string }
  | { readonly t: 'if'; readonly condition: Ast; readonly yes: Ast; readonly otherwise: Ast | null }
  | { readonly t: 'reduce'; readonly source: Ast; readonly pattern: Pattern; readonly init: Ast; readonly update: Ast }
  | ForeachAst
  | {
      readonly t: 'def';
      readonly name: string;
      readonly params: readonly string[];
      readonly body: Ast;
      readonly rest: Ast | null;
    }
  | { readonly t: 'pipe' | 'comma' | 'alternative' | 'and' | 'or'; readonly left: Ast; readonly right: Ast }
  | { readonly t: 'update'; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly t: 'bind'; readonly source: Ast; readonly patterns: readonly Pattern[]; readonly body: Ast }
  | { readonly t: 'label'; readonly name: string; readonly body: Ast }
  | { readonly t: 'break'; readonly name: string }
  /** A program that loads a module, which no filter of the gateway can. */
  | { readonly t: 'import'; readonly path: string };

interface ForeachAst {
  readonly t: 'foreach';
  readonly source: Ast;
  readonly pattern: Pattern;
  readonly init: Ast;
  readonly update: Ast;
  readonly extract: Ast | null;
}

/** `key: value`; without a value the key names a member of the input, or a variable when it starts with `$`. */
export interface ObjectEntry {
  readonly key: Ast;
  readonly value: Ast | null;
}

/** The left side of a binding. */
export type Pattern =
  | { readonly p: 'name'; readonly name: string }
  | { readonly p: 'array'; readonly items: readonly Pattern[] }
  | { readonly p: 'object'; readonly members: readonly PatternMember[] };

/** A member of an object pattern. `bound` is the variable of `$name` and `$name: pattern`. */
export interface PatternMember {
  readonly key: Ast;
  readonly bound: string | null;
  readonly pattern: Pattern | null;
}
