/** Typed requests with answers between the extension host and a webview, in both directions, over a port that passes plain data. */
import { Failure, toFailure } from './failure.ts';
import type { Disposable } from './lifecycle.ts';

/** A contract: the input and output of each method. A method with `out: void` is answered too, so that a failure is reported. */
export type Contract = Record<string, { in: unknown; out: unknown }>;

/** Passes plain data in both directions: a message port, or a webview. */
export interface Port {
  post(message: unknown): void;
  /** Called once. `onClose` is called at most once, and no message follows it. */
  listen(onMessage: (message: unknown) => void, onClose: () => void): void;
}

/** The implementations of a contract's methods. */
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

/**
 * One end of a link: it answers the methods of `Mine` and requests those of `Theirs`. An exception of a method is sent back as code,
 * message and hint. `dispose` rejects the requests that wait for an answer.
 */
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

  /** Sends a request; rejects with a `Failure` when the method throws, does not exist, or the link is closed. */
  ask<M extends keyof Theirs & string>(method: M, input: Theirs[M]['in']): Promise<Theirs[M]['out']> {
    if (this.#closed) return Promise.reject(linkClosed(`"${method}"`));
    const id = this.#nextId++;
    return new Promise<Theirs[M]['out']>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.post({ kind: 'ask', id, method, input } satisfies Packet);
    });
  }

  dispose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(linkClosed('a request'));
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
      if (handler === undefined) throw new Failure('link/unknown-method', `The other side has no method "${method}"`);
      reply = { kind: 'answer', id, output: await handler(input) };
    } catch (thrown) {
      const { code, message, hint } = toFailure(thrown);
      reply = { kind: 'failure', id, code, message, hint };
    }
    if (!this.#closed) this.#port.post(reply);
  }
}

function linkClosed(what: string): Failure {
  return new Failure('link/closed', `The link was closed before ${what} was answered`);
}
