/** The tap between a client and a server that speak over HTTP: a reverse proxy on this machine, for Streamable HTTP and the older SSE transport. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../../core/base/failure.ts';
import { maxLineBytes } from '../../../core/base/lines.ts';
import type { Gates } from '../gate/gate.ts';
import type { RecordingEnd, RecordingSink } from '../../recording/tapSide/recordingSink.ts';
import { aborted } from '../../streams/aborted.ts';
import { admit, isLoopbackAddress, isRefusal, newToken } from './admission.ts';
import { runExchange } from './exchange.ts';
import type { ExchangeContext } from './exchangeContext.ts';
import { GatedSessions } from './gated/gatedSessions.ts';
import { judgesOf } from './gated/requestJudge.ts';
import { refuse } from './refuse.ts';
import { AgentTokens } from './agentTokens.ts';
import { HttpSessionLog } from './sessionLog.ts';
import { readUpstreamUrl, Upstream } from './upstream.ts';

/** The parts of an HTTP tap beside its transport. */
export interface HttpTapParts {
  readonly recording: RecordingSink;
  /** Makes the gate of each session; null where no guard is in the way. A gate records the messages that it sees, in place of the tap. */
  readonly gates: Gates | null;
}

export interface HttpTapOptions {
  /** The server's address, as the client would use it. */
  readonly url: string;
  /** 0 (default): any free port. */
  readonly port?: number;
  /** Only this machine: 127.0.0.1 (default), localhost or ::1. */
  readonly host?: string;
  /** The secret before every path; default a new one. */
  readonly token?: string;
  readonly maxMessageBytes?: number;
  /** Where the key of the agents' tokens is kept; default: the user's private folder. */
  readonly stateFolder?: string;
  /** Called when the tap listens. */
  readonly record: (tap: { readonly url: string }) => HttpTapParts;
  /** Reports a problem to the user. */
  readonly report?: (failure: Failure) => void;
}

export interface HttpTap {
  /** The address for the client, with the token. */
  readonly url: string;
  readonly port: number;
  /** Ends the connections, and waits for the guards and for the rest of the capture. */
  close(giveUp: AbortSignal): Promise<RecordingEnd>;
  /** Says what is not written yet. */
  unwritten(): string;
  /** Number of calls that guards have not decided. */
  undecided(): number;
}

/**
 * Starts to listen. Throws `tap/bad-url`, `tap/not-loopback`, `tap/port-in-use` or `tap/cannot-listen`. A server that is not running is not
 * a failure: it may start later, and until then the client gets 502 with the reason.
 */
export async function startHttpTap(options: HttpTapOptions): Promise<HttpTap> {
  const { host = '127.0.0.1', token = newToken(), report = () => undefined } = options;
  const upstream = new Upstream(readUpstreamUrl(options.url));
  if (!isLoopbackAddress(host)) {
    const hint = 'Leave --host out; from another machine, connect through ssh';
    throw new Failure('tap/not-loopback', `The tap listens on this machine only, not at "${host}"`, hint);
  }
  const server = createServer({ keepAlive: true, requestTimeout: 0, highWaterMark: 256 * 1024 });
  const port = await listen(server, options.port ?? 0, host);
  const prefix = `http://${host === '::1' ? '[::1]' : host}:${port}/${token}`;
  const url = `${prefix}${upstream.url.pathname}${upstream.url.search}`;
  const { recording, gates } = options.record({ url });
  const { maxMessageBytes = maxLineBytes } = options;
  const agents = new AgentTokens(options.stateFolder);
  const sessions = gates === null ? null : new GatedSessions({ gates, recording, upstream, maxMessageBytes, agents });
  const judges = sessions === null ? null : judgesOf(sessions);
  const log = new HttpSessionLog(recording, agents);
  const context: ExchangeContext = { upstream, prefix, log, maxMessageBytes, judges, report };
  server.on('request', (request, response) => serve(context, token, request, response));
  return {
    url,
    port,
    close: async (giveUp) => {
      server.close();
      server.closeAllConnections();
      await Promise.race([sessions?.close(), aborted(giveUp)]);
      upstream.close();
      recording.event('exit', {});
      return recording.close(giveUp);
    },
    unwritten: () => recording.unwritten(),
    undecided: () => sessions?.undecided() ?? 0,
  };
}

function serve(context: ExchangeContext, token: string, request: IncomingMessage, response: ServerResponse): void {
  const verdict = admit({ url: request.url ?? '', headers: request.headers }, token);
  // A connection that the client gives up is not a failure of the tap.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  if (isRefusal(verdict)) {
    request.resume();
    refuse(response, verdict.status, verdict);
  } else runExchange(context, verdict.path, request, response);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const hint = 'Choose another one with --port, or leave it out for any free port';
      const message = taken ? `Port ${port} is in use` : `Cannot listen at ${host}:${port}: ${error.message}`;
      reject(new Failure(taken ? 'tap/port-in-use' : 'tap/cannot-listen', message, hint));
    });
    server.listen({ port, host, exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
}
