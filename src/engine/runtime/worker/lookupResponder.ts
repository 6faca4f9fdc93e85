/** Answers a guest's look-ups in the worker: with an error, from a cassette, or by asking the host while the guest sleeps. */
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import { type CassetteData, CassettePlayer } from '../../../core/trace/model/cassette.ts';
import { resultOf } from '../../../core/trace/model/storedAnswer.ts';
import type { HostAnswer, HostLink } from './hostLink.ts';
import { HostPanic, nilDereference } from '../shared/guestError.ts';
import { type SharedState, backends, isLive, words } from '../shared/workerContract.ts';

/** The answer of a look-up. A result is JSON as Go encodes it; `miss` is an error because the cassette has no answer. */
export type LookupAnswer = HostAnswer | { readonly kind: 'miss'; readonly bytes: Uint8Array };

/** Answers the look-ups of a guard instance. */
export interface Lookups {
  /** Starts a guard call. */
  begin(): void;
  answer(tool: string, args: JsonValue): LookupAnswer;
}

/** The backend of one worker. The host sets its kind for each call, in `words.backend`. */
export class LookupResponder implements Lookups {
  readonly #shared: SharedState;
  readonly #link: HostLink;
  #player: CassettePlayer | null = null;

  constructor(shared: SharedState, link: HostLink) {
    this.#shared = shared;
    this.#link = link;
  }

  /** Sets the recorded answers, or adds to the ones that are there when the data says so. */
  setCassette(data: CassetteData): void {
    if (data.adds === true && this.#player !== null) this.#player.extend(data);
    else this.#player = new CassettePlayer(data);
  }

  /** Starts a guard call: the cassette goes to the agent call that the host has set. */
  begin(): void {
    if (this.#shared.get(words.backend) === backends.cassette) {
      this.#player?.beginCall(this.#shared.get(words.cassetteCall));
    }
  }

  /**
   * The answer of the backend; `deadline` for a call whose context has ended, whatever the backend. While a guard loads, the gateway's
   * backend is nil, so a look-up by a start function is a nil dereference (gateway `internal/server/guard_init.go`).
   */
  answer(tool: string, args: JsonValue): LookupAnswer {
    if (!isLive(this.#shared.get(words.context))) return { kind: 'deadline' };
    const backend = this.#shared.get(words.backend);
    if (backend === backends.loading) throw new HostPanic(nilDereference);
    if (backend === backends.host) return this.#link.ask(tool, args);
    if (backend === backends.cassette && this.#player !== null) return playedAnswer(this.#player, tool, args);
    return { kind: 'error', bytes: Buffer.from('there is no backend') };
  }
}

/** A look-up's answer from a cassette. */
export function playedAnswer(player: Pick<CassettePlayer, 'answer'>, tool: string, args: JsonValue): LookupAnswer {
  const { answer, miss } = player.answer(tool, args);
  if (answer.error !== undefined) return { kind: miss ? 'miss' : 'error', bytes: Buffer.from(answer.error) };
  const read = resultOf(answer);
  if ('result' in read) return { kind: 'result', bytes: Buffer.from(encodeGoJson(read.result)) };
  return { kind: 'miss', bytes: Buffer.from(read.unreadable) };
}
