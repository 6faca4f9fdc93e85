/** Answers the look-ups of all guards of a session in its thread: from cassettes, from a list, from the host, or with an error. */
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { BackendAnswer } from '../../../core/guard/backend.ts';
import { type CassetteAnswer, type CassetteData, CassettePlayer } from '../../../core/trace/model/cassette.ts';
import { HostPanic, nilDereference } from '../../runtime/shared/guestError.ts';
import { isLive, type SharedState, words } from '../../runtime/shared/workerContract.ts';
import type { HostAnswer } from '../../runtime/worker/hostLink.ts';
import { type LookupAnswer, type Lookups, playedAnswer } from '../../runtime/worker/lookupResponder.ts';

/** What answers the look-ups of one guard call. */
export type LookupSource =
  /** No backend: every look-up fails. */
  | { readonly kind: 'none' }
  /** A start function is running: the gateway's backend is nil (gateway `internal/server/guard_init.go`). */
  | { readonly kind: 'loading' }
  /** Answers in order; when all are used, every further look-up fails. */
  | { readonly kind: 'answers'; readonly answers: readonly BackendAnswer[] }
  /** Recorded answers, for the agent call with index `call`; where there is none, `otherwise` answers, if it is there. */
  | {
      readonly kind: 'cassette';
      readonly player: LazyPlayer;
      readonly call: number;
      readonly otherwise?: (tool: string, args: JsonValue) => HostAnswer;
    }
  /** The host answers while the thread sleeps. */
  | { readonly kind: 'host'; ask(tool: string, args: JsonValue): HostAnswer };

/** How far a player is: what it was given, and how many entries were used. */
export interface PlayerPosition {
  readonly player: LazyPlayer;
  readonly given: number;
  readonly taken: number;
}

/** The recorded answers for one server's guard, sorted when its first look-up asks for one. */
export class LazyPlayer {
  readonly #data: CassetteData[] = [];
  #player: CassettePlayer | null = null;
  #call = -1;

  /** Sets the recorded answers, or adds to them. */
  take(data: CassetteData): void {
    if (data.adds !== true) {
      this.#data.length = 0;
      this.#player = null;
    }
    this.#data.push(data);
    this.#player?.extend(data);
  }

  get position(): PlayerPosition {
    return { player: this, given: this.#data.length, taken: this.#player?.taken ?? 0 };
  }

  /** A player that goes on from an earlier position of one. */
  static from({ player, given, taken }: PlayerPosition): LazyPlayer {
    const made = new LazyPlayer();
    made.#data.push(...player.#data.slice(0, given));
    if (taken > 0 && player.#player !== null) {
      made.#player = made.#makePlayer();
      made.#player.useAs(player.#player, taken);
    }
    return made;
  }

  beginCall(call: number): void {
    this.#call = call;
    this.#player?.beginCall(call);
  }

  answer(tool: string, args: JsonValue): CassetteAnswer {
    this.#player ??= this.#makePlayer();
    return this.#player.answer(tool, args);
  }

  #makePlayer(): CassettePlayer {
    const [first = { entries: [] }, ...added] = this.#data;
    const player = new CassettePlayer(first);
    for (const data of added) player.extend(data);
    player.beginCall(this.#call);
    return player;
  }
}

export class ThreadLookups implements Lookups {
  readonly #shared: SharedState;
  #source: LookupSource = { kind: 'none' };
  /** Number of look-ups answered from a list of answers. */
  #asked = 0;

  constructor(shared: SharedState) {
    this.#shared = shared;
  }

  /** Sets what answers the next guard call. */
  use(source: LookupSource): void {
    this.#source = source;
  }

  begin(): void {
    this.#asked = 0;
    if (this.#source.kind === 'cassette') this.#source.player.beginCall(this.#source.call);
  }

  answer(tool: string, args: JsonValue): LookupAnswer {
    if (!isLive(this.#shared.get(words.context))) return { kind: 'deadline' };
    const source = this.#source;
    switch (source.kind) {
      case 'loading':
        throw new HostPanic(nilDereference);
      case 'host':
        return source.ask(tool, args);
      case 'cassette':
        return recordedAnswer(source, tool, args);
      case 'answers':
        return listedAnswer(source.answers[this.#asked++] ?? { error: 'the backend has no more answers' });
      case 'none':
        return { kind: 'error', bytes: Buffer.from('there is no backend') };
    }
  }
}

function recordedAnswer(
  { player, otherwise }: Extract<LookupSource, { readonly kind: 'cassette' }>,
  tool: string,
  args: JsonValue,
): LookupAnswer {
  const played = playedAnswer(player, tool, args);
  return played.kind === 'miss' && otherwise !== undefined ? otherwise(tool, args) : played;
}

function listedAnswer(answer: BackendAnswer): HostAnswer {
  return 'error' in answer
    ? { kind: 'error', bytes: Buffer.from(answer.error) }
    : { kind: 'result', bytes: Buffer.from(encodeGoJson(answer.result)) };
}
