/** `tap`: runs an MCP server, passes all bytes unchanged between client and server, and records the session. */
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { toFailure } from '../../core/base/failure.ts';
import { startLiveRecording } from '../../engine/recording/tapSide/liveRecording.ts';
import { notRecordedText } from '../../engine/recording/tapSide/endTexts.ts';
import { runStdioTap, type SessionEnd, type TapParts } from '../../engine/tap/stdio/stdioTap.ts';
import { runHttpTap } from '../base/httpTap.ts';
import { type Arguments, type Bounds, usage } from '../base/args.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { guardFlags, singleGate, readGuardOptions, createGates } from '../base/tapGuard.ts';
import { version } from '../base/version.ts';

/** The exit codes of shells. */
const exitNotFound = 127;
const exitNotExecutable = 126;

const mib = 1024 * 1024;

export const tap: Command = {
  name: 'tap',
  summary: "Run an MCP server and record its session. Put this in front of the command in a client's configuration.",
  positions: [],
  rest: 'COMMAND…',
  flags: {
    http: {
      kind: 'value',
      value: 'URL',
      help: 'Instead of COMMAND: the URL of the server (Streamable HTTP or SSE)',
    },
    port: {
      kind: 'value',
      value: 'PORT',
      help: 'With --http: the port of the tap on the loopback interface (default: a free port)',
    },
    host: {
      kind: 'value',
      value: 'HOST',
      help: 'With --http: the loopback address of the tap: 127.0.0.1 (default), localhost or ::1',
    },
    out: {
      kind: 'value',
      value: 'FILE',
      help: 'The capture (*.guardtrace.jsonl); appended to if it exists; use {time}, {server} and {pid} for one file per session',
    },
    'keep-sessions': {
      kind: 'value',
      value: 'COUNT',
      help: 'Number of captures with this name pattern to keep; older ones are deleted (default: all)',
    },
    server: { kind: 'value', value: 'ID', help: "The server's id in policies (default: from the name of the capture)" },
    'no-redact': {
      kind: 'switch',
      help: 'Record secrets (default: tokens, passwords and keys are replaced)',
    },
    'max-size': { kind: 'value', value: 'MIB', help: 'Maximum size of a capture (default: no limit)' },
    keep: {
      kind: 'value',
      value: 'COUNT',
      help: 'Number of full captures to keep when a new file is started (default: 0, recording ends instead)',
    },
    ...guardFlags,
    'max-message': {
      kind: 'value',
      value: 'MIB',
      help: 'Size above which messages are recorded without content (default: 64)',
    },
    'end-server': {
      kind: 'switch',
      help: 'End a server that goes on for 2 s after the end of its input: SIGTERM, and after 2 s more SIGKILL (default: the client does)',
    },
    queue: {
      kind: 'value',
      value: 'MIB',
      help: 'Amount of data that may wait for a slow disk before content is dropped (default: 256)',
    },
  },
  async run(args, output) {
    const url = args.value('http');
    const options = readOptions(args, url === undefined ? 'stdio' : 'http');
    if (url !== undefined) {
      if (args.hasRest) throw usage('tap', 'Use either --http URL or -- COMMAND, not both');
      const { port, host } = readListening(args);
      return runHttpTap({ url, port, host, guard: readGuardOptions(args), ...options }, output);
    }
    const [command, ...rest] = args.rest('COMMAND');
    try {
      const guard = readGuardOptions(args);
      const record = (report: (sentence: string) => void): TapParts => {
        const onFailure = (reason: string): void => report(notRecordedText(reason));
        const recording = startLiveRecording({ ...options, onFailure });
        if (guard === null) return { recording, guarded: null };
        return { recording, guarded: singleGate(createGates(guard, options.header.server, recording, report)) };
      };
      const end = await runStdioTap(command, rest, record, { endsServer: args.has('end-server') });
      return await endLike(end);
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code !== 'tap/not-found' && failure.code !== 'tap/not-executable') throw thrown;
      output.failure(failure);
      return failure.code === 'tap/not-found' ? exitNotFound : exitNotExecutable;
    }
  },
};

function readOptions(args: Arguments, transport: 'stdio' | 'http') {
  const out = args.required('out');
  const server = args.value('server') ?? nameOf(out);
  const bytes = (name: string, bounds?: Bounds): number | undefined => {
    const count = args.count(name, bounds);
    return count === undefined ? undefined : count * mib;
  };
  const given = {
    maxFileBytes: bytes('max-size', { least: 1 }),
    keepFiles: args.count('keep'),
    maxMessageBytes: bytes('max-message', { least: 1 }),
    maxQueueBytes: bytes('queue'),
    keepSessions: args.count('keep-sessions', { least: 1 }),
  };
  const header = {
    tool: 'guardscope',
    version: version(),
    start: new Date().toISOString(),
    server,
    transport,
    endMark: true,
    ...(transport === 'http' ? { agentMarks: true } : {}),
  };
  const recorderFile = join(__dirname, 'tapRecorder.js');
  return { out, recorderFile, header, redact: !args.has('no-redact'), ...defined(given) };
}

/** For example `files-{time}.guardtrace.jsonl` → `files`. */
function nameOf(out: string): string {
  const stem = basename(out).replace(/(?:\.guardtrace)?\.[^.]*$/, '');
  const plain = stem.replaceAll(/[-_.]*\{\w+\}/g, '');
  return plain === '' ? 'server' : plain;
}

function readListening(args: Arguments): { readonly port: number; readonly host: string } {
  const port = args.count('port', { most: 65_535 }) ?? 0;
  return { port, host: args.value('host') ?? '127.0.0.1' };
}

/** Removes the undefined members. */
function defined<T extends object>(object: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * Returns the server's exit code, or ends this process with the signal that ended the server. Where the server ended well, the exit code
 * says whether the capture is complete.
 */
async function endLike({ code, signal, isRecorded }: SessionEnd): Promise<number> {
  if (signal === null) return isRecorded || (code ?? 0) !== 0 ? (code ?? 0) : exitCodes.badInput;
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') {
    // Removing a listener restores the default action of a signal that Node handles itself.
    const listener = (): void => undefined;
    process.on(signal, listener);
    process.off(signal, listener);
  }
  process.kill(process.pid, signal);
  await new Promise((resolve) => {
    setTimeout(resolve, 1000);
  });
  return 128 + (constants.signals[signal] ?? 0);
}
