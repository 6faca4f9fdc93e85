/** Finds which calls of a view each clause of its policy decides, in the background, on request. */
import type { ClauseEffect } from '../../../core/clauses/clauseText.ts';
import { Emitter, type Event } from '../../../core/base/event.ts';
import { toFailure } from '../../../core/base/failure.ts';
import { type Disposable, DisposableStore } from '../../../core/base/lifecycle.ts';
import { runsOnShow, type RunsOnShow } from './runsOnShow.ts';
import type { SessionServices } from '../keptSessions.ts';
import type { TraceView } from '../traceView.ts';
import { ClauseRuns } from './clauseRuns.ts';
import { clausesOf, type FileClause, policyFilesOf, readPolicyFiles, withoutClause } from './policyFiles.ts';

/** How far the search is. */
export type ClauseSearch =
  /** The search was not asked for, or the calls are not decided. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'searching' }
  | { readonly kind: 'found' }
  /** It would take longer than is done without a word; `findAnyway` does it. */
  | { readonly kind: 'long'; readonly estimateMs: number }
  /** It cannot be found; why, as the end of a sentence. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** How the search goes about it. */
export interface ClauseSearchOptions {
  /** Milliseconds that a search may take without being asked for twice. */
  readonly budgetMs?: number;
  /** Milliseconds without a change before it begins. */
  readonly restMs?: number;
  readonly onShow?: RunsOnShow;
}

/** What tells the decisions on show from others. */
interface ShownDecisions {
  readonly run: object;
  /** Number of decided calls: a run goes on while its trace grows. */
  readonly done: number;
  readonly texts: ReadonlyMap<string, string>;
}

/** How many inputs keep their effects, for a text that comes back. */
const keptInputs = 8;

const noEffects: ReadonlyMap<string, ClauseEffect> = new Map();

/** The searches of this process, one after the other. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * A clause decides a call when the call is decided otherwise without it: the whole session is decided again with the policy that has this clause
 * less (see `PolicyClause`). A run on show interrupts the search, and so does any change of the inputs; the effects that were found stay by the
 * hash of the inputs.
 */
export class DecidingClauses implements Disposable {
  readonly #view: TraceView;
  readonly #services: SessionServices;
  readonly #options: Required<ClauseSearchOptions>;
  readonly #store = new DisposableStore();
  readonly #changed: Emitter<void>;
  readonly #kept = new Map<string, Map<string, ClauseEffect>>();
  #texts: ReadonlyMap<string, string> = new Map();
  #clauses: readonly FileClause[] = [];
  #effects = noEffects;
  #search: ClauseSearch = { kind: 'idle' };
  #revision = 0;
  #wanted = false;
  #anyway = false;
  /** The decisions on show; null while they are not there. */
  #shown: ShownDecisions | null = null;
  #timer: NodeJS.Timeout | undefined;
  #abort = new AbortController();

  /** Fires when something was found, and when what was found is not that of the decisions on show any more. */
  readonly onDidChange: Event<void>;

  constructor(view: TraceView, services: SessionServices, options: ClauseSearchOptions = {}) {
    this.#view = view;
    this.#services = services;
    this.#options = { budgetMs: 20_000, restMs: 300, onShow: runsOnShow, ...options };
    this.#changed = this.#store.add(new Emitter<void>());
    this.onDidChange = this.#changed.event;
    this.#store.add(view.onDidChange(() => this.#update()));
    this.#store.add(this.#options.onShow.onDidChange(() => this.#again()));
    this.#update();
  }

  get search(): ClauseSearch {
    return this.#search;
  }

  /** Grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** The clauses of the texts that the calls on show were decided with, in the order of the texts. */
  get clauses(): readonly FileClause[] {
    return this.#clauses;
  }

  /** The text of a file that the clauses are from; undefined before it was read. */
  textOf(path: string): string | undefined {
    return this.#texts.get(path);
  }

  /** What the calls are without a clause; undefined when it is not known. */
  effect(id: string): ClauseEffect | undefined {
    return this.#effects.get(id);
  }

  /** The calls that a clause decides, by its id in any case of letters. */
  decidedBy(id: string): { has(index: number): boolean } {
    const clause = this.#clauses.find((each) => each.id.toLowerCase() === id.toLowerCase());
    const effect = clause === undefined ? undefined : this.#effects.get(clause.id);
    return effect?.kind === 'found' ? effect.decides : new Set<number>();
  }

  /** Asks for the search. It is asked for again after each change. */
  find(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#again();
  }

  /** The same, however long it takes. */
  findAnyway(): void {
    this.#wanted = true;
    this.#anyway = true;
    this.#again();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#store.dispose();
  }

  /** Looks whether other decisions are on show. */
  #update(): void {
    const { run, comparison, whatIf } = this.#view;
    const shown = run.status === 'done' ? { run: comparison.run, done: run.done, texts: whatIf.texts } : null;
    const before = this.#shown;
    const isSame = shown?.run === before?.run && shown?.done === before?.done && shown?.texts === before?.texts;
    if (isSame) return;
    this.#shown = shown;
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#wanted = false;
    this.#anyway = false;
    this.#clauses = [];
    this.#texts = new Map();
    this.#effects = noEffects;
    this.#set({ kind: 'idle' });
  }

  /** Begins the search, or begins it again, when nothing has happened for a while. */
  #again(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
    if (!this.#wanted || this.#shown === null) return;
    const { kind } = this.#search;
    if (kind === 'found' || kind === 'impossible' || (kind === 'long' && !this.#anyway)) return;
    this.#set({ kind: 'searching' });
    if (this.#options.onShow.any) return;
    this.#timer = setTimeout(() => this.#begin(), this.#options.restMs);
  }

  #begin(): void {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    turn = turn
      .then(() => this.#find(signal))
      .catch((thrown: unknown) => {
        if (!signal.aborted) this.#set({ kind: 'impossible', reason: toFailure(thrown).message });
      });
  }

  async #find(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { settings, whatIf, comparison } = this.#view;
    const texts = await readPolicyFiles(policyFilesOf(settings), whatIf.texts);
    if (signal.aborted) return;
    this.#texts = texts;
    this.#clauses = policyFilesOf(settings).flatMap((file) => clausesOf(file, texts.get(file.path) ?? ''));
    if (this.#view.problems.some(({ code }) => code === 'session/old-decisions')) {
      return this.#set({ kind: 'impossible', reason: 'this text cannot be used' });
    }
    const { inputs } = comparison.asBaseline('');
    const effects = inputs === null ? new Map<string, ClauseEffect>() : this.#keptFor(inputs);
    this.#effects = effects;
    const missing = this.#clauses.filter(({ id, without }) => without !== null && !effects.has(id));
    if (missing.length > 0) {
      const estimateMs = this.#view.run.durationMs * (missing.length + 1);
      if (estimateMs > this.#options.budgetMs && !this.#anyway) return this.#set({ kind: 'long', estimateMs });
      // The clauses are known.
      this.#set({ kind: 'searching' });
      const reason = await this.#runs(missing, effects, signal);
      if (signal.aborted) return;
      if (reason !== null) return this.#set({ kind: 'impossible', reason });
    }
    this.#set({ kind: 'found' });
  }

  /** Why nothing can be found; null when all effects are there, or the signal aborted. */
  async #runs(
    missing: readonly FileClause[],
    effects: Map<string, ClauseEffect>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const runs = await ClauseRuns.open(this.#view, this.#services, signal);
    if (runs === null) return 'the file of the trace has other calls than the panel, or is still written';
    try {
      const shown = this.#view.comparison.asBaseline('');
      const reason = await runs.control(this.#texts, shown);
      if (reason !== null || signal.aborted) return reason;
      for (const clause of missing) {
        const texts = withoutClause(this.#texts, clause);
        const effect = texts === null ? null : await runs.without(texts, shown);
        if (signal.aborted) return null;
        if (effect !== null) effects.set(clause.id, effect);
      }
      return null;
    } finally {
      await runs.close();
    }
  }

  #keptFor(inputs: string): Map<string, ClauseEffect> {
    const effects = this.#kept.get(inputs) ?? new Map<string, ClauseEffect>();
    this.#kept.delete(inputs);
    this.#kept.set(inputs, effects);
    for (const oldest of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - keptInputs))) {
      this.#kept.delete(oldest);
    }
    return effects;
  }

  #set(search: ClauseSearch): void {
    this.#search = search;
    this.#revision++;
    this.#changed.fire();
  }
}
