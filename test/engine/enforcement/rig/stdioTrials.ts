/** Tries one case after the other on a tap over stdio, and starts another tap when one has ended. */
import { patiently } from '../../../support/patience.ts';
import { HostileServer } from '../server/hostileServer.ts';
import { revealed } from '../server/secrets.ts';
import { callText, type ClientWay, ownId, partsOf } from '../ways/way.ts';
import { EnforcedStdio } from './stdioTap.ts';
import { inWords, missing, soon } from './verdict.ts';

/** Milliseconds for the server's answer to a call, long enough for the guard on a busy machine. */
const deadlineMs = patiently(500);
/** Milliseconds after which a client without an answer counts as hung. */
const boundMs = deadlineMs + patiently(3000);

export class StdioTrials {
  readonly #path: (name: string) => string;
  readonly #server = new HostileServer();
  #tap: EnforcedStdio | null = null;
  #taps = 0;
  #count = 0;
  /** Numbers of the cases whose secret has not reached the client. */
  readonly #kept: number[] = [];
  readonly #received: Buffer[] = [];

  constructor(path: (name: string) => string) {
    this.#path = path;
  }

  /** Returns what became of a case; `held` when the guard held. */
  async tryWay(way: ClientWay): Promise<string> {
    const parts = partsOf(++this.#count);
    const tap = await this.#open();
    const [from, reported] = [tap.position, tap.sentences.length];
    this.#server.begin(way.server ?? {});
    for (const message of way.sends(parts)) tap.send(message);
    const owed = (way.owed ?? ownId)(parts);
    const unanswered = (): readonly string[] => missing(owed, tap.responsesSince(from));
    await soon(() => tap.hasEnded || unanswered().length === 0, boundMs);
    const afterwards = await this.#probe(tap, parts.n);
    const shown = Buffer.concat([tap.receivedSince(from), Buffer.from(tap.sentences.slice(reported))]);
    const leaked = way.passesByDesign !== true && revealed(shown, [parts.n]).length > 0;
    if (!leaked && way.passesByDesign !== true) this.#kept.push(parts.n);
    const writes = this.#server.takeWrites();
    // The fault must not count for the next case, too.
    if (afterwards !== '') await tap.close();
    return inWords({ leaked, writes, unanswered: tap.hasEnded ? [] : unanswered(), afterwards });
  }

  /** Numbers of the cases whose secret reached the client after their end. */
  leakedLater(): readonly number[] {
    return revealed(Buffer.concat([...this.#received, this.#tap?.receivedSince(0) ?? Buffer.alloc(0)]), this.#kept);
  }

  async close(): Promise<void> {
    await this.#tap?.close();
  }

  /** Calls a tool that the guard allows. Returns what is wrong with its answer. */
  async #probe(tap: EnforcedStdio, n: number): Promise<string> {
    const from = tap.position;
    const id = `"probe-${n}"`;
    tap.send(callText(id, partsOf(n).publicRead));
    const text = (): string | undefined => tap.responsesSince(from).find((each) => each.id === id)?.text;
    await soon(() => tap.hasEnded || text() !== undefined, boundMs);
    const answer = text();
    if (answer !== undefined)
      return answer.includes('public of a file') ? '' : `a public read got ${answer.slice(0, 200)}`;
    if (!tap.hasEnded) return 'a public read got no answer';
    return tap.sentences === '' ? 'the tap ended without a sentence' : '';
  }

  async #open(): Promise<EnforcedStdio> {
    if (this.#tap !== null && !this.#tap.hasEnded) return this.#tap;
    if (this.#tap !== null) {
      this.#received.push(this.#tap.receivedSince(0));
      await this.#tap.close();
    }
    const capture = this.#path(`around-${++this.#taps}.guardtrace.jsonl`);
    this.#tap = await EnforcedStdio.open(this.#server, capture, ['--deadline', String(deadlineMs)]);
    return this.#tap;
  }
}
