/** Decides the calls of a view without a clause of its policy, in a thread of its own, and finds those that are decided otherwise. */
import type { ClauseEffect } from '../../../core/clauses/clauseText.ts';
import { DecisionPrints } from '../../../core/diff/decisionPrint.ts';
import type { ChangeKind } from '../../../core/difc/record/changeKind.ts';
import { toFailure } from '../../../core/base/failure.ts';
import { PreparedServers } from '../../sessionWorker/host/preparedServers.ts';
import type { ThreadSession } from '../../sessionWorker/host/threadSession.ts';
import { type Baseline, outcomeOfRow } from '../baseline.ts';
import { inputsOf } from '../changes/unchangedRun.ts';
import type { SessionServices } from '../keptSessions.ts';
import { readRunInputs, serversOf } from '../runInputs.ts';
import { openInThread } from '../threadRun.ts';
import type { TraceView } from '../traceView.ts';

/** Texts in place of the content of files, by path. */
type Texts = ReadonlyMap<string, string>;

/** Changes that are worth mention where the decision stays. */
const labelKinds: ReadonlySet<ChangeKind> = new Set(['operation', 'resource', 'items', 'agent', 'mode']);

/** Outcomes with which the client gets an error: its text is the reason, not the decision. */
const refusals = /^(?:denied|blocked|error)/;

/** The decisions of a run, as far as they are compared. */
interface DecidedCalls {
  readonly prints: DecisionPrints;
  readonly outcomes: Map<number, string>;
  /** See `Baseline.inputs`. */
  inputs: string;
}

export class ClauseRuns {
  readonly #view: TraceView;
  readonly #session: ThreadSession;

  private constructor(view: TraceView, session: ThreadSession) {
    this.#view = view;
    this.#session = session;
  }

  /** Reads the trace in a new thread. Null when its file does not have the calls of the view. Rejects with the reason of the signal. */
  static async open(view: TraceView, services: SessionServices, signal: AbortSignal): Promise<ClauseRuns | null> {
    // The thread that is kept belongs to the runs on show. What a growing trace has so far is as good as a whole one.
    const { kept: _kept, ...own } = services;
    const session = await openInThread(view.paths, { ...view.trace, growing: false }, { ...own, signal });
    return session === null ? null : new ClauseRuns(view, session);
  }

  /**
   * Decides with the texts as they are, and says why the decisions on show cannot be compared with another run; null when they can. Null also
   * when the signal aborted. The inputs of a run that followed its trace are not known: then equal decisions must do.
   */
  async control(texts: Texts, shown: Baseline): Promise<string | null> {
    const decided = await this.#decide(texts, true);
    if (decided === null) return null;
    const isStale = shown.inputs !== null && decided.inputs !== shown.inputs;
    if (isStale) return 'the files are not those that the calls were decided with';
    for (const [index] of decided.outcomes) {
      if (this.#isFinal(index, shown) && shown.prints.changedKinds(index, decided.prints, index).length > 0) {
        return shown.inputs === null
          ? `another run decides call ${index + 1} differently than the one on show; replay the trace again`
          : `the guard is not deterministic: two runs with the same inputs decide call ${index + 1} differently`;
      }
    }
    return null;
  }

  /** What changes with these texts, which have a clause less. Null when the signal aborted. */
  async without(texts: Texts, shown: Baseline): Promise<ClauseEffect | null> {
    let decided: DecidedCalls | null;
    try {
      decided = await this.#decide(texts, false);
    } catch (thrown) {
      return { kind: 'cannot', reason: toFailure(thrown).message };
    }
    if (decided === null) return null;
    const decides = new Map<number, string>();
    const touches = new Map<number, 'reason' | 'labels'>();
    for (const [index, outcome] of shown.outcomes) {
      const would = decided.outcomes.get(index);
      if (!this.#isFinal(index, shown)) continue;
      if (would === undefined) {
        // The guard asks for what the call asked, so that it is one of its look-ups.
        decides.set(index, 'not decided');
        continue;
      }
      const kinds = shown.prints.changedKinds(index, decided.prints, index);
      if (isDecisive(kinds, outcome)) decides.set(index, would);
      else if (kinds.includes('answer') || kinds.includes('reason')) touches.set(index, 'reason');
      else if (kinds.some((kind) => labelKinds.has(kind))) touches.set(index, 'labels');
    }
    return { kind: 'found', decides, touches };
  }

  /** Whether the decision on show stays: a call of a growing trace may still get its answer. */
  #isFinal(index: number, { prints }: Baseline): boolean {
    return prints.has(index) && this.#view.call(index)?.awaits === undefined;
  }

  /** Stops the thread. */
  close(): Promise<void> {
    return this.#session.close();
  }

  /** `lint`: whether mistakes of the guard's author are looked for, as in the runs on show. */
  async #decide(texts: Texts, lint: boolean): Promise<DecidedCalls | null> {
    const { settings, trace, server } = this.#view;
    const changes = this.#view.changes.edited;
    const ignored = (): void => undefined;
    const reports = { policyProblems: ignored, configProblems: ignored };
    const inputs = await readRunInputs(settings, trace, texts, reports);
    const { servers } = serversOf(inputs, trace, settings.config === null ? (server ?? '') : '');
    const prepared = await PreparedServers.prepare(this.#session, servers);
    const wish = { changes, usesTrace: true, fixtures: [], lint, gives: 'digests', prints: true } as const;
    const replayed = this.#session.replay({ ...wish, servers: prepared.specs });
    const decided: DecidedCalls = {
      prints: new DecisionPrints(),
      outcomes: new Map(),
      inputs: inputsOf(this.#session, prepared, changes),
    };
    for (let step = await replayed.next(); ; step = await replayed.next()) {
      if (step.done === true) return step.value === null ? null : decided;
      for (const item of step.value) {
        if (item.kind === 'loaded') prepared.take(item.guards);
        else if (item.kind === 'lookup') {
          decided.prints.delete(item.lookup);
          decided.outcomes.delete(item.lookup);
        } else {
          const { row, print } = item.digest();
          if (print !== undefined) decided.prints.set(row.index, print);
          decided.outcomes.set(row.index, outcomeOfRow(row));
        }
      }
      // Batches come as fast as the guards allow; answers to the panel go first.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Whether a call has another outcome, or the client gets another answer where it gets one. Another reason or other labels are not a decision. */
function isDecisive(kinds: readonly ChangeKind[], outcome: string): boolean {
  return kinds.includes('outcome') || (kinds.includes('answer') && !refusals.test(outcome));
}
