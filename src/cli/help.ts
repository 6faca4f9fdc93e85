/** Formats the help from the argument tables of the commands. */
import type { Command } from './base/command.ts';
import { topics } from './topics.ts';

/** Returns the help of one command, or the list of all commands. */
export function helpText(commands: readonly Command[], name: string | undefined): string {
  const command = commands.find((candidate) => candidate.name === name);
  return command === undefined ? overview(commands) : commandHelp(command);
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...[...commands, ...topics].map(({ name }) => name.length)) + 2;
  const rows = (list: readonly { readonly name: string; readonly summary: string }[]): readonly string[] =>
    list.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  return [
    'guardscope: replay captured MCP sessions through a guard and see why each call was allowed, filtered or denied',
    '',
    'Commands:',
    ...rows(commands),
    `  ${'help'.padEnd(width)}Show this text, or the help of a command: "guardscope help COMMAND"`,
    '',
    'Documents, which "guardscope help NAME" prints:',
    ...rows(topics),
    '',
    'Exit codes: 0 success; 1 drift or diff found changes, check found mistakes, validate found errors, replay --strict found warnings,',
    '            replay --changes changed a decision, a guard test failed, or call returned an error;',
    '            2 wrong usage, unreadable input, or (tap, call) a session whose capture is not complete;',
    '            3 the guard did not load; 4 the guard trapped, timed out, or returned an answer that the gateway cannot use;',
    '            tap otherwise ends like its server: with its exit code or its signal',
  ].join('\n');
}

function commandHelp({ name, summary, positions, rest, flags }: Command): string {
  const entries = Object.entries(flags).map(([flag, { kind, help, value }]) => ({
    flag: `--${flag}${kind === 'value' ? ` ${value ?? 'VALUE'}` : ''}`,
    help,
  }));
  const width = Math.max(0, ...entries.map(({ flag }) => flag.length)) + 2;
  return [
    `guardscope ${[name, ...positions].join(' ')} [flags]${rest === undefined ? '' : ` -- ${rest}`}`,
    '',
    summary,
    ...(entries.length === 0 ? [] : ['', 'Flags:']),
    ...entries.map(({ flag, help }) => `  ${flag.padEnd(width)}${help}`),
  ].join('\n');
}
