/** The command line: chooses a command, runs it, and reports a failure with its exit code. */
import { mirroredGateway } from '../core/base/mirroredGateway.ts';
import { type Failure, toFailure } from '../core/base/failure.ts';
import { Arguments, beforeRest, usage } from './base/args.ts';
import { type Command, type ExitCode, exitCodes } from './base/command.ts';
import { call } from './commands/call.ts';
import { check } from './commands/check.ts';
import { clauses } from './commands/clauses.ts';
import { clients } from './commands/clients.ts';
import { diff } from './commands/diff.ts';
import { drift, exportCommand, importCommand } from './commands/exchange.ts';
import { exec } from './commands/exec.ts';
import { inspect } from './commands/inspect.ts';
import { newGuard } from './commands/new.ts';
import { replay } from './commands/replay.ts';
import { tap } from './commands/tap.ts';
import { test } from './commands/test.ts';
import { validate } from './commands/validate.ts';
import { unwrap, wrap } from './commands/wrap.ts';
import { helpText } from './help.ts';
import type { Output } from './base/output.ts';
import { version } from './base/version.ts';
import { topics, topicText } from './topics.ts';

/** Every command, in the order of the help. */
export const cliCommands: readonly Command[] = [
  inspect,
  exec,
  replay,
  diff,
  clauses,
  test,
  check,
  validate,
  tap,
  clients,
  wrap,
  unwrap,
  importCommand,
  exportCommand,
  drift,
  call,
  newGuard,
];

async function runCommand(argv: readonly string[], output: Output): Promise<number> {
  const [name = 'help', ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') {
    return help(rest[0], output);
  }
  if (name === '--version') {
    await output.line(version());
    await output.line(`Mirrors ${mirroredGateway.name}, snapshot of ${mirroredGateway.snapshot}`);
    return exitCodes.fine;
  }
  const command = cliCommands.find((candidate) => candidate.name === name);
  if (command === undefined) throw usage('', `Unknown command "${name}"`);
  const own = beforeRest(rest);
  if (own.includes('--help') || own.includes('-h')) return help(name, output);
  return command.run(new Arguments(name, command, rest), output);
}

async function help(name: string | undefined, output: Output): Promise<ExitCode> {
  const topic = topics.find((candidate) => candidate.name === name);
  const known = ['help', ...cliCommands.map((command) => command.name)];
  if (topic === undefined && name !== undefined && !known.includes(name)) throw usage('', `Unknown command "${name}"`);
  await output.text(topic === undefined ? helpText(cliCommands, name) : topicText(topic));
  return exitCodes.fine;
}

function exitCodeOf(failure: Failure): ExitCode {
  const isGuard = failure.code === 'guard/not-loaded' || failure.code === 'guard/not-created';
  return isGuard ? exitCodes.notLoaded : exitCodes.badInput;
}

/** Runs a command as the shell gave it, reports its failure, and resolves to the exit code. */
export async function runCommandLine(argv: readonly string[], output: Output): Promise<number> {
  try {
    return await runCommand(argv, output);
  } catch (thrown) {
    const failure = toFailure(thrown);
    output.failure(failure);
    return exitCodeOf(failure);
  }
}
