/** A POST that the tap sends by itself: a message that the gate held, or a look-up of the guard. */
import type { IncomingMessage } from 'node:http';
import type { Failure } from '../../../../core/base/failure.ts';
import type { RecordingSink } from '../../../recording/tapSide/recordingSink.ts';
import { type BodyWatcher, jsonBody } from '../bodies.ts';
import { EventSplitter } from '../eventSplitter.ts';
import type { RawHeaders } from '../headers.ts';
import { type AnswerBody, callServer, sendWhole } from '../serverCall.ts';
import { mediaType, type Upstream } from '../upstream.ts';

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
  { path, headers }: { readonly path: string; readonly headers: RawHeaders },
  message: Uint8Array,
  limit: number,
  recording: Pick<RecordingSink, 'whenDurable'>,
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
    const head = { method: 'POST', path: to, headers };
    const request = callServer(upstream, head, null, {
      answered: (incoming) => {
        const next = mostMoves > 0 ? upstream.movedTo(to, incoming) : null;
        if (next === null) return read(incoming);
        send(next, mostMoves - 1);
        return null;
      },
      cutOff: end,
      failed: end,
    });
    cancel = () => void request.destroy();
    sendWhole(request, message, recording);
  };
  const read = (incoming: IncomingMessage): AnswerBody => {
    const isEvents = mediaType(incoming) === 'text/event-stream';
    listener.answered(incoming.statusCode ?? 502, isEvents);
    const body = isEvents ? eventData(listener, limit) : wholeMessage(listener, limit);
    return {
      bytes: (chunk, taken) => body.bytes(chunk, () => recording.whenDurable(taken)),
      ended: () => body.ended(() => end(null)),
    };
  };
  send(path, 3);
  return () => cancel();
}

/** An event beyond the limit is ignored, so the call waits until its deadline. */
function eventData(listener: OwnPostListener, limit: number): BodyWatcher {
  const onEvent = ({ data }: { readonly data: Buffer }): void => {
    if (data.length > 0) listener.message(data);
  };
  const events = new EventSplitter(limit, onEvent, () => undefined);
  return {
    bytes: (chunk, then) => {
      events.push(chunk);
      then();
    },
    ended: (then) => then(),
  };
}

function wholeMessage(listener: OwnPostListener, limit: number): BodyWatcher {
  return jsonBody({ message: (bytes) => listener.message(bytes), remark: () => undefined }, limit);
}
