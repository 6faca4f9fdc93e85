/** One request to the server and its answer, for a client or for the gate: how it is opened, sent, read, cut off and failed. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import type { Failure } from '../../../core/base/failure.ts';
import type { RecordingSink } from '../../recording/tapSide/recordingSink.ts';
import { pump } from '../../streams/pump.ts';
import { ownChunks } from '../../streams/sources.ts';
import type { RawHeaders } from './headers.ts';
import { unreachable, type Upstream } from './upstream.ts';

/** What a request to the server begins with. */
export interface RequestLine {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: RawHeaders;
}

/** Takes the body of an answer. */
export interface AnswerBody {
  /** Calls `taken` when there is room for more. */
  bytes(chunk: Buffer, taken: () => void): void;
  /** The body is complete. */
  ended(): void;
}

/** Receives what becomes of a request. */
export interface CallListener {
  /** The head of the answer. Returns what takes the body; null when the body is not wanted. */
  answered(incoming: IncomingMessage): AnswerBody | null;
  /** The body of the answer broke off before its end; may be called twice. */
  cutOff(failure: Failure): void;
  /** The connection failed, before or after the head of the answer. */
  failed(failure: Failure): void;
}

/** Opens a request; the caller sends the body, and cancels with `destroy`. An answer is read no faster than `sink` takes it, if there is one. */
export function callServer(
  upstream: Upstream,
  { method, path, headers }: RequestLine,
  sink: Writable | null,
  listener: CallListener,
): ClientRequest {
  const outgoing = upstream.open(method, path, headers);
  outgoing.on('response', (incoming) => {
    const body = listener.answered(incoming);
    if (body === null) {
      incoming.resume();
      return;
    }
    pump(ownChunks(incoming), sink, {
      take: (chunk, taken) => body.bytes(chunk, taken),
      onEnd: () => body.ended(),
      // A body that breaks off must not look complete.
      onBroken: (error = new Error('the answer was cut off')) => listener.cutOff(unreachable(upstream.url, error)),
      // The rest of the body is still recorded.
      whenSinkCloses: 'read on',
    });
  });
  outgoing.on('error', (error) => listener.failed(unreachable(upstream.url, error)));
  return outgoing;
}

/** Sends a whole body, once what was recorded before it is durable. */
export function sendWhole(
  outgoing: ClientRequest,
  body: Uint8Array,
  recording: Pick<RecordingSink, 'whenDurable'>,
): void {
  recording.whenDurable(() => {
    if (!outgoing.destroyed) outgoing.end(body);
  });
}
