/** What the rules about a module read of it. */

/** The exported functions of a module, and what its `producers` section names. */
export interface ModuleOutline {
  readonly functions: ReadonlySet<string>;
  /** Names of languages and tools, in lower case. */
  readonly madeBy: string;
}
