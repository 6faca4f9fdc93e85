/** What every exchange of an HTTP tap is carried out with, and where a gate may judge it. */
import type { IncomingMessage } from 'node:http';
import type { Failure } from '../../../core/base/failure.ts';
import type { ClientReply } from './clientReply.ts';
import type { RawHeaders } from './headers.ts';
import type { AnswerBody } from './serverCall.ts';
import type { ExchangeLog, HttpSessionLog } from './sessionLog.ts';
import type { Upstream } from './upstream.ts';

/** What all exchanges of a tap share. */
export interface ExchangeContext {
  readonly upstream: Upstream;
  readonly log: HttpSessionLog;
  /** The tap's own origin with the token, without a slash at the end. */
  readonly prefix: string;
  readonly maxMessageBytes: number;
  /** Null where no guard is in the way. */
  readonly judges: JudgeFactory | null;
  /** Reports a problem to the user, such as a server that cannot be reached. */
  readonly report: (failure: Failure) => void;
}

/** One request of a client and its answer. */
export interface Exchange {
  /** Number of the request at this tap, from 1. */
  readonly number: number;
  readonly context: ExchangeContext;
  readonly method: string;
  /** On the server, with its query. */
  readonly path: string;
  readonly request: IncomingMessage;
  readonly reply: ClientReply;
  readonly log: ExchangeLog;
}

/** Judges one exchange. Without a judge, request and answer pass as they come. */
export interface ExchangeJudge {
  /**
   * Calls `send` with the body that may go to the server at once, and its headers where they are not the client's; otherwise sees to the
   * reply itself.
   */
  request(send: (body: Uint8Array, headers?: RawHeaders) => void): void;
  /** The head of the server's answer. Returns what takes its body; null when the client was refused the answer. */
  answer(incoming: IncomingMessage): AnswerBody | null;
}

/** Makes the judge of an exchange; null for one that carries no messages. */
export type JudgeFactory = (exchange: Exchange) => ExchangeJudge | null;
