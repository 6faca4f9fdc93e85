/** What the decisions of a view are compared with: the run before, or a run that stays when the calls are decided anew. */
import type { Disposable } from '../../core/base/lifecycle.ts';
import { alignCalls, callKey } from '../../core/diff/alignCalls.ts';
import { compareDecisions } from '../../core/diff/compareDecisions.ts';
import { type CallTimes, type SlowerCall, slowerText } from '../../core/diff/slowerCalls.ts';
import { type ChangeKind, changeKinds } from '../../core/difc/record/changeKind.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { ComparisonState } from '../../core/protocol/panel.ts';
import type { ChangeRow } from '../../core/protocol/rows.ts';
import { changesFromRecorded, type RecordedOutcome, recordedEndText } from '../../core/replay/recordedOutcome.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { type Baseline, placeIn } from './baseline.ts';
import type { RunResults } from './runResults.ts';

const runBefore = 'the run before';

/** Changes with which a call has other guard calls than before. */
const otherCalls: ReadonlySet<ChangeKind> = new Set(['outcome', 'operation', 'lookups']);

export class Comparison implements Disposable {
  readonly #results: () => RunResults;
  readonly #announce: () => void;
  #pinned: Baseline | null = null;
  #held: Baseline | null = null;
  /** Who holds it, with what each calls it. */
  readonly #holders = new Map<object, string>();

  /** `results`: those on show. `announce`: called after a change of the rows. */
  constructor(results: () => RunResults, announce: () => void) {
    this.#results = results;
    this.#announce = announce;
  }

  get state(): ComparisonState {
    const results = this.#results();
    const { baseline, inputs, changes } = results;
    const isSame = inputs !== null && inputs === baseline.inputs;
    return {
      label: baseline.label,
      pinned: this.#pinned !== null,
      kinds: changes,
      uncompared: baseline.ends === undefined ? 0 : results.uncompared,
      unstable: isSame ? results.firstChanged : null,
    };
  }

  /** Another object when the decisions on show are those of another run. */
  get run(): object {
    return this.#results();
  }

  /** What the decisions on show are compared with. */
  get baseline(): object {
    return this.#results().baseline;
  }

  /** The record that the decision of a call is compared with; undefined when there is none. */
  record(index: number): DecisionRecord | undefined {
    const { baseline } = this.#results();
    const place = placeIn(baseline, index);
    return place === null ? undefined : baseline.records.get(place);
  }

  /** How the decision of a call differs from the baseline's. */
  changes(index: number): readonly ChangeRow[] {
    const { records } = this.#results();
    const [before, after] = [this.record(index), records.get(index)];
    if (after === undefined) return [];
    if (before === undefined) return this.#changesFromEnd(index, after);
    const changes = compareDecisions(before, after).map(({ kind, text, pointer }) => ({ kind, text, pointer }));
    const slower = this.#results().slower.get(index);
    return slower === undefined ? changes : withTime(changes, slower);
  }

  /** The calls of the run on show and of the baseline with their times; null when they cannot be compared: the inputs are the same, or unknown. */
  get times(): readonly CallTimes[] | null {
    const { baseline, inputs, times } = this.#results();
    if (baseline.ends !== undefined || inputs === null || baseline.inputs === null || inputs === baseline.inputs)
      return null;
    return [...times].flatMap(([index, after]) => {
      const place = placeIn(baseline, index);
      const before = place === null ? undefined : baseline.times.get(place);
      const { changes = [] } = this.#results().row(index) ?? {};
      // A call with another outcome or other look-ups has other guard calls.
      return before === undefined || changes.some((kind) => otherCalls.has(kind))
        ? []
        : [{ index, before, after: [after] }];
    });
  }

  /** Marks calls of the run on show that take the guard longer than in the baseline. `run`: the one that was looked at; another is left as it is. */
  markSlower(run: object, calls: readonly SlowerCall[]): void {
    const results = this.#results();
    if (run !== results || calls.length === 0) return;
    results.markSlower(calls);
    this.#announce();
  }

  /** How a call ended in the recorded session, where it has no decision to compare with; null without a recorded end. */
  end(index: number): RecordedOutcome | null {
    const { baseline } = this.#results();
    return placeIn(baseline, index) === null ? (baseline.ends?.(index) ?? null) : null;
  }

  #changesFromEnd(index: number, { outcome, items }: DecisionRecord): readonly ChangeRow[] {
    const then = this.end(index);
    if (then === null) return [];
    const withheld = items === null ? null : items.filter(({ allowed }) => !allowed).length;
    return changesFromRecorded(then, { outcome, withheld }).map((kind) => {
      const is = kind === 'outcome' ? outcome : `${withheld ?? 0} withheld`;
      return { kind, text: `was ${recordedEndText(then)}, is ${is}`, pointer: `/${kind}` };
    });
  }

  /** Keeps the run on show as the baseline. `label`: what the view calls it. */
  pinRun(label: string): void {
    this.compareWith(this.asBaseline(label));
  }

  /** The run on show as a baseline; its records must be retained. */
  asBaseline(label: string): Baseline {
    return this.#results().asBaseline(label);
  }

  /** Compares the decisions with this baseline from now on. The view takes part of its records. */
  compareWith(baseline: Baseline): void {
    this.#keep(baseline);
    this.#results().compareWith(baseline);
    this.#announce();
  }

  /** The run before is the baseline of the next one again. */
  unpin(): void {
    this.#keep(null);
    this.#announce();
  }

  /**
   * Keeps the run on show as the baseline of those that follow, until every holder has released it. A pinned one comes before it; while one is held,
   * it stays, and its label says what all of them hold it for.
   */
  hold(holder: object, label: string): void {
    if (this.#holders.has(holder)) return;
    this.#holders.set(holder, label);
    const first = this.#held ?? this.asBaseline(label);
    if (this.#held === null) first.records.retain();
    this.#held = { ...first, label: [...this.#holders.values()].join(', ') };
  }

  /** The run before is the baseline of the next one again. The decisions on show stay compared with the one that was held. */
  release(holder: object): void {
    const held = this.#held;
    if (held === null || !this.#holders.delete(holder)) return;
    const label = [...this.#holders.values()].join(', ');
    const left = { ...held, label: label === '' ? runBefore : label };
    this.#held = label === '' ? null : left;
    const results = this.#results();
    if (results.baseline !== this.#pinned && results.baseline.records === held.records) results.compareWith(left);
    if (this.#held === null) held.records.dispose();
    this.#announce();
  }

  /** Takes another run in place of the one that is held, and gives the baseline of the next one. */
  holdInstead(results: RunResults): Baseline {
    const held = this.#held;
    if (held !== null) {
      this.#held = { ...results.asBaseline(held.label), label: held.label };
      this.#held.records.retain();
      held.records.dispose();
    }
    return this.next();
  }

  /** The baseline of the run that comes after the one on show. */
  next(): Baseline {
    return this.#pinned ?? this.#held ?? this.#results().asBaseline(runBefore);
  }

  /** The same for a run of another trace in place of this one: calls are aligned by what was called. */
  nextOf(before: Trace, after: Trace): Baseline {
    const baseline = moved(this.next(), before, after);
    if (this.#pinned !== null) this.#keep(baseline);
    else if (this.#held !== null) this.#held = baseline;
    return baseline;
  }

  dispose(): void {
    this.#keep(null);
    this.#held?.records.dispose();
    this.#held = null;
  }

  #keep(baseline: Baseline | null): void {
    baseline?.records.retain();
    this.#pinned?.records.dispose();
    this.#pinned = baseline;
  }
}

/** The changes with that of the time, by weight. */
function withTime(changes: readonly ChangeRow[], slower: SlowerCall): readonly ChangeRow[] {
  const row: ChangeRow = { kind: 'time', text: slowerText(slower), pointer: '/guardCalls' };
  return [...changes, row].sort((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind));
}

function moved(baseline: Baseline, before: Trace, after: Trace): Baseline {
  const aligned = alignCalls(before.calls.map(callKey), after.calls.map(callKey));
  const places = new Map<number, number>();
  for (const { before: was, after: is } of aligned) {
    const place = was === null ? null : placeIn(baseline, was);
    if (place !== null && is !== null) places.set(is, place);
  }
  return { ...baseline, places };
}
