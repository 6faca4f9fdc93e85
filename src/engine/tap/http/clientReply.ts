/** The answer to one request of a client: the server's, or one made of what the gate sends. */
import type { ServerResponse } from 'node:http';
import type { Failure } from '../../../core/base/failure.ts';
import type { WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { eventOf } from './eventSplitter.ts';
import type { RawHeaders } from './headers.ts';
import { refuse } from './refuse.ts';

/** The answers that a client waits for at a gate. */
export interface AwaitedAnswers {
  /** Keys of the requests in the body; empty for notifications and answers. */
  readonly ids: readonly string[];
  readonly isBatch: boolean;
  /** The client's `Accept` header. */
  readonly accept: string;
}

export class ClientReply {
  readonly #response: ServerResponse;
  readonly #whenDurable: WhenDurable;
  readonly #answers: Uint8Array[] = [];
  #open = new Set<string>();
  #isBatch = false;
  #takesEvents = false;
  #untaken: (() => void)[] = [];
  #streams = false;
  /** Whether the head of the answer waits for the first bytes of its body. */
  #holdsHead = false;
  #gone = false;
  #isEnding = false;
  /** The status of an answer that the gate sends: that of the server, which may have refused the call. */
  status = 200;
  /** Whether an answer that the gate sends becomes an event, because the server answered with events. */
  prefersEvents = false;

  /** Nothing reaches the client before `whenDurable` lets it. */
  constructor(response: ServerResponse, whenDurable: WhenDurable) {
    this.#response = response;
    this.#whenDurable = whenDurable;
    const release = (): void => {
      for (const taken of this.#untaken.splice(0)) taken();
    };
    response.on('drain', release).on('close', () => {
      this.#gone = true;
      release();
    });
  }

  /** The response, for a pump. Writes go through the methods of this class. */
  get sink(): ServerResponse {
    return this.#response;
  }

  /** Whether the client is connected and its answer has not ended. */
  get isOpen(): boolean {
    return !this.#gone && !this.#isEnding && !this.#response.writableEnded;
  }

  /** Whether the head of the answer was sent. */
  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  /** Notes the answers that the gate may send. Without them the client waits for the server only. */
  expect({ ids, isBatch, accept }: AwaitedAnswers): void {
    this.#open = new Set(ids);
    this.#isBatch = isBatch;
    this.#takesEvents = /\btext\/(?:event-stream|\*)|\*\/\*/i.test(accept);
  }

  waitsFor(id: string): boolean {
    return this.isOpen && this.#open.has(id);
  }

  /**
   * Begins an answer whose body follows piece by piece. The head goes out with the first piece if that has arrived already, as in most
   * answers, because a packet of its own would wake the client once more; otherwise before the event loop goes on.
   */
  begin(status: number, reason: string, headers: RawHeaders): void {
    if (!this.isOpen || this.#streams) return;
    this.#response.writeHead(status, reason, [...headers]);
    this.#streams = true;
    this.#holdsHead = true;
    queueMicrotask(() => {
      if (this.#holdsHead && !this.#gone) this.#response.flushHeaders();
      this.#holdsHead = false;
    });
  }

  /** Passes bytes of the server on. */
  write(raw: Uint8Array): void {
    if (raw.length > 0 && this.isOpen) this.#write(raw);
  }

  /** Calls `taken` once the client has room for more, behind what was written so far. */
  whenTaken(taken: () => void): void {
    const response = this.#response;
    this.#whenDurable(() => {
      if (this.#gone || !response.writableNeedDrain) taken();
      else this.#untaken.push(taken);
    });
  }

  /** Notes that an event of the server answered a request. */
  answered(id: string): void {
    this.#open.delete(id);
  }

  /** Sends an answer with its whole body. */
  send(status: number, reason: string, headers: RawHeaders, body: Uint8Array): void {
    if (!this.isOpen) return;
    this.#response.writeHead(status, reason, [...headers]);
    this.#end(body);
  }

  /** Sends the answer to one of the requests in place of the server's. False when the client does not wait for it any more. */
  answer(id: string, message: Uint8Array): boolean {
    if (!this.waitsFor(id)) return false;
    this.#open.delete(id);
    if (this.#streams) this.#write(eventOf(message));
    else this.#answers.push(message);
    if (this.#open.size === 0) this.#complete();
    return true;
  }

  /** Sends an error that answers none of the requests, because the message was refused as a whole. False when the answer has begun. */
  reject(message: Uint8Array): boolean {
    if (!this.isOpen || this.hasBegun || this.#streams) return false;
    this.send(400, '', jsonHeaders, message);
    return true;
  }

  /** Sends a message that is not the answer, such as progress. False when this client does not accept events, or has disconnected. */
  sendBefore(message: Uint8Array): boolean {
    if (!this.isOpen || !this.#takesEvents) return false;
    this.begin(200, 'OK', eventHeaders);
    for (const answer of this.#answers.splice(0)) this.#write(eventOf(answer));
    this.#write(eventOf(message));
    return true;
  }

  /** Ends the answer, with the last bytes of it. */
  end(rest?: Uint8Array): void {
    if (this.isOpen) this.#end(rest);
  }

  /** Answers with a failure of the tap. */
  refuse(status: number, failure: Failure): void {
    if (this.isOpen && !this.hasBegun) refuse(this.#response, status, failure);
    else this.breakOff();
  }

  /** Breaks the connection, so that an incomplete answer does not look complete. */
  breakOff(): void {
    if (!this.#isEnding) this.#response.destroy();
  }

  onGone(listener: () => void): void {
    this.#response.on('close', listener);
  }

  #write(bytes: Uint8Array): void {
    this.#whenDurable(() => {
      this.#holdsHead = false;
      if (!this.#gone) this.#response.write(bytes);
    });
  }

  #end(body?: Uint8Array): void {
    this.#isEnding = true;
    this.#whenDurable(() => {
      this.#holdsHead = false;
      if (!this.#gone) this.#response.end(body);
    });
  }

  #complete(): void {
    const [only = Buffer.alloc(0)] = this.#answers;
    if (this.#streams) this.end();
    else if (this.prefersEvents && this.status === 200 && !this.#isBatch) {
      this.begin(200, 'OK', eventHeaders);
      this.#end(eventOf(only));
    } else {
      const texts = this.#answers.map((each) => Buffer.from(each).toString());
      const body = this.#isBatch ? Buffer.from(`[${texts.join(',')}]`) : only;
      this.send(this.status, '', jsonHeaders, body);
    }
  }
}

const jsonHeaders: RawHeaders = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];
const eventHeaders: RawHeaders = ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'];
