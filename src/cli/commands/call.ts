/** `call`: starts a server behind a tap, calls one of its tools, and prints the result. */
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { CallAnswer, InteractiveClient } from '../../engine/mcpClient/interactiveClient.ts';
import { serverFlag } from '../../core/clientConfigs/tapMarks.ts';
import { lossBeginnings } from '../../engine/recording/tapSide/endTexts.ts';
import { readRegular } from '../../engine/files/regularFile.ts';
import { type Arguments, usage } from '../base/args.ts';
import { type Command, type ExitCode, exitCodes } from '../base/command.ts';
import type { Output } from '../base/output.ts';
import { guardFlags, readGuardOptions } from '../base/tapGuard.ts';
import { version } from '../base/version.ts';

export const call: Command = {
  name: 'call',
  summary: 'Start an MCP server, call one of its tools, print the result, and capture the session.',
  positions: ['TOOL', 'ARGUMENTS'],
  rest: 'COMMAND…',
  flags: {
    out: { kind: 'value', value: 'FILE', help: 'The capture; appended to if it exists' },
    server: { kind: 'value', value: 'ID', help: "The server's id in policies (default: from the name of the capture)" },
    list: { kind: 'switch', help: 'Print the tools with their schemas (JSON lines) instead of calling a tool' },
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
      args: [join(__dirname, 'cli.js'), 'tap', ...tapArguments(args), '--end-server', '--', command, ...rest],
      env,
      isTap: true,
    };
    // Loaded on demand: only this command needs the MCP library, which would slow down the start of a tap.
    const { InteractiveClient } = await import('../../engine/mcpClient/interactiveClient.ts');
    let stderr = '';
    const onStderr = (text: string): void => void (stderr += text);
    const signals = new ForwardedSignals();
    try {
      const { signal } = signals;
      const client = await InteractiveClient.start(launch, { version: version(), onStderr, signal });
      signals.onSignal = (each) => client.signal(each);
      let code: ExitCode;
      try {
        code = list
          ? await printTools(client, output)
          : await printAnswer(await client.callTool(tool, given, { signal }), output);
      } finally {
        await client.close();
        // Messages of the tap are passed on, for example that recording failed; the server's output is not.
        for (const [, sentence = ''] of stderr.matchAll(/^guardscope tap: (.*)$/gm)) output.note(sentence);
      }
      // A call is made even if its capture cannot be written, but then the command did not do what was requested.
      if (unrecorded.test(stderr) && code === exitCodes.fine) return exitCodes.badInput;
      return signals.first === null ? code : 128 + constants.signals[signals.first];
    } finally {
      signals.stop();
    }
  },
};

/** The tap's messages about a capture that is not complete. */
const unrecorded = new RegExp(`^guardscope tap: (?:${lossBeginnings.join('|')}): `, 'm');

/** Signals of the user. The first one ends the call; each reaches the tap, which ends its server and takes the second one as the end of its wait. */
class ForwardedSignals {
  readonly #abort = new AbortController();
  readonly signal = this.#abort.signal;
  first: NodeJS.Signals | null = null;
  /** Gets each signal once the tap runs. */
  onSignal: (signal: NodeJS.Signals) => void = () => undefined;

  constructor() {
    for (const signal of userSignals) process.on(signal, this.#take);
  }

  stop(): void {
    for (const signal of userSignals) process.off(signal, this.#take);
  }

  readonly #take = (signal: NodeJS.Signals): void => {
    this.first ??= signal;
    this.onSignal(signal);
    this.#abort.abort();
  };
}

const userSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

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

/** The flags for the tap; wrong flags throw before anything starts. */
function tapArguments(args: Arguments): readonly string[] {
  const guard = readGuardOptions(args);
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

const maxArgumentBytes = 64 * 1024 * 1024;

/** Parses the arguments: JSON, or `@` followed by the path of a JSON file. */
async function readArguments(text: string): Promise<JsonValue> {
  const source = text.startsWith('@')
    ? (
        await readRegular(text.slice(1), maxArgumentBytes).catch((thrown: unknown) => unreadable(text, thrown))
      ).toString()
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
