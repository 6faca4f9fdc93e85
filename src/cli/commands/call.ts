/** `call`: starts a server behind a tap, calls one of its tools, and prints the answer. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { CallAnswer, InteractiveClient } from '../../engine/mcpClient/interactiveClient.ts';
import { serverFlag } from '../../core/clientConfigs/tapMarks.ts';
import { type Arguments, usage } from '../args.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import type { Output } from '../output.ts';
import { guardFlags, readTapGuard } from '../tapGuard.ts';
import { version } from '../version.ts';

export const call: Command = {
  name: 'call',
  summary: 'Start an MCP server, call a tool of it, print the answer, and keep the session as a capture.',
  positions: ['TOOL', 'ARGUMENTS'],
  rest: 'COMMAND…',
  flags: {
    out: { kind: 'value', value: 'FILE', help: 'The capture; appended to when it exists' },
    server: { kind: 'value', value: 'ID', help: "The server's id in policies (default: the name of the capture)" },
    list: { kind: 'switch', help: 'Print the tools with their schemas (JSON lines) instead of calling one' },
    ...guardFlags,
  },
  async run(args, output) {
    const [command, ...rest] = args.rest('COMMAND');
    const list = args.has('list');
    const tool = list ? '' : args.position(0, 'TOOL');
    const given = list ? {} : await readArguments(args.optional(1) ?? '{}');
    const env = Object.fromEntries(
      Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const launch = {
      command: process.execPath,
      args: [join(__dirname, 'cli.js'), 'tap', ...tapArguments(args), '--', command, ...rest],
      env,
    };
    // Only this command needs the library, which takes longer to start than a tap does.
    const { InteractiveClient } = await import('../../engine/mcpClient/interactiveClient.ts');
    let said = '';
    const onStderr = (text: string): void => void (said += text);
    const client = await InteractiveClient.start(launch, { version: version(), onStderr });
    let code: ExitCode;
    try {
      code = list ? await printTools(client, output) : await printAnswer(await client.callTool(tool, given), output);
    } finally {
      await client.close();
      // That the session was not kept, for one, must be known; what the server says is its own matter.
      for (const [, sentence = ''] of said.matchAll(/^guardscope tap: (.*)$/gm)) output.note(sentence);
    }
    // A capture that cannot be written does not keep the call from being made, but it was asked for.
    return code === exitCodes.fine && unrecorded.test(said) ? exitCodes.badInput : code;
  },
};

/** What a tap says when it records no more. */
const unrecorded = /^guardscope tap: not recorded any more: /m;

async function printTools({ tools }: InteractiveClient, output: Output): Promise<ExitCode> {
  for (const each of tools) await output.json(each);
  return exitCodes.fine;
}

async function printAnswer(answer: CallAnswer, output: Output): Promise<ExitCode> {
  await output.json(
    answer.kind === 'result' ? answer.result : { error: { code: answer.code, message: answer.message } },
  );
  return answer.kind === 'result' && !answer.isError ? exitCodes.fine : exitCodes.differs;
}

/** The tap gets the same flags; what is wrong with them is said before anything starts. */
function tapArguments(args: Arguments): readonly string[] {
  const guard = readTapGuard(args);
  const out = resolve(args.required('out'));
  const server = args.value('server');
  const own = ['--out', out, ...(server === undefined ? [] : serverFlag(server))];
  if (guard === null) return own;
  return [
    ...own,
    ...['--guard', guard.guard, '--mode', guard.enforcement, '--deadline', String(guard.deadlineMs)],
    ...(guard.policy === null ? [] : ['--policy', guard.policy]),
    ...(guard.mode === 'enforce' ? ['--enforce'] : []),
    ...(guard.trustedBots.length === 0 ? [] : ['--trusted-bots', guard.trustedBots.join(',')]),
  ];
}

/** JSON, or `@` and the file that holds it. */
async function readArguments(text: string): Promise<JsonValue> {
  const source = text.startsWith('@')
    ? await readFile(text.slice(1), 'utf8').catch((thrown: unknown) => unreadable(text, thrown))
    : text;
  try {
    return JSON.parse(source) as JsonValue;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw usage('call', `The arguments are not JSON: ${reason}`);
  }
}

function unreadable(text: string, thrown: unknown): never {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  throw new Failure('call/unreadable', `Cannot read "${text.slice(1)}": ${reason}`, 'Check the path');
}
