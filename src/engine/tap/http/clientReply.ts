/** The answer to one POST of a client that a guard looks at: taken over from the server, or made of what the gate sends. */
import type { ServerResponse } from 'node:http';
import type { Failure } from '../../../core/base/failure.ts';
import type { WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { eventOf } from './eventSplitter.ts';
import type { RawHeaders } from './headers.ts';
import { refuse } from './refuse.ts';

/** What the client waits for. */
export interface AwaitedAnswers {
  /** Keys of the requests in the body; empty for notifications and answers. */
  readonly ids: readonly string[];
  readonly isBatch: boolean;
  /** The client's `Accept` header. */
  readonly accept: string;
}

export class ClientReply {
  readonly #response: ServerResponse;
  readonly #kept: WhenDurable;
  readonly #open: Set<string>;
  readonly #isBatch: boolean;
  readonly #takesEvents: boolean;
  readonly #answers: Uint8Array[] = [];
  readonly #drained: (() => void)[] = [];
  #streams = false;
  #gone = false;
  #isEnding = false;
  /** The status of an answer of the gate's: the server may have refused the call. */
  status = 200;
  /** The server answered with events, so the client gets an answer of the gate's as one. */
  prefersEvents = false;

  constructor(response: ServerResponse, { ids, isBatch, accept }: AwaitedAnswers, kept: WhenDurable) {
    this.#response = response;
    this.#kept = kept;
    this.#open = new Set(ids);
    this.#isBatch = isBatch;
    this.#takesEvents = /\btext\/(?:event-stream|\*)|\*\/\*/i.test(accept);
    response.on('close', () => {
      this.#gone = true;
    });
  }

  /** Whether the client listens and still gets something. */
  get isOpen(): boolean {
    return !this.#gone && !this.#isEnding && !this.#response.writableEnded;
  }

  /** Whether the head of the answer is gone. */
  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  waitsFor(id: string): boolean {
    return this.isOpen && this.#open.has(id);
  }

  /** The server answers with events; they follow one by one. */
  beginEvents(status: number, reason: string, headers: RawHeaders): void {
    if (!this.isOpen || this.#streams) return;
    this.#response.writeHead(status, reason, [...headers]);
    this.#response.flushHeaders();
    this.#streams = true;
  }

  /** Bytes of an event as they came. False: the client is slow, and `drain` comes later. */
  bytes(raw: Buffer): boolean {
    return !this.isOpen || this.#write(raw);
  }

  /** A request was answered by an event of the server's. */
  answered(id: string): void {
    this.#open.delete(id);
  }

  /** The whole answer of the server. */
  whole(status: number, reason: string, headers: RawHeaders, body: Uint8Array): void {
    if (!this.isOpen) return;
    this.#response.writeHead(status, reason, [...headers]);
    this.#end(body);
  }

  /** The answer to one of the requests, in place of the server's. False: nobody waits for it any more. */
  answer(id: string, message: Uint8Array): boolean {
    if (!this.waitsFor(id)) return false;
    this.#open.delete(id);
    if (this.#streams) this.#write(eventOf(message));
    else this.#answers.push(message);
    if (this.#open.size === 0) this.#complete();
    return true;
  }

  /** A message that belongs to the call without being its answer. False: this client does not take events, or is gone. */
  aside(message: Uint8Array): boolean {
    if (!this.isOpen || !this.#takesEvents) return false;
    this.beginEvents(200, 'OK', eventHeaders);
    for (const answer of this.#answers.splice(0)) this.#write(eventOf(answer));
    this.#write(eventOf(message));
    return true;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.isOpen) this.#end();
  }

  /** Answers in the tap's own words. */
  refuse(status: number, failure: Failure): void {
    if (this.isOpen && !this.hasBegun) refuse(this.#response, status, failure);
    else this.breakOff();
  }

  /** An answer that is not complete must not look so. */
  breakOff(): void {
    if (!this.#isEnding) this.#response.destroy();
  }

  onDrain(listener: () => void): void {
    this.#drained.push(listener);
    this.#response.on('drain', listener);
  }

  onGone(listener: () => void): void {
    this.#response.on('close', listener);
  }

  /** False: not at once; then those who wait for `drain` are told. */
  #write(bytes: Uint8Array): boolean {
    let isWritten = false;
    let isLate = false;
    this.#kept(() => {
      isWritten = this.#gone || this.#response.write(bytes);
      if (isLate && isWritten) for (const listener of this.#drained) listener();
    });
    isLate = true;
    return isWritten;
  }

  #end(body?: Uint8Array): void {
    this.#isEnding = true;
    this.#kept(() => {
      if (!this.#gone) this.#response.end(body);
    });
  }

  #complete(): void {
    const [only = Buffer.alloc(0)] = this.#answers;
    if (this.#streams) this.end();
    else if (this.prefersEvents && this.status === 200 && !this.#isBatch) {
      this.beginEvents(200, 'OK', eventHeaders);
      this.#end(eventOf(only));
    } else {
      const texts = this.#answers.map((each) => Buffer.from(each).toString());
      const body = this.#isBatch ? Buffer.from(`[${texts.join(',')}]`) : only;
      this.whole(this.status, '', ['Content-Type', 'application/json', 'Cache-Control', 'no-store'], body);
    }
  }
}

const eventHeaders: RawHeaders = ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'];
