/** The one typed link of Guardscope: questions with answers and announcements without, over any port that passes plain data. */
import { Failure, toFailure } from './failure.ts';
import type { Disposable } from './lifecycle.ts';

/** A contract: each method with what goes in and what comes out. `out: void` still answers, so a failure travels back. */
export type Contract = Record<string, { in: unknown; out: unknown }>;

/** Passes plain data both ways: a message port, a webview, an in-memory pair. */
export interface Port {
  post(message: unknown): void;
  /** Called once; `close` comes at most once, after which nothing arrives. */
  listen(onMessage: (message: unknown) => void, onClose: () => void): void;
}

/** How one side answers the questions of a contract. */
export type Handlers<C extends Contract> = {
  [M in keyof C]: (input: C[M]['in']) => C[M]['out'] | Promise<C[M]['out']>;
};

type Packet =
  | { readonly kind: 'ask'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly output: unknown }
  | {
      readonly kind: 'failure';
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (failure: Failure) => void;
}

/** One end of a link: answers `Mine`, asks `Theirs`. A throw travels back as code, sentence and hint; closing rejects what waits. */
export class Peer<Mine extends Contract, Theirs extends Contract> implements Disposable {
  readonly #port: Port;
  readonly #handlers: Handlers<Mine>;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closed = false;

  constructor(port: Port, handlers: Handlers<Mine>) {
    this.#port = port;
    this.#handlers = handlers;
    port.listen(
      (message) => this.#receive(message as Packet),
      () => this.dispose(),
    );
  }

  /** Asks the other side; rejects with a `Failure` when it throws, does not know the method, or goes away. */
  ask<M extends keyof Theirs & string>(method: M, input: Theirs[M]['in']): Promise<Theirs[M]['out']> {
    if (this.#closed) return Promise.reject(linkClosed(method));
    const id = this.#nextId++;
    return new Promise<Theirs[M]['out']>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.post({ kind: 'ask', id, method, input } satisfies Packet);
    });
  }

  dispose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(linkClosed('the question'));
    this.#waiting.clear();
  }

  #receive(packet: Packet): void {
    if (this.#closed) return;
    if (packet.kind === 'ask') {
      void this.#answer(packet.id, packet.method, packet.input);
      return;
    }
    const waiting = this.#waiting.get(packet.id);
    this.#waiting.delete(packet.id);
    if (packet.kind === 'answer') waiting?.resolve(packet.output as never);
    else waiting?.reject(new Failure(packet.code, packet.message, packet.hint));
  }

  async #answer(id: number, method: string, input: unknown): Promise<void> {
    let reply: Packet;
    try {
      const handler = Object.hasOwn(this.#handlers, method) ? this.#handlers[method] : undefined;
      if (handler === undefined) throw new Failure('link/unknown-method', `The other side does not answer "${method}"`);
      reply = { kind: 'answer', id, output: await handler(input) };
    } catch (thrown) {
      const { code, message, hint } = toFailure(thrown);
      reply = { kind: 'failure', id, code, message, hint };
    }
    if (!this.#closed) this.#port.post(reply);
  }
}

function linkClosed(what: string): Failure {
  return new Failure('link/closed', `The other side was closed before it answered ${what}`);
}
