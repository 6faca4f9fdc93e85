/**
 * The older HTTP transport begins its stream with an `endpoint` event, whose data is the address for messages. That address must lead
 * through the tap: the rewriter changes it while the stream passes, and changes nothing else.
 */

/** Takes bytes and returns bytes. Holds back at most the beginning of an `endpoint` event. */
export class EndpointRewriter {
  readonly #rewrite: (address: string) => string;
  #held = '';
  #done = false;

  /** `rewrite` maps the address as the server wrote it to the one that the client sees. */
  constructor(rewrite: (address: string) => string) {
    this.#rewrite = rewrite;
  }

  /** Returns what can be passed on now. */
  push(chunk: Buffer): Buffer {
    if (this.#done) return chunk;
    // Latin-1 keeps every byte as it is; an address is ASCII.
    this.#held += chunk.toString('latin1');
    // Comments may come first to keep the connection open, and must not wait.
    const [before = ''] = beforeEvent.exec(this.#held) ?? [];
    this.#held = this.#held.slice(before.length);
    const verdict = this.#judge();
    if (verdict === 'wait') return Buffer.from(before, 'latin1');
    this.#done = true;
    const out = Buffer.from(`${before}${verdict}`, 'latin1');
    this.#held = '';
    return out;
  }

  /** Returns what was held back when the stream ended. */
  end(): Buffer {
    const rest = Buffer.from(this.#held, 'latin1');
    this.#held = '';
    return rest;
  }

  #judge(): string {
    const held = this.#held;
    if (held.length < longestEvent && (byteOrderMark.startsWith(held) || /^:[^\n]*$/.test(held))) return 'wait';
    if (!opening.startsWith(held) && !alternative.startsWith(held) && !/^event: ?endpoint\r?\n?/.test(held))
      return held;
    if (held.length > longestEvent) return held;
    const whole = /^event: ?endpoint\r?\n(data: ?)([^\r\n]*)(\r?\n\r?\n)/.exec(held);
    if (whole === null) return /^event: ?endpoint\r?\n(?!d|$)/.test(held) ? held : 'wait';
    const [, data = '', address = '', end = ''] = whole;
    const at = whole[0].length - data.length - address.length - end.length;
    return `${held.slice(0, at)}${data}${this.#rewrite(address)}${held.slice(at + data.length + address.length)}`;
  }
}

const opening = 'event: endpoint';
const alternative = 'event:endpoint';
const longestEvent = 16 * 1024;

/** In Latin-1. */
const byteOrderMark = '\xEF\xBB\xBF';

/** A byte order mark, comments, and the blank lines that end them. */
const beforeEvent = /^(?:\xEF\xBB\xBF)?(?:(?::[^\r\n]*)?\r?\n)*/;
