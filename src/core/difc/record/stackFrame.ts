/** A frame of a guard's stack when it stopped, as plain data. */

/** A place in the source of a guard. Lines and columns count from 1; a column of 0 is not known. */
export interface SourcePlace {
  /** The path as the compiler recorded it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A function that was running. Inlined functions have frames of their own, before the function that they were inlined into. */
export interface StackFrame {
  /** Name as the source writes it; `$7` for a function without a name. */
  readonly function: string;
  /** Index in the module's function space, imports counted. */
  readonly index: number;
  /** Offset of the instruction in the guard's file, in bytes; null for an imported function. */
  readonly offset: number | null;
  /** Where the function stopped or called the next one; null without debug information. */
  readonly at: SourcePlace | null;
  readonly inlined: boolean;
}

/** The stack of a guard that stopped, innermost frame first, and what it lacks. */
export interface GuardStack {
  readonly frames: readonly StackFrame[];
  /** Why names or places are missing, and how to get them, as sentences; empty when nothing is missing. */
  readonly notes: readonly string[];
}
