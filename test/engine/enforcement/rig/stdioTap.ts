/** A tap over stdio that enforces the sample's guard, between a client that sends bytes and a server in this process. */
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { repoPath } from '../../../support/paths.ts';
import { patiently } from '../../../support/patience.ts';
import { eventually, type Running, start, tapped } from '../../tap/tapped.ts';
import type { HostileServer } from '../server/hostileServer.ts';
import { type Received, responsesIn } from './verdict.ts';

const sample = repoPath('media/samples/files-and-memory');

/** The flags with which a tap enforces the sample's guard. */
export const enforcing: readonly string[] = [
  ...['--guard', join(sample, 'guard.wasm'), '--policy', join(sample, 'policy.json'), '--enforce'],
  ...['--server', 'workspace'],
];

/** Lines without a request that a server may still join with the next one. */
const mostJoined = 8;

export class EnforcedStdio {
  readonly #running: Running;
  readonly #port: Server;
  #out = Buffer.alloc(0);
  #stderr = '';
  #hasEnded = false;

  private constructor(running: Running, port: Server) {
    this.#running = running;
    this.#port = port;
    running.child.stdout.on('data', (chunk: Buffer) => (this.#out = Buffer.concat([this.#out, chunk])));
    running.child.stderr.on('data', (chunk: Buffer | string) => (this.#stderr += chunk.toString()));
    running.child.on('close', () => (this.#hasEnded = true));
  }

  /** Starts the tap, and initializes the session. */
  static async open(server: HostileServer, capture: string, flags: readonly string[]): Promise<EnforcedStdio> {
    const port = createServer((socket) => serve(socket, server));
    await new Promise<void>((resolve) => {
      port.listen(0, '127.0.0.1', resolve);
    });
    const relay = repoPath('test/engine/enforcement/rig/relay.mjs');
    const command = [process.execPath, relay, String((port.address() as AddressInfo).port)];
    const tap = new EnforcedStdio(start(tapped(capture, command, ...enforcing, ...flags)), port);
    const clientInfo = { name: 'test', version: '1' };
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: { sampling: {}, elicitation: {}, roots: {} },
      clientInfo,
    };
    tap.send(JSON.stringify({ jsonrpc: '2.0', id: 'begin', method: 'initialize', params }));
    await eventually(() => tap.responsesSince(0).length > 0);
    tap.send('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    return tap;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What the tap itself has reported. */
  get sentences(): string {
    return this.#stderr
      .split('\n')
      .filter((line) => line.startsWith('guardscope tap:'))
      .join('\n');
  }

  /** Position in what the client has received. */
  get position(): number {
    return this.#out.length;
  }

  /** A text is a line; bytes go out as they are. */
  send(message: string | Buffer): void {
    this.#running.child.stdin.write(typeof message === 'string' ? `${message}\n` : message);
  }

  receivedSince(position: number): Buffer {
    return this.#out.subarray(position);
  }

  responsesSince(position: number): readonly Received[] {
    return responsesIn(this.receivedSince(position).toString());
  }

  /** Ends the input of the client, and waits for the end of the tap. */
  async close(): Promise<void> {
    this.#running.child.stdin.end();
    await eventually(() => this.#hasEnded, patiently(10_000));
    this.#running.child.kill('SIGKILL');
    this.#port.close();
  }
}

function serve(socket: Socket, server: HostileServer): void {
  let held = Buffer.alloc(0);
  let joined: Buffer[] = [];
  const send = (line: Buffer): void => {
    const own = server.handle(line);
    const together = own === null && joined.length > 0 ? server.handle(Buffer.concat([...joined, line])) : null;
    joined = own === null && together === null ? [...joined, line].slice(-mostJoined) : [];
    for (const each of own ?? together ?? []) socket.write(typeof each === 'string' ? `${each}\n` : each);
  };
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let end = held.indexOf(10); end >= 0; end = held.indexOf(10)) {
      send(held.subarray(0, end));
      held = held.subarray(end + 1);
    }
  });
  socket.on('end', () => {
    if (held.length > 0) send(held);
  });
  socket.on('error', () => undefined);
}
