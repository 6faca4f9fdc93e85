/** Runs the replay of a session on guards that answer later: the calls of a trace in order, and those that the trace grows by. */
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import { SessionReplay, type SessionReplayOptions } from '../../core/replay/sessionReplay.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { answerUntilAborted } from './answerQuestions.ts';
import { type GatewaySession, handlersOf } from './gatewaySession.ts';

/** How a replay runs, beside the session and the trace. */
export interface RunOptions extends Pick<
  SessionReplayOptions,
  'lint' | 'onLookup' | 'limits' | 'fixtures' | 'changes'
> {
  /** Called at the end of the trace with the findings about the session as a whole. */
  readonly onFindings?: (findings: readonly Problem[]) => void;
}

/** One run over a trace. It needs guard instances of its own from the first call to the last. */
export class IncrementalReplay {
  readonly #session: GatewaySession;
  readonly #replay: SessionReplay;

  constructor(session: GatewaySession, { lint, onLookup, limits, fixtures, changes }: RunOptions = {}) {
    this.#session = session;
    this.#replay = new SessionReplay(session.rules, {
      usesTrace: session.backend !== 'none',
      onRestart: () => {
        for (const guard of session.guards.values()) guard.restart();
      },
      onCassette: (server, cassette) => session.guards.get(server)?.useCassette(cassette),
      ...(lint === undefined ? {} : { lint }),
      ...(onLookup === undefined ? {} : { onLookup }),
      ...(limits === undefined ? {} : { limits }),
      ...(fixtures === undefined ? {} : { fixtures }),
      ...(changes === undefined ? {} : { changes }),
    });
  }

  /** Number of agent calls. */
  get total(): number {
    return this.#replay.total;
  }

  /** Takes the trace as far as it was read. False: an earlier decision would change, so this run is over. */
  take(trace: Trace): boolean {
    return this.#replay.take(trace, performance.now());
  }

  /** Milliseconds until the next call can be decided even if the trace does not grow; null when waiting does not help. */
  get waitMs(): number | null {
    return this.#replay.waitMs(performance.now());
  }

  /** Decides every call that is ready. A record with the index of an earlier one replaces it. */
  async *run(): AsyncGenerator<DecisionRecord> {
    const renewed = this.#replay.renewedFirstRecord();
    if (renewed !== null) yield renewed;
    for (let call = this.#replay.next(); call !== undefined && this.waitMs === 0; call = this.#replay.next()) {
      const { signal } = this.#session;
      if (signal?.aborted === true) return;
      const records = await answerUntilAborted(this.#replay.decideNext(), handlersOf(this.#session, call), signal);
      if (records === null) return;
      yield* records;
    }
  }

  /** The findings about the session so far. */
  get findings(): readonly Problem[] {
    return this.#replay.findings;
  }

  /** Records of decided calls that may still turn out to be look-ups; `onLookup` takes them back. */
  provisional(): readonly DecisionRecord[] {
    return this.#replay.provisional();
  }

  /** The records held back at the end of the trace. */
  finish(): readonly DecisionRecord[] {
    return this.#replay.finish();
  }
}
