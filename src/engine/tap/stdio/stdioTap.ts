/** The tap between a client and a server that speak over standard input and output: it takes the place of the server's process. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../../../core/base/failure.ts';
import type { Channel } from '../../recording/format/channel.ts';
import type { RecordingSink, WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { aborted } from '../../streams/aborted.ts';
import { outputSource, ownChunks, standardInput, standardInputSource, standardOutput } from '../../streams/sources.ts';
import type { Gate, GatePorts } from '../gate/gate.ts';
import { forward, forwardClient, forwardServer, LineWriter, type Watcher } from './forward.ts';
import { ProcessGroupProbe } from './processGroupProbe.ts';

/** How the server's process ended. One of the two is null. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
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

/** Milliseconds without output after which a server that has ended counts as silent, although a process that it left behind holds its output. */
const silenceMs = 250;

/** Milliseconds that a reader of standard error that does not read may hold up the end. */
const flushMs = 10_000;

/**
 * Starts the server, passes everything on until it ends, and resolves to how it ended, once the capture is written. Throws `tap/not-found`
 * or `tap/not-executable` when it cannot be started. `record` is called when the server runs, with a function that reports to the user.
 *
 * Two limits: a server whose tap is killed by SIGKILL gets the end of its input instead of the signal, and its standard streams are
 * sockets, as under any client written for Node.
 */
export async function runStdioTap(
  command: string,
  args: readonly string[],
  record: (report: (sentence: string) => void) => TapParts,
): Promise<ServerEnd> {
  const giveUp = new AbortController();
  const probe = new ProcessGroupProbe();
  const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  const { pid } = server;
  if (pid === undefined) throw await startFailure(command, server);
  const stderr = standardOutput(2);
  const { recording, guarded } = record((sentence) => stderr.write(`guardscope tap: ${sentence}\n`));
  const stopSignals = passSignals(server, probe, recording, giveUp);
  const ended = connect(server, stderr, recording, guarded);
  if (process.platform !== 'win32') probe.start();
  const end = await ended;
  recording.event('exit', { ...end });
  // Waits while the recorder makes progress; a second signal aborts the wait.
  await recording.close(giveUp.signal);
  const timer = setTimeout(() => giveUp.abort(), flushMs);
  // A failure of the recording may be the last line on standard error.
  await Promise.race([flushed(stderr), aborted(giveUp.signal)]);
  clearTimeout(timer);
  stopSignals();
  probe.stop();
  return end;
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
  stderr: Writable,
  recording: RecordingSink,
  makeGate: SingleGateFactory | null,
): Promise<ServerEnd> {
  // A gate holds messages for a while, so it needs chunks whose memory is not reused.
  const input = makeGate === null ? standardInputSource() : ownChunks(standardInput());
  const output = makeGate === null ? outputSource(server.stdout) : ownChunks(server.stdout);
  const stdout = standardOutput(1);
  const whenDurable: WhenDurable = (then) => recording.whenDurable(then);
  let lastByte = 0;
  const watch = (channel: Channel): Watcher => ({
    bytes: (chunk) => {
      lastByte = performance.now();
      recording.bytes(channel, chunk);
    },
    ended: () => recording.ended(channel),
    whenDurable,
  });
  let gate: Gate | null = null;
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
  const isQuiet = (): boolean => {
    const waits = (sink: Writable): boolean => !sink.destroyed && sink.writableLength > 0;
    if (waits(stdout) || waits(stderr)) return false;
    if (recording.hasBacklog) {
      // The tap reads no further at the moment, so the server only seems silent.
      lastByte = performance.now();
      return false;
    }
    return (output.stream.closed && server.stderr.closed) || performance.now() - lastByte > silenceMs;
  };
  await gate?.close();
  lastByte = performance.now();
  while (!isQuiet()) await sleep(5);
  input.stream.destroy();
  output.stream.destroy();
  server.stderr.destroy();
  return end;
}

/** Passes signals on to the server. Returns what stops that. */
function passSignals(
  server: Server,
  probe: ProcessGroupProbe,
  recording: RecordingSink,
  giveUp: AbortController,
): () => void {
  const pass = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) {
      // The server has ended already, so the signal means not to wait for the capture.
      giveUp.abort();
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
