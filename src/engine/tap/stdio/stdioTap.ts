/** The tap between a client and a server that speak over standard input and output: it stands in for the server's process. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../../../core/base/failure.ts';
import type { Channel } from '../../recording/format/captureLine.ts';
import { FramedWriter, forwardClient, forwardServer } from './framedForward.ts';
import { forward, type Watcher } from './forward.ts';
import type { Gate, GateWire } from '../gate/gate.ts';
import { GroupWitness } from './processGroupProbe.ts';
import { aborted, type Kept, type Recording } from '../../recording/format/recordingSink.ts';
import {
  outputSource,
  standardInput,
  standardInputSource,
  standardOutput,
  whole,
} from '../../recording/format/sources.ts';

/** How the server's process ended: one of both is null. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Puts a guard between client and server; it records the messages that it sees, in place of the tap. */
export type Guarded = (wire: GateWire) => Gate;

/** What looks at a session: who records it, and the guard in its way, if there is one. */
export interface Tapping {
  readonly recording: Recording;
  readonly guarded: Guarded | null;
}

type Server = ChildProcessByStdio<Writable, Readable, Readable>;

/** Signals that a client or a terminal may send to a server and that can be passed on. */
const passedOn: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** Milliseconds without output after which a server that has ended counts as silent, though a process it left behind holds its output. */
const silenceMs = 250;

/** Milliseconds that a reader of the standard error who does not read may hold up the end. */
const flushMs = 10_000;

/**
 * Starts the server, passes everything on until it ends, and gives how it ended, once the capture is written. Throws `tap/not-found` or
 * `tap/not-executable` when it cannot be started. `record` is called when the server runs; what it throws only ends the recording.
 *
 * What cannot be done: a server whose tap is killed by SIGKILL gets the end of its input instead of the signal; and it finds sockets
 * on its standard streams, as it does under any client written for Node.
 */
export async function runStdioTap(
  command: string,
  args: readonly string[],
  record: (tell: (sentence: string) => void) => Tapping,
): Promise<ServerEnd> {
  const giveUp = new AbortController();
  const witness = new GroupWitness();
  const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  const { pid } = server;
  if (pid === undefined) throw await startFailure(command, server);
  const stderr = standardOutput(2);
  const { recording, guarded } = record((sentence) => stderr.write(`guardscope tap: ${sentence}\n`));
  const stopSignals = passSignals(server, witness, recording, giveUp);
  const ended = connect(server, stderr, recording, guarded);
  if (process.platform !== 'win32') witness.start();
  const end = await ended;
  recording.event('exit', { ...end });
  // It takes as long as the capture makes progress; whoever has no patience sends a signal.
  await recording.close(giveUp.signal);
  const timer = setTimeout(() => giveUp.abort(), flushMs);
  // A failure of the recording may have been told last.
  await Promise.race([flushed(stderr), aborted(giveUp.signal)]);
  clearTimeout(timer);
  stopSignals();
  witness.stop();
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

/** Gives how the server ended, once what it wrote is passed on. */
async function connect(
  server: Server,
  stderr: Writable,
  recording: Recording,
  guarded: Guarded | null,
): Promise<ServerEnd> {
  // A gate keeps what it has read for a while, so it gets chunks of its own.
  const input = guarded === null ? standardInputSource() : whole(standardInput());
  const output = guarded === null ? outputSource(server.stdout) : whole(server.stdout);
  const stdout = standardOutput(1);
  let lastByte = 0;
  const watch = (channel: Channel): Watcher => ({
    bytes: (chunk) => {
      lastByte = performance.now();
      recording.bytes(channel, chunk);
    },
    ended: () => recording.ended(channel),
    kept: (then) => recording.kept(then),
    get isBehind() {
      return recording.isBehind;
    },
  });
  let gate: Gate | null = null;
  if (guarded === null) {
    forward(input, server.stdin, watch('client'));
    forward(output, stdout, watch('server'));
  } else {
    const kept: Kept = (then) => recording.kept(then);
    const toServer = new FramedWriter(server.stdin, kept);
    const toClient = new FramedWriter(stdout, kept);
    gate = guarded({
      toServer: (message) => toServer.line(message),
      toClient: (message) => toClient.line(message),
    });
    forwardClient(input.stream, toServer, gate, watch('client'));
    forwardServer(output.stream, toClient, gate, watch('server'));
  }
  forward(whole(server.stderr), stderr, watch('stderr'), true);
  const end = await new Promise<ServerEnd>((resolve) => {
    server.on('exit', (code, signal) => resolve({ code, signal }));
  });
  const isQuiet = (): boolean => {
    const waits = (sink: Writable): boolean => !sink.destroyed && sink.writableLength > 0;
    if (waits(stdout) || waits(stderr)) return false;
    if (recording.isBehind) {
      // What the server wrote is not read at the moment, so that it seems silent.
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

/** Passes signals on to the server. Gives what ends it. */
function passSignals(server: Server, witness: GroupWitness, recording: Recording, giveUp: AbortController): () => void {
  const pass = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) {
      // The server is gone already, and somebody has no more patience.
      giveUp.abort();
      return;
    }
    const toGroup = await witness.sawSignal(signal);
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
