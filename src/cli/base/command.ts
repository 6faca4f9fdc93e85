/** What a command of the command line is: its arguments, its help, and what it does. */
import type { Arguments, ArgumentTable } from './args.ts';
import type { Output } from './output.ts';

/** How a run ended for the shell; `help.ts` says the same to people. */
export const exitCodes = { fine: 0, differs: 1, badInput: 2, notLoaded: 3, guardFailed: 4 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface Command extends ArgumentTable {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Gives the exit code: one of `exitCodes`, or another program's where the command stands in for it. */
  run(args: Arguments, output: Output): Promise<number>;
}
