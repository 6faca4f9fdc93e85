/** `tap`: stands between a client and its server, passes everything on untouched, and records the session for a replay. */
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { toFailure } from '../../core/base/failure.ts';
import { startLiveRecording } from '../../engine/recording/tapSide/liveRecording.ts';
import { runStdioTap, type ServerEnd } from '../../engine/tap/stdio/stdioTap.ts';
import { runHttpTap } from '../base/httpTap.ts';
import { type Arguments, type Bounds, usage } from '../base/args.ts';
import type { Command } from '../base/command.ts';
import { guardFlags, onlyGate, readTapGuard, tapGates } from '../base/tapGuard.ts';
import { version } from '../base/version.ts';

/** As a shell says it. */
const exitNotFound = 127;
const exitNotExecutable = 126;

const mib = 1024 * 1024;

export const tap: Command = {
  name: 'tap',
  summary: 'Run an MCP server and record its session: put this before the command in the configuration of a client.',
  positions: [],
  rest: 'COMMAND…',
  flags: {
    http: {
      kind: 'value',
      value: 'URL',
      help: 'Instead of COMMAND: the server listens there (Streamable HTTP or SSE)',
    },
    port: {
      kind: 'value',
      value: 'PORT',
      help: 'With --http: where the tap listens on 127.0.0.1 (default: any that is free)',
    },
    host: { kind: 'value', value: 'HOST', help: 'With --http: 127.0.0.1 (default), localhost or ::1; nothing else' },
    out: {
      kind: 'value',
      value: 'FILE',
      help: 'The capture (*.guardtrace.jsonl); appended to when it exists; {time}, {server} and {pid} give each session its own',
    },
    'keep-sessions': {
      kind: 'value',
      value: 'COUNT',
      help: 'Captures of such a name to keep; older ones go (default: all)',
    },
    server: { kind: 'value', value: 'ID', help: "The server's id in policies (default: the name of the capture)" },
    'no-redact': {
      kind: 'switch',
      help: 'Record secrets as they are (default: tokens, passwords and keys are replaced)',
    },
    'max-size': { kind: 'value', value: 'MIB', help: 'Size at which a capture is full (default: no limit)' },
    keep: {
      kind: 'value',
      value: 'COUNT',
      help: 'Full captures to keep beside the new one (default: 0, end recording)',
    },
    ...guardFlags,
    'max-message': { kind: 'value', value: 'MIB', help: 'Longer messages are recorded without content (default: 64)' },
    queue: {
      kind: 'value',
      value: 'MIB',
      help: 'What may wait for a slow disk before content is left out (default: 256)',
    },
  },
  async run(args, output) {
    const url = args.value('http');
    const options = readOptions(args, url === undefined ? 'stdio' : 'http');
    if (url !== undefined) {
      if (args.hasRest) throw usage('tap', 'Give either --http URL or -- COMMAND, not both');
      const { port, host } = readListening(args);
      return runHttpTap({ url, port, host, guard: readTapGuard(args), ...options }, output);
    }
    const [command, ...rest] = args.rest('COMMAND');
    try {
      const guard = readTapGuard(args);
      const end = await runStdioTap(command, rest, (tell) => {
        const onFailure = (sentence: string): void => tell(`not recorded any more: ${sentence}; the session goes on`);
        const recording = startLiveRecording({ ...options, onFailure });
        if (guard === null) return { recording, guarded: null };
        return { recording, guarded: onlyGate(tapGates(guard, options.header.server, recording, tell)) };
      });
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
  };
  const recorderFile = join(__dirname, 'tapRecorder.js');
  return { out, recorderFile, header, redact: !args.has('no-redact'), ...defined(given) };
}

/** `files-{time}.guardtrace.jsonl` → `files`. */
function nameOf(out: string): string {
  const stem = basename(out).replace(/(?:\.guardtrace)?\.[^.]*$/, '');
  const plain = stem.replaceAll(/[-_.]*\{\w+\}/g, '');
  return plain === '' ? 'server' : plain;
}

function readListening(args: Arguments): { readonly port: number; readonly host: string } {
  const port = args.count('port', { most: 65_535 }) ?? 0;
  return { port, host: args.value('host') ?? '127.0.0.1' };
}

/** Without the members that nobody gave. */
function defined<T extends object>(object: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Ends this process as the server's ended: with its code, which is given, or by the same signal. */
async function endLike({ code, signal }: ServerEnd): Promise<number> {
  if (signal === null) return code ?? 0;
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') {
    // Node has handlers of its own for some signals; one that came and went leaves the default.
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
