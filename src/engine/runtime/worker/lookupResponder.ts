/** Answers a guest's `call_backend` inside the worker: nobody, the host while the guest sleeps, or the cassette. */
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import { type CassetteData, CassettePlayer } from '../../../core/trace/model/cassette.ts';
import type { HostAnswer, HostLink } from './hostLink.ts';
import { HostPanic, nilDereference } from '../shared/guestError.ts';
import { type SharedState, backends, contexts, words } from '../shared/workerContract.ts';

/** What a question got; a result is JSON as Go writes it. */
export type LookupAnswer = HostAnswer | { readonly kind: 'miss'; readonly bytes: Uint8Array };

/** The backend of one worker; which kind it is, the host says anew with each call. */
export class LookupResponder {
  readonly #shared: SharedState;
  readonly #link: HostLink;
  #player: CassettePlayer | null = null;

  constructor(shared: SharedState, link: HostLink) {
    this.#shared = shared;
    this.#link = link;
  }

  setCassette(data: CassetteData): void {
    if (data.adds === true && this.#player !== null) this.#player.extend(data);
    else this.#player = new CassettePlayer(data);
  }

  /** A guard call begins. */
  begin(): void {
    if (this.#shared.get(words.backend) === backends.cassette) {
      this.#player?.beginCall(this.#shared.get(words.cassetteCall));
    }
  }

  /**
   * The backend's answer. A call whose context has ended gets none, whoever would answer. While a guard loads the gateway's backend is
   * nil, and a start function that asks makes it dereference that (gateway `internal/server/guard_init.go`: loaded with nil).
   */
  answer(tool: string, args: JsonValue): LookupAnswer {
    if (this.#shared.get(words.context) !== contexts.live) return { kind: 'deadline' };
    const backend = this.#shared.get(words.backend);
    if (backend === backends.loading) throw new HostPanic(nilDereference);
    if (backend === backends.host) return this.#link.ask(tool, args);
    if (backend === backends.cassette && this.#player !== null) return played(this.#player, tool, args);
    return { kind: 'error', bytes: Buffer.from('there is no backend') };
  }
}

function played(player: CassettePlayer, tool: string, args: JsonValue): LookupAnswer {
  const { answer, miss } = player.answer(tool, args);
  if (answer.error === undefined) return { kind: 'result', bytes: Buffer.from(encodeGoJson(answer.result)) };
  return { kind: miss ? 'miss' : 'error', bytes: Buffer.from(answer.error) };
}
