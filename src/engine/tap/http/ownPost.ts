/** A POST that the tap sends by itself: a message that the gate held, or a look-up of the guard. */
import type { IncomingMessage } from 'node:http';
import type { Failure } from '../../../core/base/failure.ts';
import type { RecordingSink } from '../../recording/tapSide/recordingSink.ts';
import { jsonBody } from './bodies.ts';
import { EventSplitter } from './eventSplitter.ts';
import type { RawHeaders } from './headers.ts';
import { mediaType, unreachable, type Upstream } from './upstream.ts';

/** Receives the answer. */
export interface OwnPostListener {
  /** The head of the answer. */
  answered(status: number, isEvents: boolean): void;
  /** A message in the answer. */
  message(bytes: Buffer): void;
  /** The exchange is over; null when the answer was read to its end. */
  ended(failure: Failure | null): void;
}

/** Sends a message. Returns what cancels the exchange. */
export function postOwn(
  upstream: Upstream,
  path: string,
  headers: RawHeaders,
  message: Uint8Array,
  limit: number,
  recording: Pick<RecordingSink, 'whenDurable' | 'hasBacklog'>,
  listener: OwnPostListener,
): () => void {
  let over = false;
  let cancel = (): void => undefined;
  const end = (failure: Failure | null): void => {
    if (over) return;
    over = true;
    listener.ended(failure);
  };
  const send = (to: string, mostMoves: number): void => {
    const request = upstream.open('POST', to, [...headers, 'Content-Length', String(message.length)]);
    cancel = () => void request.destroy();
    request.on('error', (error) => end(unreachable(upstream.url, error)));
    request.on('response', (response) => {
      const next = mostMoves > 0 ? upstream.movedTo(to, response) : null;
      if (next === null) read(response);
      else {
        response.resume();
        send(next, mostMoves - 1);
      }
    });
    recording.whenDurable(() => {
      if (!request.destroyed) request.end(message);
    });
  };
  const read = (response: IncomingMessage): void => {
    const isEvents = mediaType(response) === 'text/event-stream';
    listener.answered(response.statusCode ?? 502, isEvents);
    response.on('error', (error) => end(unreachable(upstream.url, error)));
    response.on('close', () => end(unreachable(upstream.url, new Error('the answer was cut off'))));
    if (isEvents) {
      const onEvent = ({ data }: { readonly data: Buffer }): void => {
        if (data.length > 0) listener.message(data);
      };
      // An event beyond the limit is ignored, so the call waits until its deadline.
      const events = new EventSplitter(limit, onEvent, () => undefined);
      response.on('data', (chunk: Buffer) => {
        events.push(chunk);
        if (!recording.hasBacklog) return;
        response.pause();
        recording.whenDurable(() => response.resume());
      });
      response.on('end', () => end(null));
      return;
    }
    const body = jsonBody({ message: (bytes) => listener.message(Buffer.from(bytes)), remark: () => undefined }, limit);
    response.on('data', (chunk: Buffer) => body.bytes(chunk, () => undefined));
    response.on('end', () => {
      body.ended(() => end(null));
    });
  };
  send(path, 3);
  return () => cancel();
}
