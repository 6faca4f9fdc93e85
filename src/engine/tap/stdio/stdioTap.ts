/** The tap between a client and a server that speak over standard input and output: it takes the place of the server's process. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../../../core/base/failure.ts';
import type { Channel } from '../../recording/format/channel.ts';
import { identityOf } from '../../recording/format/processIdentity.ts';
import type { RecordingSink, WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { aborted } from '../../streams/aborted.ts';
import { outputSource, ownChunks, standardInput, standardInputSource, standardOutput } from '../../streams/sources.ts';
import { lossTexts, undecidedText, waitingText } from '../../recording/tapSide/endTexts.ts';
import type { Gate, GatePorts } from '../gate/gate.ts';
import { forward, forwardClient, forwardServer, LineWriter, type Watcher } from './forward.ts';
import { ProcessGroupProbe } from './processGroupProbe.ts';

/** How the server's process ended. One of the two is null. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a session ended. */
export interface SessionEnd extends ServerEnd {
  /** Whether the capture has everything that passed, and every decision of the guard. */
  readonly isRecorded: boolean;
}

export interface StdioTapOptions {
  /** Ends a server that goes on after the end of its input, as clients do. Default false: the tap's client does that. */
  readonly endsServer?: boolean;
}

/** Makes the gate between client and server. The gate records the messages that it sees, in place of the tap. */
export type SingleGateFactory = (wire: GatePorts) => Gate;

/** The parts of a tap beside its transport. */
export interface TapParts {
  readonly recording: RecordingSink;
  /** null where no guard is in the way. */
  readonly guarded: SingleGateFactory | null;
}

type Server = ChildProcessByStdio<Writable, Readable, Readable>;

/** Signals that a client or a terminal may send to a server, and that can be passed on. */
const passedOn: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/**
 * Looks in a row without output after which a server that has ended counts as silent, although a process that it left behind holds its
 * output. Between two looks this process reads what is there: looks are counted, because a busy machine lets seconds pass without any.
 */
const silentLooks = 50;

/** Milliseconds between two of them. */
const lookMs = 5;

/** Milliseconds of silence after the end of its input, after which a server is asked to end, and the same again until it is killed (`endsServer`). */
const endingMs = 2000;

/** Milliseconds that a reader of standard error that does not read may hold up the end. */
const flushMs = 10_000;

/**
 * Starts the server, passes everything on until it ends, and resolves to how it ended, once the capture is written. Throws `tap/not-found`
 * or `tap/not-executable` when it cannot be started. `record` is called when the server runs, with a function that reports to the user.
 *
 * Two limits: a server whose tap is killed by SIGKILL gets the end of its input instead of the signal, and later SIGTERM and SIGKILL from
 * the recorder (on Linux, where its start time identifies it); and its standard streams are sockets, as under any client written for Node.
 */
export async function runStdioTap(
  command: string,
  args: readonly string[],
  record: (report: (sentence: string) => void) => TapParts,
  { endsServer = false }: StdioTapOptions = {},
): Promise<SessionEnd> {
  const giveUp = new AbortController();
  const hurry = new AbortController();
  const probe = new ProcessGroupProbe();
  const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  const { pid } = server;
  if (pid === undefined) throw await startFailure(command, server);
  const stderr = standardOutput(2);
  const report = (sentence: string): void => void stderr.write(`guardscope tap: ${sentence}\n`);
  const { recording, guarded } = record(report);
  recording.server(identityOf(pid));
  let gate: Gate | null = null;
  const undecided = (): number => gate?.undecided() ?? 0;
  const stopSignals = passSignals(server, { probe, recording, hurry, giveUp, report, undecided });
  const makeGate: SingleGateFactory | null = guarded === null ? null : (wire) => (gate = guarded(wire));
  const ended = connect(server, {
    stderr,
    recording,
    makeGate,
    endsServer,
    hurry: hurry.signal,
    giveUp: giveUp.signal,
  });
  if (process.platform !== 'win32') probe.start();
  const end = await ended;
  recording.event('exit', { ...end });
  // Waits while the recorder makes progress; a second signal aborts the wait.
  const recorded = await recording.close(giveUp.signal);
  const isDecided = undecided() === 0;
  if (!isDecided) report(undecidedText(undecided(), 'aborted'));
  for (const sentence of lossTexts(recorded)) report(sentence);
  const timer = setTimeout(() => giveUp.abort(), flushMs);
  // A failure of the recording may be the last line on standard error.
  await Promise.race([flushed(stderr), aborted(giveUp.signal)]);
  clearTimeout(timer);
  stopSignals();
  probe.stop();
  return { ...end, isRecorded: recorded.isComplete && isDecided };
}

async function startFailure(command: string, server: Server): Promise<Failure> {
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
    server.once('error', resolve);
  });
  if (error.code === 'ENOENT') {
    return new Failure('tap/not-found', `Command not found: "${command}"`, 'Check its spelling, or give its full path');
  }
  const hint = 'Check that it is a program, and that you may run it';
  return new Failure('tap/not-executable', `Cannot run "${command}": ${error.message}`, hint);
}

/** Resolves to how the server ended, once what it wrote is passed on. */
async function connect(
  server: Server,
  {
    stderr,
    recording,
    makeGate,
    endsServer,
    hurry,
    giveUp,
  }: {
    readonly stderr: Writable;
    readonly recording: RecordingSink;
    readonly makeGate: SingleGateFactory | null;
    readonly endsServer: boolean;
    readonly hurry: AbortSignal;
    readonly giveUp: AbortSignal;
  },
): Promise<ServerEnd> {
  // A gate holds messages for a while, so it needs chunks whose memory is not reused.
  const input = makeGate === null ? standardInputSource() : ownChunks(standardInput());
  const output = makeGate === null ? outputSource(server.stdout) : ownChunks(server.stdout);
  const stdout = standardOutput(1);
  const whenDurable: WhenDurable = (then) => recording.whenDurable(then);
  let lastByte = 0;
  let looks = 0;
  const watch = (channel: Channel): Watcher => ({
    bytes: (chunk) => {
      lastByte = performance.now();
      looks = 0;
      recording.bytes(channel, chunk);
    },
    ended: () => {
      // The input also ends when the tap closes it after the end of the server; then there is nothing to end.
      const runs = server.exitCode === null && server.signalCode === null;
      if (channel === 'client' && endsServer && runs) stopEnding = endServer(server, () => lastByte);
      recording.ended(channel);
    },
    whenDurable,
  });
  let gate: Gate | null = null;
  let stopEnding = (): void => undefined;
  if (makeGate === null) {
    forward(input, server.stdin, watch('client'));
    forward(output, stdout, watch('server'));
  } else {
    const toServer = new LineWriter(server.stdin, whenDurable);
    const toClient = new LineWriter(stdout, whenDurable);
    gate = makeGate({
      session: '',
      toServer: (message) => toServer.line(message),
      toClient: (message) => toClient.line(message),
    });
    forwardClient(input, toServer, gate, watch('client'));
    forwardServer(output, toClient, gate, watch('server'));
  }
  forward(ownChunks(server.stderr), stderr, watch('stderr'), true);
  const end = await new Promise<ServerEnd>((resolve) => {
    server.on('exit', (code, signal) => resolve({ code, signal }));
  });
  stopEnding();
  const isQuiet = (): boolean => {
    const waits = (sink: Writable): boolean => !sink.destroyed && sink.writableLength > 0;
    if (waits(stdout) || waits(stderr)) return false;
    // While the recording has a backlog, the tap reads no further, so the server only seems silent.
    looks = recording.hasBacklog ? 0 : looks + 1;
    return (output.stream.closed && server.stderr.closed && !recording.hasBacklog) || looks > silentLooks;
  };
  await Promise.race([gate?.close(hurry), aborted(giveUp)]);
  looks = 0;
  while (!isQuiet()) await sleep(lookMs);
  input.stream.destroy();
  output.stream.destroy();
  server.stderr.destroy();
  return end;
}

/** What the handling of signals needs. */
interface SignalParts {
  readonly probe: ProcessGroupProbe;
  readonly recording: RecordingSink;
  /** Aborts with the first signal: then a guard that makes no progress is stopped when the server has ended. */
  readonly hurry: AbortController;
  readonly giveUp: AbortController;
  readonly report: (sentence: string) => void;
  /** Number of calls that the guard has not decided. */
  readonly undecided: () => number;
}

/**
 * Passes signals on to the server. After its end, the first signal of the session says what the tap waits for, and the second one aborts the
 * wait: clients send one to every server that does not end at once. Returns what stops that.
 */
function passSignals(server: Server, { probe, recording, hurry, giveUp, report, undecided }: SignalParts): () => void {
  let isFirst = true;
  const pass = async (signal: NodeJS.Signals): Promise<void> => {
    const wasFirst = isFirst;
    isFirst = false;
    hurry.abort();
    if (server.exitCode !== null || server.signalCode !== null) {
      if (wasFirst) report(waitingText(recording.unwritten(), undecided()));
      else giveUp.abort();
      return;
    }
    const toGroup = await probe.sawSignal(signal);
    recording.event('signal', { signal });
    if (!toGroup) server.kill(signal);
  };
  const listeners = passedOn.map((signal) => ({ signal, listener: () => void pass(signal) }));
  for (const { signal, listener } of listeners) process.on(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}

/** Asks a server to end when it is silent after the end of its input, and kills it when it does not. Returns what stops that. */
function endServer(server: Server, lastByte: () => number): () => void {
  let since = performance.now();
  let isAsked = false;
  const timer = setInterval(() => {
    if (performance.now() - Math.max(since, lastByte()) < endingMs) return;
    server.kill(isAsked ? 'SIGKILL' : 'SIGTERM');
    isAsked = true;
    since = performance.now();
  }, endingMs / 20);
  return () => clearInterval(timer);
}

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
