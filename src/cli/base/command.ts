/** The type of a command: its arguments, its help, and its function. */
import type { Arguments, ArgumentTable } from './args.ts';
import type { Output } from './output.ts';

/** The exit codes, which `help.ts` documents for users. */
export const exitCodes = { fine: 0, differs: 1, badInput: 2, notLoaded: 3, guardFailed: 4 } as const;

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command such as `replay`. */
export interface Command extends ArgumentTable {
  readonly name: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** Returns the exit code: one of `exitCodes`, or the server's exit code for `tap`. */
  run(args: Arguments, output: Output): Promise<number>;
}
